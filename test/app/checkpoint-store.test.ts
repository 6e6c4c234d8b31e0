/** Automatic checkpoints in a real browser: what is left after a kill, damage, a full disk, a second tab. */
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Place } from "./checkpoint-store-page/worker.ts";
import { openPage, useLab } from "./lab.ts";

const lab = useLab({ page: "checkpoint-store-page" });

/** A tab with a keeper. */
async function open(
  options: { context?: BrowserContext; privately?: boolean } = {},
): Promise<{ page: Page; context: BrowserContext; owns: boolean }> {
  const { page } = await openPage(lab, options);
  const owns = await page.evaluate(async (privately) => {
    if (privately) await window.lab.withoutFileSystem();
    return await window.lab.open();
  }, options.privately ?? false);
  return { page, context: page.context(), owns };
}

const save = async (page: Page, step: number, size = 1000) =>
  await page.evaluate(async ([a, b]) => await window.lab.save(a, b), [step, size]);
const read = async (page: Page) => await page.evaluate(async () => await window.lab.read());
const latest = async (page: Page) => await page.evaluate(async () => await window.lab.latest());
const sizes = async (page: Page) => await page.evaluate(async () => await window.lab.sizes());
const told = async (page: Page) => await page.evaluate(async () => await window.lab.told());
const whole = (step: number, size = 1000) => ({ step, values: [step], size });

/** Kills the tab as the system would. */
async function kill(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();
}

describe("a checkpoint", () => {
  it("is there after a reload, with what it is of, and two generations of it at most", async () => {
    const { page, context } = await open();
    expect(await latest(page)).toBeNull();
    expect(await read(page)).toBeNull();
    for (const step of [1, 2, 3]) expect(await save(page, step, 1000 + step)).toBe("kept");
    expect((await sizes(page)).sort((a, b) => a - b)).toEqual([1002, 1003]);
    await page.close();

    const again = await open({ context });
    expect(again.owns).toBe(true);
    const kept = await latest(again.page);
    expect(kept).toMatchObject({ step: 3, totalSteps: 100, title: "pattern BadNet" });
    expect(Math.abs(kept!.savedAt - Date.now())).toBeLessThan(60_000);
    expect(await read(again.page)).toEqual(whole(3, 1003));
    expect(await told(again.page)).toEqual({ notices: [], owned: 1 });
  });

  it("that is discarded is gone for good", async () => {
    const { page, context } = await open();
    await save(page, 1);
    await page.evaluate(async () => await window.lab.discard());
    expect(await latest(page)).toBeNull();
    expect(await sizes(page)).toEqual([]);
    const again = await open({ context });
    expect(await read(again.page)).toBeNull();
  });

  it("that waits gives way to a newer one, and no two are written at once", async () => {
    const { page } = await open();
    const saved = await page.evaluate(async () => await window.lab.saveAll([1, 2, 3, 4]));
    expect(saved).toEqual(["superseded", "superseded", "superseded", "kept"]);
    expect(await read(page)).toEqual(whole(4));
    expect(await sizes(page)).toHaveLength(1);
  });

  it("lies in the database where the browser has no file system for it", async () => {
    const { page, context } = await open({ privately: true });
    for (const step of [1, 2, 3]) expect(await save(page, step)).toBe("kept");
    await page.close();
    const again = await open({ context, privately: true });
    expect(await read(again.page)).toEqual(whole(3));
    expect(await told(again.page)).toEqual({ notices: [], owned: 1 });
  });
});

describe("a tab that is killed while it saves step 3", () => {
  const places: readonly (readonly [Place, number])[] = [
    ["half written", 2],
    ["written", 2],
    ["before the switch", 2],
    ["after the switch", 3],
  ];
  it.each(places)("%s leaves step %i whole", async (place, left) => {
    const { page, context } = await open();
    for (const step of [1, 2]) await save(page, step);
    await page.evaluate(async (where) => {
      await window.lab.holdAt(where);
      void window.lab.save(3);
    }, place);
    await page.waitForFunction(() => window.stopped);
    // A page of its own keeps the profile's files when the first one dies.
    const watch = await context.newPage();
    await kill(page);

    const again = await open({ context });
    await watch.close();
    // The lock of the dead goes a moment after them.
    await expect.poll(async () => await read(again.page)).not.toBeNull();
    expect(await read(again.page)).toEqual(whole(left));
    expect((await told(again.page)).notices).not.toContainEqual(expect.stringContaining("damaged"));
    // What the killed tab left lying about goes with the next save.
    expect(await save(again.page, 4)).toBe("kept");
    expect(await sizes(again.page)).toHaveLength(2);
    expect(await read(again.page)).toEqual(whole(4));
  });
});

describe("a damaged checkpoint", () => {
  it("makes way for the one before it, and the reader is told", async () => {
    const { page } = await open();
    for (const step of [1, 2]) await save(page, step);
    await page.evaluate(async () => await window.lab.damage(2));
    expect(await read(page)).toEqual(whole(1));
    const { notices } = await told(page);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain("damaged; this is the one before it, of step 1");
  });

  it("without one before it is none", async () => {
    const { page } = await open();
    await save(page, 2);
    await page.evaluate(async () => await window.lab.damage(2));
    expect(await read(page)).toBeNull();
  });
});

describe("a full disk", () => {
  it("is told of once, leaves what is kept, and later saves try again", async () => {
    const { page, context } = await open();
    for (const step of [1, 2]) await save(page, step, 100_000);
    const session = await context.newCDPSession(page);
    const { origin } = new URL(lab.url);
    await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 250_000 });
    expect(await save(page, 3, 3_000_000)).toBe("failed");
    expect(await save(page, 4, 3_000_000)).toBe("failed");
    const { notices } = await told(page);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain("no room left for the automatic checkpoint. Training goes on");
    expect(await read(page)).toEqual(whole(2, 100_000));
    expect(await sizes(page)).toEqual([100_000, 100_000]);

    await session.send("Storage.overrideQuotaForOrigin", { origin });
    expect(await save(page, 5, 3_000_000)).toBe("kept");
    expect(await read(page)).toEqual(whole(5, 3_000_000));
  });
});

describe("of two tabs", () => {
  it("a lock that is let go within a moment is nobody's", async () => {
    const first = await open();
    await save(first.page, 1);
    // As a page that is being left: the lock is held until the next one has asked for it.
    const letGo = first.page.evaluate(
      async (name) =>
        await navigator.locks.request(name, { steal: true }, async () => {
          const asked = async () => (await navigator.locks.query()).pending!.length > 0;
          while (!(await asked())) await new Promise((turn) => setTimeout(turn, 10));
        }),
      "badnets-lab-checkpoints",
    );
    const second = await open({ context: first.context });
    await letGo;
    expect(second.owns).toBe(true);
    expect((await told(second.page)).notices).toEqual([]);
    expect(await latest(second.page)).toMatchObject({ step: 1 });
  });

  it("the first keeps the store, the second says so, and takes over when the first closes", async () => {
    const first = await open();
    await save(first.page, 1);
    const second = await open({ context: first.context });
    expect([first.owns, second.owns]).toEqual([true, false]);
    expect((await told(second.page)).notices).toEqual([
      "Another tab keeps the automatic checkpoint; this one trains without.",
    ]);
    expect(await save(second.page, 50)).toBe("not-owner");
    expect(await latest(second.page)).toBeNull();
    expect(await save(first.page, 2)).toBe("kept");

    await first.page.close();
    await expect.poll(async () => (await told(second.page)).owned).toBe(1);
    expect((await told(second.page)).notices.at(-1)).toBe(
      "The other tab is closed: this one keeps the checkpoint now.",
    );
    expect(await read(second.page)).toEqual(whole(2));
    expect(await save(second.page, 3)).toBe("kept");
  });
});
