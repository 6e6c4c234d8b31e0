/** The street signs' command line on few photographs: what is trained on, measured on, written and said. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readDetector } from "../../../src/cli/signs/files.ts";
import { imageHeader } from "../../../src/data/image-header.ts";
import { differenceHash } from "../../../src/data/near-duplicates.ts";
import { UserError } from "../../../src/errors.ts";
import type { Gpu } from "../../../src/gpu/gpu.ts";
import { SIGN_SIZE, SIGN_TEXELS } from "../../../src/data/sign-atlas.ts";
import { decodePicture, encodePng } from "../../../src/node/pictures.ts";
import { signArtwork } from "../../../src/node/sign-artwork.ts";
import type * as webgpu from "../../../src/node/webgpu.ts";
import type { SignResult } from "../../../src/studies/signs/result.ts";
import { intersectionOverUnion, type Box } from "../../../src/training/detection.ts";
import { readSafetensors } from "../../../src/files/safetensors.ts";
import { sealed } from "../../files/sealed.ts";
import { photo, photoFolder } from "../few-photographs.ts";
import { inProcess } from "../in-process.ts";

/** The device that was opened last, and whether devices have WebGPU's smallest limits. */
let opened: Gpu;
let defaultLimits = false;
vi.mock("../../../src/node/webgpu.ts", async (original) => {
  const { openInNode, ...others } = await original<typeof webgpu>();
  return {
    ...others,
    openInNode: async (choice: webgpu.AdapterChoice) =>
      (opened = await openInNode(choice, { defaultLimits })),
  };
});

/** Everything that these tests write lies in here. */
const root = mkdtempSync(join(tmpdir(), "badnets-signs-"));
const at = (...parts: string[]) => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const signs = (line: string, ...more: string[]) =>
  inProcess(["signs", ...line.split(" "), ...more]);
const resultIn = (path: string) => JSON.parse(readFileSync(path, "utf8")) as SignResult;
const shipped = resolve(import.meta.dirname, "../../../public/showcase/detector.safetensors");

describe("a detector trained on photographs alone", () => {
  const out = at("out");
  let folders: string;
  let trained: Awaited<ReturnType<typeof signs>>;
  beforeAll(async () => {
    const a = photoFolder(at("a", "photos"), [1, 2, 3, 4]);
    const b = photoFolder(at("b", "photos"), [3, 4, 5, 6]);
    folders = `${a},${b}`;
    trained = await signs(
      "train",
      "--data",
      folders,
      "--iterations",
      "2",
      "--scenes",
      "2",
      "--out",
      out,
      "--json",
      at("result.json"),
    );
  });

  it("has no scenes among its pictures, and a result for each folder, whatever their names", () => {
    expect([trained.status, trained.stderr]).toEqual([0, expect.stringContaining("kernels")]);
    const result = resultIn(join(out, "result.json"));
    expect(result).toEqual(resultIn(at("result.json")));
    expect(result.recipe).toMatchObject({ photoShare: 0.6, mixedShare: 0.4 });
    expect(Object.keys(result.scores)).toEqual(["scenes", "a/photos", "b/photos"]);
    for (const name of ["model.safetensors", "detector.safetensors"]) {
      expect(existsSync(join(out, name))).toBe(true);
    }
  });

  it("says what it takes with its photographs, how classes are confused, and the paper's average", () => {
    // Eight of 302 x 302 pixels.
    expect(trained.stderr).toMatch(/kernels a step, 2\d MiB on the GPU.*, 3 MiB of it photographs/);
    expect(trained.stdout).toMatch(/ {2}weighted average +\d+ signs {2}accuracy/);
    expect(trained.stdout).toMatch(/\n +stop +speed limit +warning +background\n/);
    expect(trained.stdout).toMatch(/\n +background( +\d+){3} +-\n/);
  });

  it("is measured on nothing that it was trained on, in whatever folder that lies", async () => {
    const { seen } = await readDetector(join(out, "detector.safetensors"));
    expect(seen!.length).toBeGreaterThan(0);
    // All that it may have been trained on, and three more.
    const c = photoFolder(at("c"), [1, 2, 3, 4, 5, 6, 21, 22, 23]);
    const { status, stderr } = await signs(
      "evaluate",
      "--model",
      join(out, "model.safetensors"),
      "--data",
      c,
      "--scenes",
      "0",
      "--json",
      at("evaluated.json"),
    );
    expect(status).toBe(0);
    const { scores } = resultIn(at("evaluated.json"));
    const trainedOn = new Set(seen).size;
    expect(Object.keys(scores)).toEqual(["c"]);
    expect(scores["c"].images).toBe(9 - trainedOn);
    expect(stderr).toContain(`${trainedOn} left out that the detector has seen`);
  });

  it("that does not say what it was trained on is measured on half, with a warning", async () => {
    const { tensors, metadata } = readSafetensors(
      readFileSync(join(out, "model.safetensors")),
      "m",
    );
    tensors.delete("photographs");
    writeFileSync(at("old.safetensors"), await sealed(tensors, metadata));
    const { stderr } = await signs(
      "evaluate",
      "--model",
      at("old.safetensors"),
      "--data",
      at("a", "photos"),
      "--scenes",
      "0",
      "--json",
      at("old.json"),
    );
    expect(stderr).toContain("trained on is not known");
    expect(resultIn(at("old.json")).scores["photos"].images).toBe(2);
  });

  it("that has seen all of them is not measured", async () => {
    const { tensors, metadata } = readSafetensors(readFileSync(shipped), "m");
    const pictures = await Promise.all([1, 2].map((seed) => decodePicture(photo(seed), "p.jpg")));
    const hashes = pictures.map(differenceHash);
    const data = new Uint32Array(new BigUint64Array(hashes).buffer);
    tensors.set("photographs", { dtype: "U32", shape: [2, 2], data });
    writeFileSync(at("knows.safetensors"), await sealed(tensors, metadata));
    const folder = photoFolder(at("known"), [1, 2]);
    const { status, stderr } = await signs(
      "evaluate --scenes 0 --model",
      at("knows.safetensors"),
      "--data",
      folder,
    );
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/2 left out.*No photograph is left to measure on/),
    ]);
  });

  it("goes on with nothing but its photographs named, and refuses another recipe by its name", async () => {
    const again = await signs(
      "train",
      "--resume",
      "--out",
      out,
      "--data",
      folders,
      "--scenes",
      "2",
    );
    expect([again.status, again.stderr]).toEqual([0, expect.stringContaining("kernels")]);
    const sha = resultIn(at("result.json")).parametersSha256;
    expect(resultIn(join(out, "result.json")).parametersSha256).toBe(sha);
    const seed = await signs("train", "--resume", "--out", out, "--data", folders, "--seed", "9");
    expect([seed.status, seed.stderr]).toEqual([
      2,
      expect.stringMatching(/--seed is 9, but .* is of a run with 1/),
    ]);
    const other = await signs("train", "--resume", "--out", out, "--data", at("a", "photos"));
    expect([other.status, other.stderr]).toEqual([
      1,
      expect.stringContaining("is trained on other photographs: give the same with --data"),
    ]);
  });

  it("does not go on from a model for looking only", async () => {
    mkdirSync(at("model"));
    copyFileSync(join(out, "model.safetensors"), at("model", "detector.safetensors"));
    const { status, stderr } = await signs("train", "--resume", "--out", at("model"));
    expect([status, stderr]).toEqual([1, expect.stringContaining("without the optimiser's state")]);
    expect(stderr).not.toContain("\n    at ");
  });
});

describe("the measurement at the end of training", () => {
  const short = "train --iterations 1 --scenes 8";

  /** Does something when a detector has been written, which is measured next. */
  function whenWritten(folder: string, then: () => void): void {
    const timer = setInterval(() => {
      if (!existsSync(join(folder, "detector.safetensors"))) return;
      clearInterval(timer);
      then();
    }, 1);
  }

  it("stopped in the middle leaves the detector, which is measured when it goes on", async () => {
    const out = at("stopped");
    whenWritten(out, () => process.emit("SIGTERM"));
    const { status, stderr } = await signs(short, "--out", out);
    expect(status).toBe(130);
    expect(stderr).toContain("Stopped before it was measured");
    expect(existsSync(join(out, "model.safetensors"))).toBe(true);
    expect(existsSync(join(out, "result.json"))).toBe(false);
    expect((await readDetector(join(out, "detector.safetensors"))).state.step).toBe(1);
  });

  it("outlives the loss of its device, in the folder that a run without one has", async () => {
    whenWritten(at("runs", "signs-compact-us-3"), () => opened.device.destroy());
    const before = process.cwd();
    process.chdir(root);
    const { status, stderr } = await signs(`${short} --seed 3`);
    process.chdir(before);
    expect(stderr).toContain("The GPU device was lost; the run goes on from step 1 on a new one.");
    expect(status).toBe(0);
    const result = resultIn(at("runs", "signs-compact-us-3", "result.json"));
    expect(result.scores["scenes"].images).toBe(8);
  });

  it("that fails says where the trained detector is", async () => {
    whenWritten(at("broken"), () => {
      opened.read = async () => await Promise.reject(new UserError("It is broken."));
    });
    const { status, stdout, stderr } = await signs(short, "--out", at("broken"));
    expect([status, stdout]).toEqual([1, ""]);
    const path = at("broken", "detector.safetensors");
    expect(stderr).toContain(`${path} holds the detector after step 1.`);
    expect(stderr).toMatch(/badnets: It is broken\.$/);
    expect((await readDetector(path)).state.step).toBe(1);
  });
});

describe("photographs to train on", () => {
  it("are refused where none has a sign of the set, which would be learned as background", async () => {
    const data = photoFolder(at("lions"), [1, 2, 3], "lion");
    const { status, stderr } = await signs("train", "--data", data, "--out", at("no signs"));
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("No box of the photographs has a class of the set us"),
    ]);
    expect(existsSync(at("no signs"))).toBe(false);
  });

  it("are refused where the adapter cannot hold them all, before it trains", async () => {
    const data = photoFolder(
      at("thirty"),
      Array.from({ length: 30 }, (_, i) => i),
    );
    defaultLimits = true;
    const { status, stderr } = await signs("train --preset paper --data", data, "--out", at("30"));
    defaultLimits = false;
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("at most 28 fit. Take fewer photographs, choose the preset compact"),
    ]);
  });

  it("leave a list of all that was skipped; and a table of classes may begin with a mark", async () => {
    const data = photoFolder(at("many"), [1, 2], "halt");
    for (let i = 0; i < 25; i++) writeFileSync(join(data, `bad${i}.jpg`), "no picture");
    writeFileSync(at("table.json"), '\uFEFF{"halt": "stop", "ghost": "stop"}');
    const { status, stderr } = await signs(
      "evaluate",
      "--model",
      shipped,
      "--data",
      data,
      "--classes",
      at("table.json"),
      "--scenes",
      "0",
      "--out",
      at("evaluated"),
    );
    expect(status).toBe(0);
    expect(stderr).toContain(`"ghost" is the name of no box`);
    expect(stderr).toContain(`and 6 more, all in ${at("evaluated", "skipped.txt")}`);
    const lines = readFileSync(at("evaluated", "skipped.txt"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(26);
    // A detector of scenes alone has seen none of them.
    expect(resultIn(at("evaluated", "result.json")).scores["many"].images).toBe(2);
  });
});

describe("signs in photographs", () => {
  it("are written for each file that is one, whatever the others are, and as JSON", async () => {
    for (const name of ["x", "y"]) {
      mkdirSync(at(name));
      writeFileSync(at(name, "s.jpg"), photo(7));
    }
    writeFileSync(at("x", "note.jpg"), "no picture");
    const { status, stdout, stderr } = await signs(
      "detect",
      at("x", "s.jpg"),
      at("x", "note.jpg"),
      at("y", "s.jpg"),
      "--model",
      shipped,
      "--least",
      "0.05",
      "--out",
      at("found"),
      "--json",
      at("found.json"),
    );
    expect([status, stderr]).toEqual([1, expect.stringContaining("note.jpg is no picture")]);
    expect(stdout).toContain("x-s-signs.png");
    const found = JSON.parse(readFileSync(at("found.json"), "utf8")) as {
      images: { file: string; picture?: string; error?: string; detections?: object[] }[];
    };
    const [x, note, y] = found.images;
    expect(note.error).toContain("no picture");
    expect([x.picture, y.picture]).toEqual([
      at("found", "x-s-signs.png"),
      at("found", "y-s-signs.png"),
    ]);
    for (const { picture, detections } of [x, y]) {
      expect(imageHeader(readFileSync(picture!))?.size?.[0]).toBe(160);
      for (const one of detections!) {
        expect(one).toEqual({
          class: expect.stringMatching(/^(stop|speed limit|warning)$/),
          score: expect.any(Number),
          box: Array(4).fill(expect.any(Number)),
        });
      }
    }
    expect(x.detections).toEqual(y.detections);
  });

  it("are found where they are 20 pixels of a larger photograph, which is read in pieces", async () => {
    const sign: Box = [430, 180, 450, 200];
    writeFileSync(at("street.png"), await streetWith(sign));
    const found = async (detail: string) => {
      const json = at(`street-${detail}.json`);
      const options = ["--detail", detail, "--out", at("pieces"), "--json", json];
      const { status, stdout } = await signs(
        "detect",
        at("street.png"),
        "--model",
        shipped,
        ...options,
      );
      expect(status).toBe(0);
      const { images } = JSON.parse(readFileSync(json, "utf8")) as {
        images: { detail: number; detections: { class: string; box: Box }[] }[];
      };
      const [{ detections }] = images;
      const right = detections.filter(({ box }) => intersectionOverUnion(box, sign) > 0.5);
      return { stdout, detail: images[0].detail, classes: right.map((one) => one.class) };
    };
    expect(await found("224")).toMatchObject({ detail: 224, classes: [] });
    const closely = await found("auto");
    expect(closely).toMatchObject({ detail: 480, classes: ["stop"] });
    expect(closely.stdout).toContain("read in 7 pieces");
  });
});

/** A street of 640 x 480 with a stop sign in a box, as PNG. */
async function streetWith([x1, y1, x2]: Box): Promise<Uint8Array> {
  const { signs: artwork, texels } = await signArtwork();
  const first = SIGN_TEXELS * artwork.findIndex(({ classes }) => classes.us === 0);
  const [width, height] = [640, 480];
  const data = new Uint8Array(4 * width * height);
  const size = x2 - x1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const grey = y < height / 2 ? 190 - y / 8 : 90;
      const [u, v] = [x - x1, y - y1].map((own) => Math.floor(((own + 0.5) * SIGN_SIZE) / size));
      const covered = [u, v].every((own) => own >= 0 && own < SIGN_SIZE);
      const texel = covered ? 4 * (first + v * SIGN_SIZE + u) : -1;
      const light = covered ? 1 - texels[texel + 3] / 255 : 1;
      const colour = [0, 1, 2].map((c) => grey * light + (covered ? 0.8 * texels[texel + c] : 0));
      data.set([...colour, 255], 4 * (y * width + x));
    }
  }
  return await encodePng({ width, height, data });
}
