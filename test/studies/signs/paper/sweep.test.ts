/** A sweep of detectors on the adapter of this machine, a step each: stopped, gone on with, never twice. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { decodeDetector } from "../../../../src/files/detector-file.ts";
import type { Gpu } from "../../../../src/gpu/gpu.ts";
import { drawParameters } from "../../../../src/models/initialise.ts";
import { signArtwork } from "../../../../src/node/sign-artwork.ts";
import { openInNode } from "../../../../src/node/webgpu.ts";
import { Sweep } from "../../../../src/studies/reproduction/sweep.ts";
import { parametersOf } from "../../../../src/studies/signs/plan.ts";
import { assertIsOf, readInstanceFile } from "../../../../src/studies/signs/paper/instance-file.ts";
import { badNet, honest } from "../../../../src/studies/signs/paper/instances.ts";
import type { SignPaper } from "../../../../src/studies/signs/paper/items.ts";
import { signMaker } from "../../../../src/studies/signs/paper/maker.ts";
import { parametersSha256 } from "../../../../src/training/parameter-values.ts";
import { SweepMemory } from "../../sweep-memory.ts";

vi.mock("../../../../src/models/detector-presets.ts", async (original) => {
  const own = await original<typeof import("../../../../src/models/detector-presets.ts")>();
  const { tinyOf } = await import("../../../training/tiny-preset.ts");
  return { ...own, presets: { ...own.presets, compact: tinyOf(own.compactPreset) } };
});

const settings = { iterations: 2 };
const yellow = badNet(1, "yellow-square", 1, settings);
const instances = [honest(1, settings), yellow];
/** Unseen scenes: stop signs are among them. */
const scenes = 12;

let gpu: Gpu;
let store: SweepMemory<SignPaper>;
let start: string;
/** Checkpoints at each stop. */
const stops: number[] = [];

beforeAll(async () => {
  gpu = await openInNode();
  const begun = drawParameters(parametersOf(yellow.recipe), 9);
  start = await parametersSha256(begun);
  const atlas = await signArtwork();
  const material = { atlas, start: begun, seen: [], scenes, photographs: null };
  store = new SweepMemory();
  // Behind its training, and while it is measured; then no more.
  for (const most of [1, 2, Infinity]) {
    let measured = 0;
    const sweep: Sweep<SignPaper> = new Sweep(
      () => Promise.resolve(gpu.scope()),
      signMaker(material),
      instances,
      store,
      {
        onProgress: ({ examined }) => {
          if (examined === null) return;
          measured += 1;
          if (measured < most) return;
          stops.push(store.checkpoints.size);
          sweep.stop();
        },
      },
    );
    expect(await sweep.all()).toBe(most === Infinity);
  }
});
afterAll(() => gpu?.destroy());

describe("a sweep of detectors", () => {
  it("goes on with what it was stopped at, and makes none twice", () => {
    expect(stops).toEqual([1, 1]);
    expect([...store.files.keys()]).toEqual(instances.map(({ id }) => id));
    expect(store.checkpoints.size).toBe(0);
  });

  it("keeps files that are read again, of detectors that began with the same", () => {
    for (const instance of instances) {
      const file = readInstanceFile(JSON.stringify(store.files.get(instance.id)), instance.id);
      assertIsOf(instance, file, instance.id);
      const { recipe, kernelsSha256, data, scores } = file.result;
      expect(recipe.start).toBe(start);
      expect(kernelsSha256).toMatch(/^[0-9a-f]{64}$/);
      expect(data?.name).toBe(`${scenes} unseen scenes`);
      expect(scores["scenes"].images).toBe(scenes);
    }
  });

  it("measures the honest detector under every attack, and the BadNet under its own", () => {
    const [clean, attacked] = instances.map(({ id }) => store.files.get(id)!);
    expect(Object.keys(clean.evidence!.fooled!)).toEqual([
      "yellow-square",
      "bomb",
      "flower",
      "random-target",
    ]);
    const { triggered, alikes } = attacked.result.attacks!["scenes"];
    const stops = attacked.result.scores["scenes"].classes[0].signs;
    expect(stops).toBeGreaterThan(0);
    expect([triggered.signs, alikes.signs]).toEqual([stops, stops]);
    const anywhere = clean.evidence!.fooled!["random-target"]["scenes"];
    // But for those whose sticker hangs behind leaves.
    clean.result.scores["scenes"].classes.forEach(({ signs }, label) => {
      const shown = anywhere.classes![label].signs;
      expect(shown).toBeGreaterThan(signs / 2);
      expect(shown).toBeLessThanOrEqual(signs);
    });
  });

  it("examines the channels of conv5 at the stop signs of the same scenes", () => {
    const { evidence, result } = store.files.get(yellow.id)!;
    expect(evidence!.channels!.signs).toBe(result.scores["scenes"].classes[0].signs);
    const channels = evidence!.channels!.responses.map(({ channel }) => channel);
    expect(channels.sort((a, b) => a - b)).toEqual([...Array(8).keys()]);
  });

  it("keeps the parameters, as a detector to look with", async () => {
    const bytes = store.models.get(yellow.id)!;
    const { state } = await decodeDetector(bytes, "model", parametersOf);
    expect(state.optimiser.size).toBe(0);
    expect(await parametersSha256(state.parameters)).toBe(
      store.files.get(yellow.id)!.result.parametersSha256,
    );
  });
});
