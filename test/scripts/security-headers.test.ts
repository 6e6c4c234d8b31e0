/** The page's security policy is the same in the servers of this project, in the page, and in the guide to hosting. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { preview } from "vite";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { securityHeaders } from "../../scripts/security-headers.ts";
import config from "../../vite.config.ts";

const root = resolve(import.meta.dirname, "../..");

describe("the guide to hosting", () => {
  let guide: string;
  beforeAll(async () => (guide = await readFile(join(root, "docs/hosting.md"), "utf8")));

  /** Headers by the lines of a block of the guide. */
  const block = (fence: string, line: RegExp) => {
    const [, text] = new RegExp(`\`\`\`${fence}\n(.*?)\`\`\``, "s").exec(guide)!;
    return Object.fromEntries([...text.matchAll(line)].map(([, name, value]) => [name, value]));
  };

  it("gives three servers the headers that this project's own send", () => {
    expect(block("", /^ {2}([\w-]+): (.*)$/gm)).toEqual(securityHeaders);
    expect(block("nginx", /^add_header ([\w-]+) "(.*)" always;$/gm)).toEqual(securityHeaders);
    expect(block("apache", /^Header always set ([\w-]+) "(.*)"$/gm)).toEqual(securityHeaders);
  });
});

describe("a server of this project", () => {
  it("sends them in development", () => {
    expect(config.server!.headers).toEqual(securityHeaders);
  });

  describe("of the build", () => {
    let server: Awaited<ReturnType<typeof preview>>;
    let folder: string;
    beforeAll(async () => {
      folder = await (await fetch(inject("appBuild"))).text();
      server = await preview({
        root,
        build: { outDir: folder },
        preview: { port: 0, strictPort: false, open: false, host: "127.0.0.1" },
      });
    });
    afterAll(async () => await server?.close());

    it("sends them with the page and with every script, workers included", async () => {
      const { readdir } = await import("node:fs/promises");
      const files = await readdir(join(folder, "assets"));
      const worker = files.find((name) => /^worker-.*\.js$/.test(name));
      expect(worker).toBeDefined();
      for (const path of ["", "service-worker.js", `assets/${worker}`]) {
        const { ok, headers } = await fetch(new URL(path, server.resolvedUrls!.local[0]));
        expect(ok, path).toBe(true);
        for (const [name, value] of Object.entries(securityHeaders)) {
          expect(headers.get(name), `${path} ${name}`).toBe(value);
        }
      }
    });
  });

  it("keeps others from framing the page, which only a header can", () => {
    expect(securityHeaders["Content-Security-Policy"]).toContain("frame-ancestors 'none'");
  });
});
