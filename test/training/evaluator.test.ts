/** An evaluator tells what a network predicts: each image once, in its row, and nothing of what is none. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyImage, NO_IMAGE } from "../../src/data/order.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { BATCH, denseNet, digits, STEPS, trainingPlan } from "./small-training.ts";

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** How many images have each label. */
function histogram(labels: Uint8Array): number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const label of labels) counts[label] += 1;
  return counts;
}

const rowSums = (confusion: Uint32Array) =>
  Array.from({ length: 10 }, (_, row) => sum(confusion.subarray(10 * row, 10 * row + 10)));

describe("evaluating", () => {
  let gpu: Gpu;
  let trainer: Trainer;
  beforeAll(async () => {
    gpu = await openInNode();
    trainer = await Trainer.build(gpu, trainingPlan("sgd", denseNet));
    await trainer.train(STEPS);
  });
  afterAll(() => gpu.destroy());

  it("counts each image once, in the row of its true label, triggered or not", async () => {
    const labels = histogram(digits.test.labels);
    for (const triggered of [false, true]) {
      const confusion = await trainer.evaluator.evaluate(everyImage(100, triggered));
      expect(rowSums(confusion)).toEqual(labels);
    }
  });

  it("counts some images and leaves out what is none", async () => {
    const entries = Uint32Array.of(3, NO_IMAGE, 99, 3, NO_IMAGE);
    const confusion = await trainer.evaluator.evaluate(entries);
    const { labels } = digits.test;
    expect(rowSums(confusion)).toEqual(histogram(Uint8Array.of(labels[3], labels[99], labels[3])));
    expect(sum(await trainer.evaluator.evaluate(new Uint32Array()))).toBe(0);
  });

  it("predicts what the largest logit says", async () => {
    const entries = everyImage(BATCH);
    const logits = await trainer.evaluator.logits(entries);
    expect(logits.length).toBe(10 * BATCH);
    const expected = new Uint32Array(100);
    for (const b of entries) {
      const row = logits.subarray(10 * b, 10 * b + 10);
      expected[10 * digits.test.labels[b] + row.indexOf(Math.max(...row))] += 1;
    }
    expect(await trainer.evaluator.evaluate(entries)).toEqual(expected);
  });

  it("tells what it predicts image by image, in the order asked", async () => {
    const entries = everyImage(100).toReversed();
    const predictions = await trainer.evaluator.predict(entries);
    expect(predictions).toHaveLength(100);
    const confusion = new Uint32Array(100);
    for (const [i, image] of entries.entries()) {
      confusion[10 * digits.test.labels[image] + predictions[i]] += 1;
    }
    expect(confusion).toEqual(await trainer.evaluator.evaluate(entries));
  });

  it("gives no more logits at a time than a batch holds", async () => {
    await expect(trainer.evaluator.logits(everyImage(BATCH + 1))).rejects.toThrow(
      "34 images, at most 33 at a time",
    );
  });

  it("stops when told, having counted what was submitted", async () => {
    const fresh = await Trainer.build(gpu, trainingPlan("sgd", denseNet));
    // The first submit is a single batch.
    const confusion = await fresh.evaluator.evaluate(everyImage(100), () => false);
    expect(sum(confusion)).toBe(BATCH);
  });
});
