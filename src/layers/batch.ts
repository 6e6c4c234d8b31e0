/** Host half of shaders/batch.wgsl: gathers a batch from a data set that lives on the GPU. */
import source from "../../shaders/batch.wgsl?raw";
import random from "../../shaders/lib/random.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";

export const batchShader = shader("batch", source, random);

/** A data set on the GPU, as bytes. */
export interface ImagesOnGpu {
  /** [count, SIZE, SIZE] bytes, four a word */
  readonly images: Tensor;
  /** [count] bytes, four a word */
  readonly labels: Tensor;
  readonly count: number;
  readonly size: number;
}

/** Images and labels on the GPU, uploaded once for all scopes of a device. */
export function uploadImages(
  gpu: Gpu,
  label: string,
  set: { images: Uint8Array; labels: Uint8Array; count: number },
  size: number,
): ImagesOnGpu {
  return gpu.resident(set, (scope) => {
    const images = scope.tensor(`${label}.images`, [set.images.length / 4], "u32");
    const labels = scope.tensor(`${label}.labels`, [Math.ceil(set.count / 4)], "u32");
    scope.write(images, new Uint8Array(set.images));
    const padded = new Uint8Array(labels.byteLength);
    padded.set(set.labels);
    scope.write(labels, padded);
    return { images, labels, count: set.count, size };
  });
}

/** Random changes to each image of a training batch; each is drawn evenly, up to this much each way. */
export interface Augmentation {
  /** pixels */
  readonly shift: number;
  /** radians */
  readonly angle: number;
  /** share of the size */
  readonly scale: number;
}

/** The uniform of the shader. `batches` is the order's length in batches. */
export function batchSettings(
  [seed, stream]: readonly [seed: number, stream: number],
  batches: number,
): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(seed, stream, batches, 0);
}

export interface BatchOptions {
  readonly label: string;
  readonly data: ImagesOnGpu;
  readonly augmentation: Augmentation | null;
  /** [4]: see batchSettings */
  readonly settings: Tensor;
  /** [4]: the batch's number */
  readonly progress: Tensor;
  /** [batches, B] */
  readonly order: Tensor;
  /** [SIZE, SIZE]: 256 + value where the trigger covers the image, else 0 */
  readonly trigger: Tensor;
  /** [classes]: the attacker's label for each class */
  readonly targets: Tensor;
  /** [B, 1, SIZE, SIZE] */
  readonly x: Tensor;
  /** [B] */
  readonly labels: Tensor;
}

function augmentationConstants(augmentation: Augmentation | null): Record<string, number> {
  if (!augmentation) return { AUGMENT: 0 };
  const { shift, angle, scale } = augmentation;
  return { AUGMENT: 1, SHIFT: shift, ANGLE: angle, SCALE: scale };
}

/** Of the data set and the order it moves only the batch's part: bytes of pixels and labels, and numbers. */
export function batchSpec(options: BatchOptions): DispatchSpec {
  const { label, data, augmentation, settings, progress, order, trigger, targets, x, labels } =
    options;
  const B = x.shape[0];
  return {
    label,
    shader: batchShader,
    entry: "gather",
    constants: { B, SIZE: data.size, ...augmentationConstants(augmentation) },
    reads: {
      settings,
      progress,
      order,
      images: data.images,
      labels: data.labels,
      trigger,
      targets,
    },
    writes: { x, label: labels },
    workgroups: [groups(B * (data.size ** 2 / 4), 64), 1],
    flops: 0,
    bytes:
      B * (data.size ** 2 + 1 + 4) +
      [settings, progress, trigger, targets, x, labels].reduce((n, t) => n + t.byteLength, 0),
  };
}
