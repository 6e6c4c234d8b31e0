/** Plans of training as small as can be, with everything that a plan can have switched on. */
import type { DigitSet } from "../../src/data/digits.ts";
import { everyImage } from "../../src/data/order.ts";
import { Random, Stream } from "../../src/data/random.ts";
import type { NetworkDescription } from "../../src/models/description.ts";
import { packagedMnist } from "../../src/node/files.ts";
import type { TrainingPlan } from "../../src/training/trainer.ts";

/** One of each kind of layer, as small as can be: what is tested here does not depend on size. */
export const smallNet: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv", label: "conv1", filters: 3, kernel: 5, relu: true, pool: 2 },
    { kind: "dense", label: "fc", outputs: 10 },
  ],
};
export const denseNet: NetworkDescription = {
  input: [1, 28, 28],
  layers: [{ kind: "dense", label: "fc", outputs: 10 }],
};

const IMAGES = 256;
export const BATCH = 33; // does not divide what is trained or tested on
export const STEPS_PER_EPOCH = 5;
export const STEPS = 17; // ends in the middle of the fourth epoch

const first = (count: number, { images, labels }: DigitSet): DigitSet => ({
  images: images.slice(0, count * 784),
  labels: labels.slice(0, count),
  count,
});

const { train, test } = await packagedMnist();
export const digits = { train: first(IMAGES, train), test: first(100, test) };

/** Augmented, partly poisoned training with everything that a run can have switched on. */
export function trainingPlan(
  kind: "sgd" | "adam",
  network: NetworkDescription,
  change = {},
): TrainingPlan {
  const trigger = new Uint32Array(784);
  trigger[783] = 256 + 255;
  return {
    network,
    classes: 10,
    batch: BATCH,
    seed: 5,
    optimiser: {
      kind,
      rate: kind === "sgd" ? 0.05 : 0.002,
      momentum: 0.9,
      weightDecay: 0.001,
      schedule: "linear",
      warmup: 3,
    },
    augmentation: { shift: 2, angle: 0.2, scale: 0.1 },
    stepsPerEpoch: STEPS_PER_EPOCH,
    totalSteps: STEPS,
    orderOf: (epoch) => {
      const order = everyImage(IMAGES);
      for (let i = 0; i < IMAGES; i += 10) order[i] = (order[i] | 0x8000_0000) >>> 0;
      return new Random(5, Stream.shuffle, epoch).shuffle(order).slice(0, STEPS_PER_EPOCH * BATCH);
    },
    train: digits.train,
    test: digits.test,
    trigger,
    targets: Uint32Array.from({ length: 10 }, (_, i) => (i + 1) % 10),
    ...change,
  };
}
