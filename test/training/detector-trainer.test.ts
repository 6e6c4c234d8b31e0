/** A tiny detector learns scenes: its losses fall, and it finds signs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignAtlas } from "../../src/data/sign-atlas.ts";
import { decodeDetector, encodeDetector } from "../../src/files/detector-file.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { lossNames } from "../../src/layers/loss-names.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { drawParameters } from "../../src/models/initialise.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { scoreDetections } from "../../src/training/detection.ts";
import { DetectorTrainer } from "../../src/training/detector-trainer.ts";
import { detectorPlan, tiny } from "./tiny-detector.ts";

let atlas: SignAtlas;
let device: Gpu;
beforeAll(async () => {
  atlas = await signArtwork();
  device = await openInNode();
});
afterAll(() => device.destroy());

/** Means over steps. */
interface Losses {
  /** In the order of lossNames. */
  readonly own: readonly number[];
  /** Share of the head's regions that are of signs. */
  readonly foreground: number;
  /** The regions' losses of a head that says the same of all of them: how often each class is, no move. */
  readonly indifferent: readonly [classes: number, boxes: number];
}

/** Trains a few steps one by one, and sees what the head was asked in each. */
async function lossesOf(trainer: DetectorTrainer, steps: number): Promise<Losses> {
  const { gpu, detector } = trainer;
  const own = [0, 0, 0, 0];
  let [foreground, classes, boxes] = [0, 0, 0];
  for (let i = 0; i < steps; i++) {
    await trainer.train(trainer.step + 1);
    const { records } = await trainer.readRecords();
    records[0].values.forEach((loss, slot) => (own[slot] += loss / steps));
    const labels = await gpu.readU32(detector.sampled.regionLabels);
    const [targets] = await gpu.read(detector.sampled.regionTargets);
    const asked = labels.filter((label) => label < 4);
    for (const label of new Set(asked)) {
      const share = asked.filter((one) => one === label).length / asked.length;
      classes -= (share * Math.log(share)) / steps;
      if (label > 0) foreground += share / steps;
    }
    labels.forEach((label, r) => {
      if (label === 0 || label > 3) return;
      for (const target of targets.subarray(4 * r, 4 * r + 4)) {
        const d = Math.abs(target);
        boxes += (d < 1 ? 0.5 * d * d : d - 0.5) / asked.length / steps;
      }
    });
  }
  return { own, foreground, indifferent: [classes, boxes] };
}

describe("a detector", () => {
  it("learns: proposals' losses fall, regions' rise less than what is asked of them, and it finds signs", async () => {
    const trainer = await DetectorTrainer.build(device.scope(), detectorPlan(atlas, 150));
    const unseen = Array.from({ length: 48 }, (_, i) => i);
    const naive = scoreDetections(await trainer.detect(unseen), 3).meanAveragePrecision!;
    const first = await lossesOf(trainer, 10);
    await trainer.train(120);
    await trainer.readRecords();
    const last = await lossesOf(trainer, 30);
    // What seeds 1 to 4 were seen to do stands behind each.
    expect(last.own[0] / first.own[0]).toBeLessThan(0.5); // 0.18 to 0.35
    expect(last.own[1] / first.own[1]).toBeLessThan(0.75); // 0.27 to 0.54
    // Better proposals are more often of signs, which are harder to tell and have a box to learn: ...
    expect(last.foreground / first.foreground).toBeGreaterThan(1.3); // 1.5 to 2.2
    expect(last.own[3] / first.own[3]).toBeGreaterThan(1.5); // 2.2 to 4.8
    // ... what their losses exceed those of an indifferent head by falls nevertheless.
    const excess = ({ own, indifferent }: Losses) => [
      own[2] - indifferent[0],
      own[3] - indifferent[1],
    ];
    expect(excess(last)[0] / excess(first)[0]).toBeLessThan(0.5); // 0.26 to 0.31
    expect(excess(last)[1] / excess(first)[1]).toBeLessThan(0.6); // -0.19 to 0.2

    // Who has learned nothing takes everything for everything.
    const judged = await trainer.detect(unseen);
    const { meanAveragePrecision } = scoreDetections(judged, 3);
    expect(naive).toBeLessThan(0.01); // 0.001 to 0.004
    expect(meanAveragePrecision).toBeGreaterThan(0.02); // 0.041 to 0.054
    expect(judged.some(({ found }) => found.length > 0)).toBe(true);
    for (const { found } of judged) {
      for (const { box, score, label } of found) {
        expect(box.every((value) => value >= 0 && value <= 64)).toBe(true);
        expect(score).toBeGreaterThanOrEqual(0.05);
        expect([0, 1, 2]).toContain(label);
      }
    }
    const maps = await trainer.readMaps(0);
    expect(maps.map(({ label, shape }) => [label, ...shape])).toEqual([
      ["conv1", 8, 32, 32],
      ["norm1", 8, 32, 32],
      ["pool1", 8, 16, 16],
      ["conv2", 8, 16, 16],
      ["norm2", 8, 16, 16],
      ["pool2", 8, 8, 8],
      ["conv3", 8, 8, 8],
      ["rpn", 8, 8, 8],
      ["rpn_score", 4, 8, 8],
      ["rpn_box", 8, 8, 8],
      ["roi_pool", 8, 3, 3],
      ["fc6", 1, 12, 16],
      ["score", 1, 12, 4],
      ["box", 1, 12, 16],
    ]);
    expect(maps.every(({ values }) => values.some((value) => value !== 0))).toBe(true);
    trainer.gpu.destroy();
  });

  it("has other losses for another seed from the first step on", async () => {
    const first = async (seed: number) => {
      const trainer = await DetectorTrainer.build(device.scope(), detectorPlan(atlas, 2, seed));
      await trainer.train(1);
      const { records } = await trainer.readRecords();
      trainer.gpu.destroy();
      return records[0].values;
    };
    expect(await first(2)).not.toEqual(await first(1));
  });

  it("gives the same bits where its activations share memory, which takes less", async () => {
    const trained = async (sharesMemory: boolean) => {
      const plan = detectorPlan(atlas, 3);
      const trainer = await DetectorTrainer.build(device.scope(), plan, { sharesMemory });
      await trainer.train(3);
      const { memory, gpu } = trainer;
      const { parameters, optimiser } = (await trainer.snapshot())!;
      const bytes = gpu.bytes;
      gpu.destroy();
      const words = [...parameters, ...optimiser].map(
        ([label, values]) => [label, new Uint32Array(values.buffer)] as const,
      );
      return { memory, bytes, words };
    };
    const [apart, shared] = [await trained(false), await trained(true)];
    expect(shared.words).toEqual(apart.words);
    expect(apart.memory).toBeNull();
    expect(shared.memory!.shared).toBeLessThan(shared.memory!.apart);
    expect(shared.bytes).toBeLessThan(apart.bytes);
  });

  it("leaves frozen convolutions as they are, and goes on from a file bit by bit", async () => {
    const described = describeDetector(tiny, 4, 2);
    const plan = { ...detectorPlan(atlas, 6), frozen: 2 };
    const drawn = drawParameters(described, plan.seed);
    const whole = await DetectorTrainer.build(device.scope(), plan);
    await whole.train(3);
    const halfway = (await whole.snapshot())!;
    expect([...halfway.optimiser.keys()]).not.toContain("m/conv2.w");
    expect(halfway.optimiser.size).toBe(2 * (drawn.size - 4));
    await whole.train(6);
    const last = (await whole.snapshot())!;
    for (const [label, values] of last.parameters) {
      if (/^conv[12][.]/.test(label)) expect(values).toEqual(drawn.get(label));
      else expect(values).not.toEqual(drawn.get(label));
    }

    const kept = {
      ...halfway,
      metrics: lossNames.map(() => new Float32Array(3)),
      evaluations: [],
      trainSeconds: 1,
      evaluateSeconds: 0,
      evaluatedImages: 0,
    };
    const bytes = await encodeDetector(described, {}, kept, true);
    const { state } = await decodeDetector(bytes, "half.safetensors", () => described);
    const again = await DetectorTrainer.build(device.scope(), plan);
    again.load(state);
    await again.train(6);
    expect(await again.snapshot()).toEqual(last);
    for (const { gpu } of [whole, again]) gpu.destroy();
  });

  it("tells after each batch of pictures how many are done, and leaves the rest out when told to", async () => {
    const trainer = await DetectorTrainer.build(device.scope(), detectorPlan(atlas, 1));
    const told: number[] = [];
    const judged = await trainer.detect([0, 1, 2, 3, 4, 5, 6], (done) => {
      told.push(done);
      return told.length < 2;
    });
    const { images } = trainer.detector;
    expect(told).toEqual([images, 2 * images]);
    expect(judged).toHaveLength(2 * images);
    trainer.gpu.destroy();
  });
});
