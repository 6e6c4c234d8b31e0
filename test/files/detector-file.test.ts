/** A detector's file gives back what was put in, also one of before, and one that is not is refused. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { decodeDetector, encodeDetector } from "../../src/files/detector-file.ts";
import { readSafetensors, type StoredTensor } from "../../src/files/safetensors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import { optimiserParts } from "../../src/layers/optimiser.ts";
import { describeDetector, layOutParameters } from "../../src/models/detector-parameters.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { scoreAttack } from "../../src/training/attack-score.ts";
import { scoreDetections } from "../../src/training/detection.ts";
import type { DetectorEvaluation } from "../../src/training/detector-evaluation.ts";
import type { RunState } from "../../src/training/run.ts";
import { tiny } from "../training/tiny-detector.ts";
import { sealed } from "./sealed.ts";

/** With a layer that adapters of small limits cut between its rows. */
const described = describeDetector({ ...tiny, hidden: [256] }, 4);
const describe4 = () => described;

/** Values that tell every element from every other. */
let counter = 0;
const values = (prefix = ""): [string, Float32Array<ArrayBuffer>][] =>
  described.map(({ label, shape }) => [
    prefix + label,
    Float32Array.from({ length: sizeOf(shape) }, () => ++counter),
  ]);

type State = RunState<DetectorEvaluation>;

/** A state with something of everything. */
function stateOf(kind: keyof typeof optimiserParts): State {
  const box = [2, 3, 20, 30] as const;
  const judged = [{ truth: [{ label: 1, box }], found: [{ label: 1, score: 0.75, box }] }];
  const score = scoreDetections(judged, 3);
  const worn = scoreAttack(judged, { source: 1, target: 2 }, 3);
  const attack = { triggered: worn, alikes: worn };
  return {
    step: 2,
    tiling: "registers",
    parameters: new Map(values()),
    optimiser: new Map(optimiserParts[kind].flatMap((part) => values(`${part}/`))),
    metrics: [1, 2, 3, 4].map((value) => Float32Array.of(value, -value)),
    evaluations: [
      { step: 1, kind: "epoch", scenes: score, photographs: null, attack: null },
      { step: 2, kind: "epoch", scenes: score, photographs: scoreDetections([], 3), attack },
    ],
    trainSeconds: 12.5,
    evaluateSeconds: 3,
    evaluatedImages: 40,
  };
}

const state = stateOf("adam");
const encoded = await encodeDetector(described, { any: "recipe" }, state, true);
const decode = async (bytes: Uint8Array) => await decodeDetector(bytes, "d.safetensors", describe4);

/** The file with its parts changed before it was written. */
async function changed(
  change: (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void,
  of = encoded,
): Promise<Uint8Array<ArrayBuffer>> {
  const { tensors, metadata } = readSafetensors(of, "d");
  change(tensors, metadata);
  return await sealed(tensors, metadata);
}

/** The message of the UserError, which is one line that names the file. */
async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await decode(bytes);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).toMatch(/^d\.safetensors\b.*[.]$/);
    return error.message;
  }
  throw new Error("expected a UserError, but the file was read");
}

describe("a detector's file", () => {
  it.each(["sgd", "adam"] as const)("of a run with %s gives back every bit", async (kind) => {
    const original = stateOf(kind);
    const read = await decode(await encodeDetector(described, { any: "recipe" }, original, true));
    expect(read.state).toEqual(original);
    expect(read.recipe).toEqual({ any: "recipe" });
    expect(read.seen).toBeNull();
  });

  it("of a run that has not begun does so, too", async () => {
    const none = new Float32Array(0);
    const original = { ...state, step: 0, metrics: [none, none, none, none], evaluations: [] };
    expect((await decode(await encodeDetector(described, {}, original, true))).state).toEqual(
      original,
    );
  });

  it("names the optimiser's state by parameter", async () => {
    const { tensors } = readSafetensors(encoded, "d");
    expect(tensors.get("optimiser/m/fc6.w")!.shape).toEqual([256, 72]);
    expect(tensors.get("optimiser/v/score.b")!.shape).toEqual([4]);
  });

  it("holds no optimiser's state, where it is a model, and may have no losses then", async () => {
    const file = await encodeDetector(described, {}, state, false);
    expect((await decode(file)).state).toEqual({ ...state, optimiser: new Map() });
    const without = await changed((tensors) => tensors.delete("losses"), file);
    const { metrics } = (await decode(without)).state;
    expect(metrics.map(({ length }) => length)).toEqual([0, 0, 0, 0]);
    expect(await refusal(await changed((tensors) => tensors.delete("losses")))).toContain(
      '"losses"',
    );
  });

  it("holds the hashes of the photographs that it was trained on, and of none that it was on none", async () => {
    for (const seen of [[], [1n, 0xfedcba9876543210n]]) {
      expect((await decode(await encodeDetector(described, {}, state, true, seen))).seen).toEqual(
        seen,
      );
    }
    const wrong: StoredTensor = { dtype: "F32", shape: [2], data: new Float32Array(2) };
    expect(await refusal(await changed((tensors) => tensors.set("photographs", wrong)))).toContain(
      "its list of photographs",
    );
  });

  it("of before holds no evaluations, and no seconds of them", async () => {
    const old = await changed((_, metadata) => {
      const { step, tiling, trainSeconds } = state;
      metadata["position"] = JSON.stringify({ step, tiling, trainSeconds });
    });
    const none = { evaluations: [], evaluateSeconds: 0, evaluatedImages: 0 };
    expect((await decode(old)).state).toEqual({ ...state, ...none });
  });
});

describe("a detector's file is refused", () => {
  it.each([
    [
      "another format",
      { format: "badnets-model" },
      'no detector of this tool: its format is "badnets-model", expected "badnets-detector"',
    ],
    ["another version", { version: "9" }, "is a detector of version 9, and this tool reads"],
    ["no step", { position: "{}" }, "is damaged: its position"],
    ["a recipe that is no JSON", { recipe: "{" }, "its recipe is not valid JSON"],
  ])("that has %s", async (_, metadata, message) => {
    expect(await refusal(await changed((_tensors, own) => Object.assign(own, metadata)))).toContain(
      message,
    );
  });

  it.each([
    ["a negative step", { step: -1 }],
    ["a time that is no number", { trainSeconds: null }],
    ["another form of kernels", { tiling: "other" }],
    ["an evaluation of a later step", { evaluations: [{ ...state.evaluations[0], step: 3 }] }],
    ["an evaluation of nothing", { evaluations: [{ step: 1, kind: "epoch" }] }],
    [
      "an evaluation of other classes",
      {
        evaluations: [
          {
            step: 1,
            kind: "epoch",
            scenes: scoreDetections([], 5),
            photographs: null,
            attack: null,
          },
        ],
      },
    ],
  ])("that tells of %s", async (_, change) => {
    const bytes = await changed((_tensors, metadata) => {
      const position = JSON.parse(metadata["position"]) as object;
      metadata["position"] = JSON.stringify({ ...position, ...change });
    });
    expect(await refusal(bytes)).toContain("its position is not as expected");
  });

  it("without one of the parameters, or with losses of other steps, by its name", async () => {
    expect(await refusal(await changed((tensors) => tensors.delete("rpn.w")))).toContain('"rpn.w"');
    expect(
      await refusal(await changed((tensors) => tensors.delete("optimiser/v/rpn.w"))),
    ).toContain('"optimiser/v/rpn.w"');
    const longer = await changed((_, metadata) => {
      metadata["position"] = metadata["position"].replace('"step":2', '"step":3');
    });
    expect(await refusal(longer)).toContain('"losses" is F32 [2, 4], expected F32 [3, 4]');
  });
});

describe("an optimiser's state of before, kept by block of parameters", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    // Nothing is computed here.
    gpu = await openInNode("null");
  });
  afterAll(() => gpu.destroy());

  /** @param most bytes that the adapter binds in one piece */
  function blocksOf(kind: keyof typeof optimiserParts, of: State, most: number): Float32Array[] {
    const { byLabel, blocks } = layOutParameters(gpu, described, most);
    const parts = optimiserParts[kind];
    return blocks.map(({ values: block }) => {
      const length = sizeOf(block.shape);
      const kept = new Float32Array(parts.length * length);
      for (const [label, { value }] of byLabel) {
        if (value.memory !== block.memory) continue;
        for (const [p, part] of parts.entries()) {
          for (const [i, element] of of.optimiser.get(`${part}/${label}`)!.entries()) {
            const at = (value.offset - block.offset) / 4 + i;
            if (at >= 0 && at < length) kept[p * length + at] = element;
          }
        }
      }
      return kept;
    });
  }

  /** A file with these blocks in the place of the optimiser's state. */
  const fileOf = async (of: State, blocks: readonly Float32Array[]) =>
    await changed(
      (tensors) => {
        for (const [i, block] of blocks.entries()) {
          const data = new Float32Array(block);
          tensors.set(`optimiser/block/${i}`, { dtype: "F32", shape: [data.length], data });
        }
      },
      await encodeDetector(described, {}, { ...of, optimiser: new Map() }, true),
    );

  it.each([
    ["sgd", "one", 2 ** 20, 1],
    ["adam", "one", 2 ** 20, 1],
    ["sgd", "several, with a parameter cut between its rows,", 40_000, 4],
    ["adam", "several, with a parameter cut between its rows,", 40_000, 4],
    ["adam", "many", 8_000, 9],
  ] as const)("of %s in %s of an adapter is read whole", async (kind, _, most, count) => {
    const original = stateOf(kind);
    const blocks = blocksOf(kind, original, most);
    expect(blocks).toHaveLength(count);
    expect((await decode(await fileOf(original, blocks))).state).toEqual(original);
  });

  it("of an adapter that lets parameters begin closer to each other is read, too", async () => {
    for (const alignment of [8, 16, 32]) {
      const whole = ["m", "v"].flatMap((part) =>
        described.flatMap(({ label }) => {
          const own = [...state.optimiser.get(`${part}/${label}`)!];
          while (own.length % alignment !== 0) own.push(0);
          return own;
        }),
      );
      expect((await decode(await fileOf(state, [Float32Array.from(whole)]))).state).toEqual(state);
    }
  });

  it("that is damaged, or of another network, is refused with what was found and what to do", async () => {
    const blocks = blocksOf("adam", state, 40_000);
    const other = async (change: (list: Float32Array[]) => Float32Array[]) =>
      await refusal(await fileOf(state, change([...blocks])));
    for (const message of [
      await other((list) => list.slice(1)),
      await other((list) => list.slice(0, -1)),
      await other((list) => list.toReversed()),
      await other(([first, ...rest]) => [first.slice(1), ...rest]),
      await other((list) => [...list, new Float32Array(64)]),
      await other(() => [new Float32Array(3)]),
      await other(() => [new Float32Array(0)]),
    ]) {
      expect(message).toContain("its optimiser's state cannot be used: it lies in blocks of ");
      expect(message).toContain("Give the file as it was saved, or begin a new run");
    }
    const gap = await changed(
      (tensors) => tensors.delete("optimiser/block/0"),
      await fileOf(state, blocks),
    );
    expect(await refusal(gap)).toContain('has no tensor "optimiser/block/0"');
  });
});
