/** A tiny detector learns scenes: its losses fall, and it ends with the same bits however it is interrupted. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignAtlas } from "../../src/data/sign-atlas.ts";
import { UserError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { compactPreset, type DetectorPreset } from "../../src/models/detector-presets.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { decodeDetector, encodeDetector } from "../../src/files/detector-file.ts";
import { DetectorRun, type DetectorState, type Rest } from "../../src/training/detector-run.ts";
import { scoreDetections } from "../../src/training/detection.ts";
import { DetectorTrainer, type DetectorPlan } from "../../src/training/detector-trainer.ts";
import { readSafetensors, writeSafetensors } from "../../src/files/safetensors.ts";

/** Few filters on a small input with large signs: a step of some milliseconds. */
const tiny: DetectorPreset = {
  ...compactPreset,
  name: "tiny",
  height: 64,
  width: 64,
  backbone: compactPreset.backbone
    .filter(({ label }) => label !== "conv4" && label !== "conv5")
    .map((row) => (row.kind === "conv" ? { ...row, filters: 8 } : row)),
  anchors: { sizes: [20, 34], ratios: [1] },
  proposalFilters: 8,
  bins: 3,
  hidden: [16],
  dropout: 0.1,
  training: {
    ...compactPreset.training,
    anchors: 32,
    regions: 12,
    foregroundRegions: 6,
    preNms: 40,
    postNms: 12,
    optimiser: { ...compactPreset.training.optimiser, rate: 0.004, warmup: 5 },
  },
  use: { preNms: 40, postNms: 12, iouThreshold: 0.3, leastScore: 0.05 },
  signSizes: [0.3, 0.6],
};

let atlas: SignAtlas;
let device: Gpu;
beforeAll(async () => {
  atlas = await signArtwork();
  device = await openInNode();
});
afterAll(() => device.destroy());

/** What is compiled once serves all runs on one device. */
const open = async () => device.scope();

const planOf = (iterations: number, seed = 1): DetectorPlan => ({
  preset: tiny,
  set: "us",
  classes: 3,
  atlas,
  photographs: null,
  trainOn: [],
  photoShare: 0,
  mixedShare: 0,
  iterations,
  seed,
});

const bitsOf = ({ parameters, optimiser, metrics }: DetectorState) =>
  [...parameters.values(), ...optimiser.values(), ...metrics].map((part) => [
    ...new Uint32Array(part.buffer, part.byteOffset, part.length),
  ]);

const describedTiny = () => describeDetector(tiny, 4);

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

describe("a detector's run", () => {
  it("gives the same bits undisturbed, stepped by kernels, resumed from a file, and on another device", async () => {
    // With activations that share memory, where those below have their own.
    const whole = new DetectorRun(open, planOf(6), {}, null, { sharesMemory: true });
    const { state, trainer, finished } = await whole.run();
    expect(finished).toBe(true);
    expect(state.step).toBe(6);
    expect(state.metrics.map(({ length }) => length)).toEqual([6, 6, 6, 6]);
    expect(trainer.memory!.shared).toBeLessThan(trainer.memory!.apart);
    trainer.gpu.destroy();

    // Stepped through its third step by kernels, then stopped after the fourth.
    let reached: DetectorState | null = null;
    const rests: Rest[] = [];
    const stepped: DetectorRun = new DetectorRun(
      open,
      planOf(6),
      {
        onState: (kept) => {
          reached = kept;
        },
        onRest: (_, why) => {
          rests.push(why);
        },
      },
      null,
      { markEvery: 2 },
    );
    stepped.pause();
    const ended = stepped.run();
    await stepped.rested();
    stepped.playUntil(2);
    await until(() => reached?.step === 2);
    stepped.pause();
    const at = await stepped.rested();
    expect(at.step).toBe(2);
    for (let i = 1; i < at.trainStep.length; i++) await stepped.stepKernels(1);
    expect(at.step).toBe(2);
    await stepped.stepKernels(1);
    expect(at.step).toBe(3);
    expect(at.cursor).toBe(0);
    expect(stepped.series[0]).toHaveLength(3);
    stepped.playUntil(4);
    await until(() => at.step >= 4);
    stepped.stop();
    const stopped = await ended;
    expect(stopped.finished).toBe(false);
    expect(stopped.state.step).toBe(4);
    expect(reached!.step).toBe(4);
    expect(rests.slice(0, 5)).toEqual(["pause", "mark", "pause", "pause", "mark"]);
    stopped.trainer.gpu.destroy();

    const file = encodeDetector(describedTiny(), { tiny: true }, stopped.state, true);
    const read = decodeDetector(file, "d.safetensors", describedTiny);
    expect(read.recipe).toEqual({ tiny: true });
    // The device goes away in the middle; the run takes another.
    const notices: string[] = [];
    let trainers = 0;
    const resumed = new DetectorRun(
      async () => await (trainers === 0 ? openInNode() : open()),
      planOf(6),
      {
        onNotice: (text) => notices.push(text),
        onTrainer: (one: DetectorTrainer) => {
          if (trainers++ === 0) one.gpu.device.destroy();
        },
      },
      read.state,
    );
    const last = await resumed.run();
    last.trainer.gpu.destroy();
    expect(trainers).toBe(2);
    expect(notices).toEqual(["The GPU device was lost; the run goes on from step 4 on a new one."]);
    expect(bitsOf(last.state)).toEqual(bitsOf(state));
  });

  it("stopped in the middle of a step that was begun by kernels books that step's losses, too", async () => {
    const run = new DetectorRun(open, planOf(6), {}, null);
    run.pause();
    const ended = run.run();
    await run.rested();
    await run.stepKernels(1);
    run.stop();
    const { state, trainer } = await ended;
    trainer.gpu.destroy();
    expect(state.step).toBe(1);
    expect(state.metrics.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    expect(state.metrics.flatMap((values) => [...values]).every(Number.isFinite)).toBe(true);
    await expect(run.rested()).rejects.toThrow("The run has ended");
  });

  it("learns: proposals' losses fall, regions' rise less than what is asked of them, and it finds signs", async () => {
    const trainer = await DetectorTrainer.build(await open(), planOf(150));
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
    const [one, other] = [
      await new DetectorRun(open, planOf(2), {}, null).run(),
      await new DetectorRun(open, planOf(2, 2), {}, null).run(),
    ];
    for (const { trainer } of [one, other]) trainer.gpu.destroy();
    const first = ({ state }: typeof one) => state.metrics.map(([loss]) => loss);
    expect(first(other)).not.toEqual(first(one));
  });

  it.each([
    ["and keeps the state before", 0, "the state after step 2 is kept", 2],
    ["and says so where none was kept", Infinity, "no state was kept before it", undefined],
  ])(
    "stops with the step's number where a loss is no number, %s",
    async (_, keepEvery, says, step) => {
      let kept: DetectorState | undefined;
      const plan = planOf(5);
      const run: DetectorRun = new DetectorRun(
        open,
        plan,
        {
          onState: (state) => {
            kept = state;
          },
          onRest: (trainer, why) => {
            if (why !== "mark") return;
            // Behind a ReLU it would be hidden: max(NaN, 0) is 0 on some adapters.
            const { value } = trainer.detector.parameters.byLabel.get("score.w")!;
            trainer.gpu.write(value, new Float32Array(value.byteLength / 4).fill(Number.NaN));
          },
        },
        null,
        { markEvery: 2, keepEvery },
      );
      const failure = await run.run().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UserError);
      expect(String(failure)).toContain(`not a finite number at step 3; ${says}`);
      expect(kept?.step).toBe(step);
      for (const part of kept?.parameters.values() ?? [])
        expect(part.every(Number.isFinite)).toBe(true);
    },
  );
});

describe("a detector's file", () => {
  const state: DetectorState = {
    step: 2,
    tiling: "registers",
    parameters: new Map(
      describedTiny().map(({ label, shape }) => [
        label,
        new Float32Array(shape.reduce((product, n) => product * n, 1)).fill(0.5),
      ]),
    ),
    optimiser: new Map(
      ["m", "v"].flatMap((part) =>
        describedTiny().map(({ label, shape }): [string, Float32Array<ArrayBuffer>] => [
          `${part}/${label}`,
          new Float32Array(shape.reduce((product, n) => product * n, 1)).fill(0.25),
        ]),
      ),
    ),
    metrics: [1, 2, 3, 4].map((value) => Float32Array.of(value, -value)),
    evaluations: [],
    trainSeconds: 12.5,
    evaluateSeconds: 3,
    evaluatedImages: 40,
  };

  it("holds no optimiser's state, where it is a model", () => {
    const file = encodeDetector(describedTiny(), {}, state, false);
    const read = decodeDetector(file, "d.safetensors", describedTiny);
    expect(read.state).toEqual({ ...state, optimiser: new Map() });
    expect(read.seen).toBeNull();
  });

  it("holds the hashes of the photographs that it was trained on, and of none that it was on none", () => {
    for (const seen of [[], [1n, 0xfedcba9876543210n]]) {
      const file = encodeDetector(describedTiny(), {}, state, true, seen);
      expect(decodeDetector(file, "d.safetensors", describedTiny).seen).toEqual(seen);
    }
    const { tensors, metadata } = readSafetensors(
      encodeDetector(describedTiny(), {}, state, true),
      "d",
    );
    tensors.set("photographs", { dtype: "F32", shape: [2], data: new Float32Array(2) });
    expect(() =>
      decodeDetector(writeSafetensors(tensors, metadata), "d.safetensors", describedTiny),
    ).toThrow(/its list of photographs/);
  });

  it.each([
    ["another format", { format: "badnets-model" }, /no detector of this tool.*badnets-model/],
    ["another version", { version: "9" }, /is a detector of version 9/],
    ["no step", { position: "{}" }, /is damaged: its position/],
    ["a recipe that is no JSON", { recipe: "{" }, /recipe/],
  ])("of %s is refused", (_, metadata, message) => {
    const whole = readSafetensors(encodeDetector(describedTiny(), {}, state, true), "d");
    const changed = writeSafetensors(whole.tensors, { ...whole.metadata, ...metadata });
    expect(() => decodeDetector(changed, "d.safetensors", describedTiny)).toThrow(message);
  });

  it("without one of the parameters, or with losses of other steps, is refused by its name", () => {
    const whole = readSafetensors(encodeDetector(describedTiny(), {}, state, true), "d");
    const less = new Map(whole.tensors);
    less.delete("rpn.w");
    expect(() =>
      decodeDetector(writeSafetensors(less, whole.metadata), "d.safetensors", describedTiny),
    ).toThrow(/d\.safetensors.*rpn\.w/);
    const position = JSON.stringify({ step: 3, tiling: "registers", trainSeconds: 1 });
    const other = writeSafetensors(whole.tensors, { ...whole.metadata, position });
    expect(() => decodeDetector(other, "d.safetensors", describedTiny)).toThrow(/losses/);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
