/** Channel Lipschitz pruning: norms against power iteration, and what it does to the networks that ship. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { Random, Stream } from "../../src/data/random.ts";
import {
  channelLipschitz,
  channelLipschitzVerdict,
  spectralNorm,
} from "../../src/defences/channel-lipschitz.ts";
import { scaledParameters } from "../../src/inspection/scaled-parameters.ts";
import { decodeModel } from "../../src/files/model-file.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { powerIteration } from "../reference/eigenvalues.ts";

async function subjectAt(...path: string[]) {
  const file = resolve(import.meta.dirname, "../..", ...path);
  const { model } = await decodeModel(digitNet, await readFile(file), file);
  return { description: digitNet, parameters: model.parameters };
}

describe("the spectral norm", () => {
  it("is the root of the largest eigenvalue of A^T A, whichever side is longer", () => {
    const random = new Random(1, Stream.defence);
    for (const [rows, columns] of [
      [4, 7],
      [7, 4],
      [1, 5],
    ]) {
      const matrix = Float32Array.from({ length: rows * columns }, () => random.next() - 0.5);
      const gram = Float64Array.from({ length: columns ** 2 }, (_, at) => {
        const [i, j] = [Math.floor(at / columns), at % columns];
        let sum = 0;
        for (let r = 0; r < rows; r++) sum += matrix[r * columns + i] * matrix[r * columns + j];
        return sum;
      });
      const [{ value }] = powerIteration(gram, columns, 1);
      expect(spectralNorm(matrix, rows, columns)).toBeCloseTo(Math.sqrt(value), 10);
    }
  });
});

describe("channel Lipschitz pruning", () => {
  it("takes channel 31 of conv2 out of the BadNet that ships, as measured independently", async () => {
    const findings = await channelLipschitz(
      null,
      await subjectAt("public/showcase/model.safetensors"),
      null,
    );
    const [conv1, conv2] = findings.layers.map(({ z }) => [...z].sort((a, b) => b - a));
    expect(findings.pruned).toEqual([{ layer: "conv2", channel: 31 }]);
    expect(conv2[0]).toBeCloseTo(3.82, 2);
    expect(conv2[1]).toBeCloseTo(1.32, 2);
    expect(conv1[0]).toBeCloseTo(1.68, 2);
    expect(channelLipschitzVerdict(findings).evidence).toContain(
      "channel 31 of conv2 z 3.82 (next 1.32)",
    );
  });

  it("finds channel 1 in the BadNet of 33 %, and nothing in the honest network", async () => {
    const models = "results/digits/models";
    const [poisoned, honest] = await Promise.all(
      ["all-to-all-pattern-33-s1", "baseline-s1"].map(async (name) =>
        channelLipschitz(null, await subjectAt(models, `${name}.safetensors`), null),
      ),
    );
    expect(poisoned.pruned).toEqual([{ layer: "conv2", channel: 1 }]);
    expect(Math.max(...poisoned.layers[1].z)).toBeCloseTo(3.77, 2);
    expect(honest.pruned).toEqual([]);
    expect(channelLipschitzVerdict(honest)).toMatchObject({ flagged: false });
  });

  it("deviates by the spread over n - 1, and by nothing where all channels are alike", async () => {
    const parameters = new Map(initialParameters(digitNet, 1));
    parameters.set("conv1.w", new Float32Array(16 * 25).fill(0.1));
    parameters.set(
      "conv1.w",
      Float32Array.from(parameters.get("conv1.w")!, (w, i) => (i < 25 ? 2 * w : w)),
    );
    const subject = { description: digitNet, parameters };
    const [conv1] = (await channelLipschitz(null, subject, null)).layers;
    // One of sixteen is twice the others: (n - 1) / sqrt(n) deviations above their mean.
    expect(conv1.z[0]).toBeCloseTo(15 / 4, 10);
    parameters.set("conv1.w", new Float32Array(16 * 25).fill(0.1));
    expect((await channelLipschitz(null, subject, null)).layers[0].z).toEqual(Array(16).fill(0));
  });
});

describe("a network without neurons", () => {
  it("has their weights and biases at 0, and all others as they were", () => {
    const given = initialParameters(digitNet, 1);
    const before = given.get("conv2.w")!.slice();
    const mended = scaledParameters(given, [{ layer: "conv2", channel: 3, factor: 0 }]);
    const expected = before.slice().fill(0, 3 * 400, 4 * 400);
    expect(mended.get("conv2.w")).toEqual(expected);
    expect(mended.get("conv2.b")![3]).toBe(0);
    expect(given.get("conv2.w")).toEqual(before);
    expect(mended.get("fc1.w")).toEqual(given.get("fc1.w"));
  });
});
