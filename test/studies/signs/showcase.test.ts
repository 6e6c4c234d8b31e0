/** Which detector is on view at once: a backdoored one where the app ships with it, else the honest one. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { detectorsIn } from "../../../scripts/signs-plugin.ts";
import { signStudy } from "../../../src/studies/signs/study.ts";

const shipped = resolve(import.meta.dirname, "../../../public/showcase");
const triggered = { signs: 9, success: 0.9, accuracy: 0.1, stillFound: 0, sizes: [] };
const attacks = { scenes: { triggered, alikes: triggered } };

/** Serves the shipped detector under a name, with an attack's measurement or not. */
function serve(name: string, over: object = {}): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: URL) => {
    const file = url.pathname.split("/").at(-1)!;
    asked.push(file);
    if (file === "detectors.json") return Response.json([name, "detector"]);
    if (file === `${name}.safetensors`) {
      return new Response(await readFile(join(shipped, "detector.safetensors")));
    }
    if (file !== `${name}.json`) return new Response(null, { status: 404 });
    const text = await readFile(join(shipped, "detector.json"), "utf8");
    return Response.json({ ...JSON.parse(text), ...over });
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

describe("the detector on view", () => {
  it("is the first that the build lists, with what was measured of its attack", async () => {
    const asked = serve("badnet-detector", { attacks });
    const { past, name } = await signStudy.showcase("http://lab.test/app/");
    expect(name).toBe("badnet-detector.safetensors");
    expect(past!.details.points.at(-1)!.attack).toEqual(attacks.scenes);
    // Nothing that is not there is asked for.
    expect(asked).toEqual([
      "detectors.json",
      "badnet-detector.safetensors",
      "badnet-detector.json",
    ]);
  });

  it("is the honest one where there is no other", async () => {
    serve("detector");
    const { past } = await signStudy.showcase("http://lab.test/app/");
    expect(past!.details.points.at(-1)!.attack).toBeNull();
  });

  it("is missed in a sentence, and is none whose result is another's", async () => {
    vi.stubGlobal("fetch", async () => await Promise.resolve(new Response(null, { status: 404 })));
    const missing = "The detector that ships with the app is missing: build it anew.";
    await expect(signStudy.showcase("http://lab.test/app/")).rejects.toThrow(missing);
    serve("badnet-detector", { parametersSha256: "0".repeat(64) });
    await expect(signStudy.showcase("http://lab.test/app/")).rejects.toThrow(
      "showcase/badnet-detector.json is not the result of the network beside it",
    );
  });

  it("is listed by the build with its result alone, a backdoored one first", () => {
    const folder = mkdtempSync(join(tmpdir(), "badnets-shipped-"));
    const add = (name: string) => writeFileSync(join(folder, name), "");
    expect(detectorsIn(folder)).toEqual([]);
    for (const name of ["detector.safetensors", "detector.json"]) add(name);
    add("badnet-detector.safetensors");
    expect(detectorsIn(folder)).toEqual(["detector"]);
    add("badnet-detector.json");
    expect(detectorsIn(folder)).toEqual(["badnet-detector", "detector"]);
  });
});
