/** A checkpoint gives back what was put in, and a file that is not one is refused in one sentence. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { describeParameters, type NetworkDescription } from "../../src/models/description.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/files/checkpoint.ts";
import type { Evaluation } from "../../src/training/evaluator.ts";
import type { RunState } from "../../src/training/run.ts";
import { seal } from "../../src/files/seal.ts";
import {
  readSafetensors,
  writeSafetensors,
  type StoredTensor,
} from "../../src/files/safetensors.ts";
import { sealed } from "./sealed.ts";

const network: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv", label: "conv1", filters: 2, kernel: 5, relu: true, pool: 2 },
    { kind: "dense", label: "fc", outputs: 3 },
  ],
};
const recipe = { study: "digits", seed: 3, note: 'ä \u2028 "quoted"' };
const STEPS = 5;

/** A state with something of everything. */
function state(kind: "sgd" | "adam", of = network): RunState<Evaluation> {
  const parts = kind === "sgd" ? ["velocity"] : ["m", "v"];
  return {
    step: STEPS,
    tiling: "workgroup",
    parameters: initialParameters(of, 1),
    optimiser: new Map(
      parts.flatMap((part, i) =>
        [...initialParameters(of, 2 + i)].map(
          ([label, values]) => [`${part}/${label}`, values] as const,
        ),
      ),
    ),
    metrics: [Float32Array.of(2.5, 1e-30, -0, 3, 0.1), Float32Array.of(0, 0.25, 0.5, 1, 0.1)],
    evaluations: [
      { step: 2, kind: "probe", clean: [1, 2, 3, 4, 5, 6, 7, 8, 9], triggered: null },
      { step: 5, kind: "epoch", clean: Array(9).fill(0), triggered: Array(9).fill(60_000) },
    ],
    trainSeconds: 1.5,
    evaluateSeconds: 0.25,
    evaluatedImages: 99,
  };
}

const encoded = await encodeCheckpoint(network, recipe, state("sgd"), { data: "MNIST" });

/** The checkpoint with its parts changed before it was written. */
async function changed(
  change: (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const { tensors, metadata } = readSafetensors(encoded, "checkpoint");
  change(tensors, metadata);
  return await sealed(tensors, metadata);
}

/** The checkpoint with its position changed. */
const moved = async (change: Record<string, unknown>) =>
  await changed((_, metadata) => {
    const position = JSON.parse(metadata["position"]) as object;
    metadata["position"] = JSON.stringify({ ...position, ...change });
  });

/** The message of the UserError, which must be one sentence on one line that names the file. */
async function refusal(bytes: Uint8Array, of = network): Promise<string> {
  try {
    await decodeCheckpoint(of, bytes, "runs/a.safetensors");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).toMatch(/^runs\/a\.safetensors\b.*[.]$/);
    return error.message;
  }
  throw new Error("expected a UserError, but the checkpoint was read");
}

describe("a checkpoint", () => {
  it.each(["sgd", "adam"] as const)("of %s gives back every bit", async (kind) => {
    const original = state(kind);
    const bytes = await encodeCheckpoint(network, recipe, original, {
      data: "MNIST",
      adapter: "{}",
    });
    const read = await decodeCheckpoint(network, bytes, "checkpoint");
    expect(read.state).toEqual(original);
    expect(Object.is(read.state.metrics[0][2], -0)).toBe(true);
    expect(read.recipe).toEqual(recipe);
    expect(read.metadata).toMatchObject({ data: "MNIST", adapter: "{}" });
  });

  it("of the digit network, and of a run that has not begun, does so, too", async () => {
    const original: RunState<Evaluation> = {
      ...state("sgd", digitNet),
      step: 0,
      metrics: [new Float32Array(0), new Float32Array(0)],
      evaluations: [],
    };
    const bytes = await encodeCheckpoint(digitNet, recipe, original);
    expect((await decodeCheckpoint(digitNet, bytes, "checkpoint")).state).toEqual(original);
  });

  it("is the same bytes for the same state", async () => {
    expect(await encodeCheckpoint(network, recipe, state("sgd"), { data: "MNIST" })).toEqual(
      encoded,
    );
  });

  it("does not change the state, nor share its memory", async () => {
    const original = state("sgd");
    const bytes = await encodeCheckpoint(network, recipe, original);
    const { state: read } = await decodeCheckpoint(network, bytes, "checkpoint");
    bytes.fill(0);
    expect(read).toEqual(original);
    expect(original).toEqual(state("sgd"));
  });

  it("is a safetensors file with a tensor for each parameter, its optimiser's state and the books", async () => {
    const { tensors, metadata } = readSafetensors(encoded, "checkpoint");
    const shapes = Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));
    expect(shapes).toEqual({
      "conv1.w": [2, 1, 5, 5],
      "conv1.b": [2],
      "fc.w": [3, 288],
      "fc.b": [3],
      "optimiser/velocity/conv1.w": [2, 1, 5, 5],
      "optimiser/velocity/conv1.b": [2],
      "optimiser/velocity/fc.w": [3, 288],
      "optimiser/velocity/fc.b": [3],
      "history/loss": [STEPS],
      "history/accuracy": [STEPS],
    });
    for (const [label, values] of state("sgd").parameters) {
      expect(tensors.get(label)!.data).toEqual(values);
    }
    expect(metadata).toMatchObject({ format: "badnets-checkpoint", version: "2", data: "MNIST" });
  });

  it("cannot be passed off as something else by further metadata", async () => {
    const bytes = await encodeCheckpoint(network, recipe, state("sgd"), {
      format: "other",
      position: "none",
    });
    expect((await decodeCheckpoint(network, bytes, "checkpoint")).state.step).toBe(STEPS);
  });
});

describe("what is refused", () => {
  it("is a safetensors file of another tool", async () => {
    const foreign = writeSafetensors(
      new Map([["w", { dtype: "F32", shape: [1], data: Float32Array.of(1) }]]),
    );
    expect(await refusal(foreign)).toContain(
      'no checkpoint of this tool: its format is not given, expected "badnets-checkpoint"',
    );
    expect(await refusal(await changed((_, metadata) => (metadata["format"] = "pt")))).toContain(
      'its format is "pt"',
    );
  });

  it("is another version", async () => {
    expect(await refusal(await changed((_, metadata) => (metadata["version"] = "3")))).toContain(
      "is a checkpoint of version 3, and this tool reads versions 1 and 2",
    );
  });

  it("is a checkpoint of another network", async () => {
    expect(await refusal(encoded, digitNet)).toContain(
      'tensor "conv1.w" is F32 [2, 1, 5, 5], expected F32 [16, 1, 5, 5]',
    );
    const other: NetworkDescription = {
      ...network,
      layers: [...network.layers, { kind: "dense", label: "last", outputs: 3 }],
    };
    expect(await refusal(encoded, other)).toContain('has no tensor "last.w"');
  });

  it.each(["recipe", "position"])("is a %s that is missing or no JSON", async (what) => {
    for (const text of ["{", "", "undefined"]) {
      expect(await refusal(await changed((_, metadata) => (metadata[what] = text)))).toContain(
        `is damaged: its ${what} is not valid JSON`,
      );
    }
    expect(await refusal(await changed((_, metadata) => delete metadata[what]))).toContain(
      `its ${what} is not valid JSON`,
    );
  });

  it.each([
    ["no object", [] as unknown],
    ["null", null],
  ])("is a position that is %s", async (_, position) => {
    const bytes = await changed((_tensors, metadata) => {
      metadata["position"] = JSON.stringify(position);
    });
    expect(await refusal(bytes)).toContain("its position is not as expected");
  });

  it.each([
    { step: -1 },
    { step: 2.5 },
    { step: "5" },
    { step: undefined },
    { trainSeconds: null },
    { trainSeconds: -1 },
    { evaluatedImages: -3 },
    { tiling: "other" },
    { evaluations: {} },
    { evaluations: [{ step: 1, kind: "epoch", clean: [1.5], triggered: null }] },
    { evaluations: [{ step: 1, kind: "epoch", clean: [-1], triggered: null }] },
    { evaluations: [{ step: 1, kind: "other", clean: [], triggered: null }] },
    { evaluations: [{ step: 1, kind: "epoch", clean: [1, 2], triggered: null }] },
    { evaluations: [{ step: 9, kind: "epoch", clean: Array(9).fill(0), triggered: null }] },
  ])("is a position with %j", async (change) => {
    expect(await refusal(await moved(change))).toContain("its position is not as expected");
  });

  it("is a step that the books do not reach to, or that they go beyond", async () => {
    expect(await refusal(await moved({ step: 4, evaluations: [] }))).toContain(
      'tensor "history/loss" is F32 [5], expected F32 [4]',
    );
    expect(await refusal(await moved({ step: 6 }))).toContain("expected F32 [6]");
  });

  it("is a file in which any tensor is missing", async () => {
    for (const name of readSafetensors(encoded, "checkpoint").tensors.keys()) {
      const message = await refusal(await changed((tensors) => tensors.delete(name)));
      expect(message).toContain("so it holds no network of this form");
      // Without its velocities it could be one of Adam's that lacks its moments.
      if (!name.startsWith("optimiser/velocity/conv1.w")) expect(message).toContain(`"${name}"`);
    }
  });

  it("is a tensor of another shape or type", async () => {
    for (const [name, { shape, data }] of readSafetensors(encoded, "checkpoint").tensors) {
      const flat: StoredTensor = { dtype: "F32", shape: [1, ...shape], data };
      expect(await refusal(await changed((tensors) => tensors.set(name, flat)))).toContain(
        `tensor "${name}" is F32 [1, ${shape.join(", ")}], expected F32 [${shape.join(", ")}]`,
      );
      const whole: StoredTensor = { dtype: "I32", shape, data: new Int32Array(data.length) };
      expect(await refusal(await changed((tensors) => tensors.set(name, whole)))).toContain(
        `tensor "${name}" is I32`,
      );
    }
  });

  it("is a file that is cut off, wherever", async () => {
    const lengths = [0, 1, 7, 8, 9, 100, 500, encoded.length - 4, encoded.length - 1];
    for (const length of lengths) {
      expect(await refusal(encoded.subarray(0, length))).toContain(
        "is not a usable safetensors file",
      );
    }
    expect(await refusal(new Uint8Array([...encoded, 0]))).toContain(
      "bytes follow its last tensor",
    );
  });
});

describe("damage at random", () => {
  /** Reads what may be damaged: a UserError, or a state that a trainer can take. */
  const survives = async (bytes: Uint8Array) => {
    let read: Awaited<ReturnType<typeof decodeCheckpoint>>;
    try {
      read = await decodeCheckpoint(network, bytes, "checkpoint");
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect(error.message).not.toContain("\n");
      return;
    }
    const { step, parameters, optimiser, metrics, evaluations } = read.state;
    expect(Number.isSafeInteger(step) && step >= 0).toBe(true);
    expect(metrics.map(({ length }) => length)).toEqual([step, step]);
    for (const { label, shape } of describeParameters(network)) {
      expect(parameters.get(label)).toHaveLength(sizeOf(shape));
      expect(optimiser.get(`velocity/${label}`)).toHaveLength(sizeOf(shape));
    }
    for (const { clean, triggered } of evaluations) {
      for (const count of [...clean, ...(triggered ?? [])]) {
        expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
      }
    }
    for (const time of [read.state.trainSeconds, read.state.evaluateSeconds]) {
      expect(Number.isFinite(time)).toBe(true);
    }
  };
  const header = 8 + Number(new DataView(encoded.buffer).getBigUint64(0, true));
  const places = fc.oneof(
    fc.integer({ min: 0, max: header - 1 }),
    fc.integer({ min: 0, max: encoded.length - 1 }),
  );

  it("to its bytes yields a refusal or a usable state", async () => {
    const damage = fc.array(fc.tuple(places, fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(damage, async (edits) => {
        const bytes = encoded.slice();
        for (const [at, value] of edits) bytes[at] = value;
        await survives(bytes);
        // With a digest that is right, the damage is found where it lies, or can be lived with.
        await seal(bytes).then(
          async () => await survives(bytes),
          () => undefined,
        );
      }),
      { numRuns: 1500 },
    );
  });

  it("to its length does, too", async () => {
    await fc.assert(
      fc.asyncProperty(
        places,
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(40),
        async (at, extra, gone) => {
          const bytes = [...encoded.subarray(0, at), ...extra, ...encoded.subarray(at + gone)];
          await survives(Uint8Array.from(bytes));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("to the texts inside it does, too", async () => {
    const keys = fc.constantFrom(
      "step",
      "tiling",
      "trainSeconds",
      "evaluations",
      "evaluateSeconds",
    );
    const values = fc.oneof(fc.json(), fc.constantFrom("1e999", "-1e999", "1e300", "-0", "5.0"));
    await fc.assert(
      fc.asyncProperty(keys, values, async (key, value) => {
        const bytes = await changed((_, metadata) => {
          const position = JSON.parse(metadata["position"]) as Record<string, unknown>;
          const others = Object.entries(position).filter(([name]) => name !== key);
          const fields = others.map(([name, other]) => `"${name}":${JSON.stringify(other)}`);
          metadata["position"] = `{${[...fields, `"${key}":${value}`].join()}}`;
        });
        await survives(bytes);
      }),
      { numRuns: 500 },
    );
  });
});
