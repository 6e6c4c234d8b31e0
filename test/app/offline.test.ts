/** The built app under a deep path: without a network, after an update, and against foreign scripts. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { createServer } from "node:http";
import { openPage, useLab } from "./lab.ts";
import { listen } from "./listen.ts";

const lab = useLab({ path: "/some/deep/path/" });

const dataShown = async (page: Page) =>
  await page.locator("#data").getByText("60,000 + 10,000 digits").waitFor();

/** Waits until the service worker has kept the app and its data. */
async function untilKept(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    const names = (await caches.keys()).filter((name) => name.includes(" data "));
    const counts = names.map(async (name) => (await (await caches.open(name)).keys()).length);
    return (await Promise.all(counts)).includes(4);
  });
}

/** The paths of everything that any page of the context, its workers included, asks the server for. */
function urlsAsked(context: BrowserContext): string[] {
  const urls: string[] = [];
  context.on("request", (request) => urls.push(request.url()));
  return urls;
}

describe("the app under a deep path", () => {
  it("asks for nothing outside its own folder, and opens again without a network", async () => {
    const context = await lab.browser.newContext();
    const urls = urlsAsked(context);
    const { page, complaints } = await openPage(lab, { context });
    await dataShown(page);
    await untilKept(page);
    expect(urls.filter((url) => !url.startsWith(lab.url))).toEqual([]);
    expect(urls.length).toBeGreaterThan(7);
    // Each script has a source map, which nobody fetches or keeps without developer tools.
    const script = urls.find((url) => url.endsWith(".js"))!;
    expect((await page.request.get(`${script}.map`)).ok()).toBe(true);
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const all = await Promise.all(
        names.map(async (name) => await (await caches.open(name)).keys()),
      );
      return all.flat().map(({ url }) => url);
    });
    expect(kept).toContain(script);
    expect([...urls, ...kept].filter((url) => url.endsWith(".map"))).toEqual([]);

    await context.setOffline(true);
    lab.unplug(true);
    try {
      await page.reload();
      await dataShown(page);
      await page.locator("time-bar").getByText("Ready", { exact: true }).waitFor();
    } finally {
      lab.unplug(false);
    }
    expect(urls.filter((url) => !url.startsWith(lab.url))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("lets a new version take over at the next load, but not while another tab is open", async () => {
    const { page } = await openPage(lab);
    const context = page.context();
    await page.evaluate(async () => await navigator.serviceWorker.ready);
    const [html, worker] = await Promise.all(
      ["index.html", "service-worker.js"].map((file) => readFile(join(lab.folder, file), "utf8")),
    );
    lab.replace("index.html", html.replace("<title>BadNets Lab<", "<title>BadNets Lab 2<"));
    const digest = await page.evaluate(async () => {
      const bytes = await (await fetch("./?", { cache: "reload" })).arrayBuffer();
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return btoa(String.fromCharCode(...hash));
    });
    const updated = worker.replace(/"":"sha256-[^"]*"/, `"":"sha256-${digest}"`);
    lab.replace("service-worker.js", updated);

    // The old version shows once more, and the new one arrives behind it.
    const other = await openPage(lab, { context });
    const waits = async (): Promise<boolean> =>
      await page.evaluate(
        async () => ((await navigator.serviceWorker.getRegistration())?.waiting ?? null) !== null,
      );
    await expect.poll(waits, { timeout: 120_000 }).toBe(true);
    await page.reload();
    await page.locator("time-bar").waitFor();
    expect(await page.title()).toBe("BadNets Lab");
    expect(await waits()).toBe(true);

    await other.page.close();
    await page.reload();
    await page.waitForFunction(() => document.title === "BadNets Lab 2");
    await page.locator("time-bar").waitFor();
    const apps = await page.evaluate(async () =>
      (await caches.keys()).filter((name) => name.includes(" app ")),
    );
    expect(apps).toHaveLength(1);
    await context.close();
  });
});

describe("the page's policy", () => {
  it("holds for all that the app itself does, and refuses foreign scripts", async () => {
    const context = await lab.browser.newContext();
    await context.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) =>
        window.violations.push(event.effectiveDirective),
      );
    });
    const { page } = await openPage(lab, { context });
    await dataShown(page);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.locator("time-bar").getByText("Training", { exact: true }).waitFor();
    expect(await page.evaluate(() => window.violations)).toEqual([]);

    const refused = async (name: string, attempt: () => void) => {
      await page.evaluate(() => (window.violations = []));
      await page.evaluate(attempt).catch(() => undefined);
      await expect
        .poll(async () => await page.evaluate(() => window.violations), { message: name })
        .not.toEqual([]);
      expect(await page.evaluate(() => window.hacked), name).toBeUndefined();
    };
    await refused("inline script", () => {
      const script = document.createElement("script");
      script.append("window.hacked = true");
      document.body.append(script);
    });
    await refused("event handler in markup", () => {
      document.body.innerHTML = `<img src="nothing" onerror="window.hacked = true">`;
    });
    await refused("script of a string", () => {
      Reflect.apply(setTimeout, window, ["window.hacked = true"]);
    });
    await refused("foreign worker", () => {
      Reflect.construct(Worker, ["https://example.com/worker.js"]);
    });
    await refused("policy of somebody else", () => {
      (
        window as unknown as {
          trustedTypes: { createPolicy: (name: string, rules: object) => void };
        }
      ).trustedTypes.createPolicy("mine", {});
    });
    await refused("form", () => {
      const form = document.createElement("form");
      form.action = "https://example.com/";
      document.body.append(form);
      form.submit();
    });
    await context.close();
  });
});

describe("the policy of the page's headers", () => {
  it("holds in the engine's worker, which reaches no other origin", async () => {
    let visits = 0;
    const elsewhere = createServer((_, response) => {
      visits += 1;
      response.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end("out");
    });
    const other = await listen(elsewhere);
    // A worker that fetches what it is told to, and says how that went.
    const inWorker = `
      const line = new BroadcastChannel("fetch");
      line.onmessage = async ({ data }) => {
        if (typeof data !== "string") return;
        const ok = await fetch(data).then((response) => response.ok, () => false);
        line.postMessage({ url: data, ok });
      }`;
    const { page } = await openPage(lab, { inWorker });
    await dataShown(page);
    const reaches = async (url: string) =>
      await page.evaluate(async (address) => {
        const line = new BroadcastChannel("fetch");
        return await new Promise<boolean>((resolve) => {
          line.addEventListener("message", ({ data }) => resolve((data as { ok: boolean }).ok));
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a channel, not of a window
          line.postMessage(address);
        });
      }, url);
    expect(await reaches(`${lab.url}index.html`)).toBe(true);
    expect(await reaches(other)).toBe(false);
    expect(visits).toBe(0);
    elsewhere.close();
    await page.close();
  });

  it("keeps other pages from framing it", async () => {
    const framing = createServer((_, response) => {
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end(`<iframe src="${lab.url}"></iframe>`);
    });
    const page = await lab.browser.newPage();
    await page.goto(await listen(framing));
    const frame = page.frames()[1];
    await frame.waitForLoadState();
    expect(await frame.locator("#page").count()).toBe(0);
    framing.close();
    await page.close();
  });
});

declare global {
  interface Window {
    violations: string[];
    hacked?: boolean;
  }
}
