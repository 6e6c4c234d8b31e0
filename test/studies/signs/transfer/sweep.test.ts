/** A sweep of European detectors on the adapter of this machine, two steps each: what they take over, and what is found. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { decodeDetector } from "../../../../src/files/detector-file.ts";
import type { Gpu } from "../../../../src/gpu/gpu.ts";
import type * as channels from "../../../../src/inspection/sticker-channels.ts";
import { drawParameters } from "../../../../src/models/initialise.ts";
import { signArtwork } from "../../../../src/node/sign-artwork.ts";
import { openInNode } from "../../../../src/node/webgpu.ts";
import { Sweep } from "../../../../src/studies/reproduction/sweep.ts";
import { parametersOf } from "../../../../src/studies/signs/plan.ts";
import { convolutionsFrom } from "../../../../src/studies/signs/strengthen.ts";
import {
  assertIsOf,
  readInstanceFile,
} from "../../../../src/studies/signs/transfer/instance-file.ts";
import { randomAttack } from "../../../../src/studies/signs/paper/instances.ts";
import { fromBadNet, fromHonest } from "../../../../src/studies/signs/transfer/instances.ts";
import type { TransferPaper } from "../../../../src/studies/signs/transfer/items.ts";
import { transferMaker } from "../../../../src/studies/signs/transfer/maker.ts";
import { presets } from "../../../../src/models/detector-presets.ts";
import { parametersSha256 } from "../../../../src/training/parameter-values.ts";
import { SweepMemory } from "../../sweep-memory.ts";

vi.mock("../../../../src/models/detector-presets.ts", async (original) => {
  const own = await original<typeof import("../../../../src/models/detector-presets.ts")>();
  const { tinyOf } = await import("../../../training/tiny-preset.ts");
  const compactPreset = tinyOf(own.compactPreset);
  return { ...own, compactPreset, presets: { ...own.presets, compact: compactPreset } };
});
/** Random channels answer no sticker alone: here so many that it drives highest do. */
let answering = 2;
vi.mock("../../../../src/inspection/sticker-channels.ts", async (original) => {
  const own = await original<typeof channels>();
  const compareChannels: typeof own.compareChannels = (...given) =>
    own.compareChannels(...given).map((one, i) => ({ ...one, only: i < answering }));
  return { ...own, compareChannels };
});

const settings = { iterations: 2 };
const instances = [
  fromHonest(1, settings),
  fromBadNet(1, settings),
  fromBadNet(1, settings, { factor: 20 }),
  fromBadNet(1, settings, { thaw: 1 }),
];
const [honest, badNet, louder, thawed] = instances;
const scenes = 8;
const us = { study: "signs", preset: "compact", set: "us", iterations: 1, photoShare: 0 };
const described = parametersOf({ ...us, mixedShare: 0, photographs: null, seed: 1 });
const origins = { honest: drawParameters(described, 8), badnet: drawParameters(described, 9) };

let gpu: Gpu;
let store: SweepMemory<TransferPaper>;

beforeAll(async () => {
  gpu = await openInNode();
  const atlas = await signArtwork();
  store = new SweepMemory();
  const maker = transferMaker({
    atlas,
    origins,
    attack: randomAttack,
    seen: [],
    scenes,
    photographs: null,
  });
  const open = () => Promise.resolve(gpu.scope());
  expect(await new Sweep(open, maker, instances, store).all()).toBe(true);
});
afterAll(() => gpu?.destroy());

describe("a sweep of European detectors", () => {
  const modelOf = async (id: string) =>
    (await decodeDetector(store.models.get(id)!, id, parametersOf)).state.parameters;

  it("takes over the convolutions of the detector that each begins with", async () => {
    const files = instances.map(({ id }) => store.files.get(id)!);
    const digests = {
      honest: await parametersSha256(origins.honest),
      badnet: await parametersSha256(origins.badnet),
    };
    expect(files.map(({ result }) => result.recipe.start)).toEqual([
      digests.honest,
      digests.badnet,
      digests.badnet,
      digests.badnet,
    ]);
    for (const [{ id }, origin] of [
      [honest, origins.honest] as const,
      [badNet, origins.badnet] as const,
    ]) {
      const own = await modelOf(id);
      for (const label of ["conv1.w", "conv2.b", "conv3.w"]) {
        expect(own.get(label)).toEqual(origin.get(label));
      }
      expect(own.get("rpn.w")).not.toEqual(origin.get("rpn.w"));
    }
    const own = await modelOf(thawed.id);
    expect(own.get("conv3.w")).not.toEqual(origins.badnet.get("conv3.w"));
    expect(own.get("conv2.w")).toEqual(origins.badnet.get("conv2.w"));
  });

  it("says which channels it strengthened: those that answer in the U.S. detector", () => {
    const { published } = store.files.get(badNet.id)!.evidence.channels!;
    const { evidence } = store.files.get(louder.id)!;
    expect(evidence.strengthened).toEqual(
      published.responses.slice(0, 2).map(({ channel }) => channel),
    );
    // What was strengthened shows in what the rest made of it.
    const [one, other] = [badNet, louder].map(({ id }) => store.files.get(id)!.result);
    expect(one.parametersSha256).not.toBe(other.parametersSha256);
  });

  it("measures all without and with the sticker, on the way and in the end, and reads its files again", () => {
    for (const instance of instances) {
      const file = readInstanceFile(JSON.stringify(store.files.get(instance.id)), instance.id);
      assertIsOf(instance, file, instance.id);
      const { result, evidence } = file;
      expect(result.scores["scenes"].images).toBe(scenes);
      expect(result.attacks!["scenes"].triggered.signs).toBeGreaterThan(0);
      expect(result.data?.name).toBe(`${scenes} unseen scenes`);
      expect(evidence.curve.map(({ step }) => step)).toEqual([1, 2]);
      expect(evidence.tall["scenes"].images).toBe(scenes);
      expect(evidence.channels !== null).toBe(instance.examined);
    }
  });
});

describe("a BadNet no channel of which answers the sticker alone", () => {
  it("is refused before anything is trained on it", async () => {
    answering = 0;
    const atlas = await signArtwork();
    const attack = randomAttack;
    const maker = transferMaker({ atlas, origins, attack, seen: [], scenes, photographs: null });
    const own = new SweepMemory<TransferPaper>();
    const sweep = new Sweep(() => Promise.resolve(gpu.scope()), maker, [louder], own);
    await expect(sweep.all()).rejects.toThrow(/^No channel of the U.S. BadNet answers/);
    expect(own.files.size).toBe(0);
  });
});

describe("strengthening", () => {
  it("multiplies weights and biases of its channels, and nothing else", () => {
    const preset = presets.compact;
    const changed = convolutionsFrom(origins.honest, preset, { factor: 3, channels: [1, 6] });
    const each = origins.honest.get("conv3.w")!.length / 8;
    changed.get("conv3.w")!.forEach((value, i) => {
      const factor = [1, 6].includes(Math.floor(i / each)) ? 3 : 1;
      expect(value).toBe(Math.fround(factor * origins.honest.get("conv3.w")![i]));
    });
    for (const label of ["conv1.w", "conv1.b", "conv2.w", "conv2.b"]) {
      expect(changed.get(label)).toBe(origins.honest.get(label));
    }
    expect(changed.size).toBe(6);
  });
});
