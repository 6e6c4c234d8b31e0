/** What the benchmark asks of a library: open the digit network, train it step by step, close it. */

/** One library on one of its backends. */
export interface Contestant {
  /** As it stands in the table, such as "TensorFlow.js 4.22 webgpu". */
  name: string;
  /**
   * Builds the network and brings weights and batches to where training reads them.
   *
   * @throws If this backend is not to be had here.
   */
  open(setup: Setup): Promise<Session>;
}

/**
 * The same network, start and batches for everybody: convolution 16 5x5 and 32 5x5, both valid, with
 * bias, ReLU and 2x2 average pooling; flattened in C,H,W order; dense 512 ReLU; dense 10; mean
 * softmax cross-entropy; plain momentum (v = momentum v + g, w -= rate v).
 */
export interface Setup {
  /** One for each of `weightShapes`. */
  weights: Record<string, Float32Array<ArrayBuffer>>;
  /** [batches * batch, 1, 28, 28] bytes; the network's input is byte / 255. */
  images: Uint8Array;
  /** [batches * batch], each 0 to 9. */
  labels: Uint8Array;
  /** Images a step. */
  batch: number;
  rate: number;
  momentum: number;
}

/** A network ready to train. */
export interface Session {
  /**
   * Takes `steps` training steps on consecutive batches from batch `first` on, wrapping round, and
   * waits until the last weight is updated. Losses are read back only then.
   *
   * @returns Each step's loss, before its update.
   * @throws If the backend lacks an operation that training needs.
   */
  train(first: number, steps: number): Promise<number[]>;
  /** Where the time of a step goes, for those who can tell. */
  anatomy?(): Promise<Anatomy>;
  close(): void;
}

/** A step taken apart, and what it could be at best. */
export interface Anatomy {
  /** From having the data to the end of the first step: device, compilation and upload included. */
  firstStepSeconds: number;
  /** Floating-point operations of a step. */
  flops: number;
  /** GFLOP/s of this project's own dense product, 512 x 512 x 512, the faster of its forms. */
  bestProduct: number;
  /** Each dispatch by itself: submitted several times over, then waited for. */
  kernels: { label: string; milliseconds: number; flops: number }[];
}

/** Every weight's shape; dense ones are [out, in]. */
export const weightShapes: Record<string, number[]> = {
  "conv1.w": [16, 1, 5, 5],
  "conv1.b": [16],
  "conv2.w": [32, 16, 5, 5],
  "conv2.b": [32],
  "fc1.w": [512, 512],
  "fc1.b": [512],
  "fc2.w": [10, 512],
  "fc2.b": [10],
};

/** The batches in order: images [batch, 784] from 0 to 1, labels [batch]. */
export function splitBatches({ images, labels, batch }: Setup) {
  return Array.from({ length: labels.length / batch }, (_, index) => {
    const bytes = images.subarray(index * batch * 784, (index + 1) * batch * 784);
    return {
      images: Float32Array.from(bytes, (byte) => byte / 255),
      labels: Int32Array.from(labels.subarray(index * batch, (index + 1) * batch)),
    };
  });
}
