/** Batches of clean images for searches on the device: each group of a batch walks through candidates of its own. */
import { Random, Stream } from "../data/random.ts";
import { UserError } from "../errors.ts";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { batchSettings, batchSpec, uploadImages } from "../layers/batch.ts";
import type { NetworkDescription } from "../models/description.ts";
import type { LabelledImages } from "../training/trainer.ts";

/** Numbers of the images whose label is as it should be. */
export function numbersWhere(
  { labels, count }: LabelledImages,
  wanted: (label: number) => boolean,
): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i).filter((i) => wanted(labels[i]));
}

/**
 * Numbers of images, step by step: each group goes through its candidates in a random order, and then again in
 * another.
 * @param candidates of each group, none of them empty
 * @returns [steps, groups, size]
 */
export function drawBatches(
  candidates: readonly Uint32Array[],
  steps: number,
  size: number,
  seed: number,
): Uint32Array<ArrayBuffer> {
  const groups = candidates.length;
  const order = new Uint32Array(steps * groups * size);
  for (const [g, own] of candidates.entries()) {
    const random = new Random(seed, Stream.sampling, g);
    const left = own.slice();
    for (let i = 0; i < steps * size; i++) {
      const place = i % left.length;
      if (place === 0) random.shuffle(left);
      const step = Math.floor(i / size);
      order[(step * groups + g) * size + (i % size)] = left[place];
    }
  }
  return order;
}

/** @throws UserError where the network takes other images than the batch shader makes */
export function checkInput({ input: [channels, height, width] }: NetworkDescription): void {
  if (channels === 1 && height === width && (height * width) % 4 === 0) return;
  throw new UserError(
    `The network takes images of ${channels} x ${height} x ${width}; this search works on square grey images: ` +
      "give a digit network.",
  );
}

/**
 * Gathers the images of a step.
 * @param order [steps, B], of drawBatches
 * @param progress [4]: steps done
 * @param clean [B, 1, SIZE, SIZE]
 */
export function gatherSpec(
  gpu: Gpu,
  images: LabelledImages,
  order: Uint32Array<ArrayBuffer>,
  { progress, clean, labels }: { progress: Tensor; clean: Tensor; labels: Tensor },
): DispatchSpec {
  const [B, , size] = clean.shape;
  const steps = order.length / B;
  const settings = gpu.tensor("search.settings", [4], "u32");
  const numbers = gpu.tensor("search.order", [steps, B], "u32");
  gpu.write(settings, batchSettings([0, 0], steps));
  gpu.write(numbers, order);
  return batchSpec({
    label: "search.gather",
    data: uploadImages(gpu, "search", images, size),
    augmentation: null,
    settings,
    progress,
    order: numbers,
    // No entry asks for a triggered copy.
    trigger: gpu.tensor("search.no trigger", [size, size], "u32"),
    targets: gpu.tensor("search.no targets", [1], "u32"),
    x: clean,
    labels,
  });
}
