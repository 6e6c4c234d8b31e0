/**
 * Computes the tests' golden values with TensorFlow.js on its CPU backend: an independent judge of the digit
 * network, its gradients and its training, and of the suppression of boxes.
 *
 *     npm ci --prefix bench && npx vite-node --root bench bench/golden.ts
 */
import { writeFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import { writeSafetensors, type StoredTensor } from "../src/files/safetensors.ts";
import { digitNet } from "../src/models/digit-net.ts";
import { initialParameters } from "../src/models/initialise.ts";
import { packagedMnist } from "../src/node/files.ts";
import {
  GOLDEN,
  names,
  sample,
  scoredBoxes,
  shapes,
  suppressions,
  training,
  type Name,
} from "../test/reference/golden.ts";

tf.enableProdMode(); // no advertisements
await tf.setBackend("cpu");
const values = new Map([...(await trainDigits()), ...(await suppressBoxes())]);
const tensors = new Map(
  [...values].map(([name, values]): [string, StoredTensor] => {
    const data = new Float32Array(values);
    return [name, { dtype: "F32", shape: [data.length], data }];
  }),
);
const by = { by: `TensorFlow.js ${tf.version.tfjs}, cpu` };
await writeFile(GOLDEN, writeSafetensors(tensors, by));

/** From our arrangement to TensorFlow.js's: filters [K, K, C, O], dense [in, out], in as H, W, C. */
function arrange(name: Name, values: Float32Array): tf.Tensor {
  const w = tf.tensor(values, [...shapes[name]]);
  if (w.rank === 1) return w;
  if (w.rank === 4) return tf.transpose(w, [2, 3, 1, 0]);
  if (name !== "fc1.w") return tf.transpose(w);
  const features = tf.transpose(tf.reshape(w, [512, 32, 4, 4]), [2, 3, 1, 0]);
  return tf.reshape(features, [512, 512]);
}

/** And back. */
function restore(name: Name, w: tf.Tensor): Float32Array {
  const back = () => {
    if (w.rank === 1) return w;
    if (w.rank === 4) return tf.transpose(w, [3, 2, 0, 1]);
    if (name !== "fc1.w") return tf.transpose(w);
    return tf.transpose(tf.reshape(w, [4, 4, 32, 512]), [3, 2, 0, 1]);
  };
  return tf.tidy(back).dataSync<"float32">();
}

/** Logits of images [B, 28, 28, 1], from plain operations, one a row of the paper's table. */
function forward(weights: Record<string, tf.Variable>, x: tf.Tensor4D): tf.Tensor2D {
  const convolve = (x: tf.Tensor4D, name: string) => {
    const y = tf.conv2d(x, weights[`${name}.w`] as tf.Tensor4D, 1, "valid");
    const active = tf.relu(tf.add<tf.Tensor4D>(y, weights[`${name}.b`]));
    return tf.avgPool(active, 2, 2, "valid");
  };
  const dense = (x: tf.Tensor2D, name: string) =>
    tf.add<tf.Tensor2D>(tf.matMul(x, weights[`${name}.w`]), weights[`${name}.b`]);
  const features = tf.reshape<tf.Rank.R2>(convolve(convolve(x, "conv1"), "conv2"), [-1, 512]);
  return dense(tf.relu(dense(features, "fc1")), "fc2");
}

/** Ten steps: what the first saw, and every step's loss. */
async function trainDigits(): Promise<Map<string, Float32Array>> {
  const { seed, batch, steps, rate, momentum } = training;
  const { train } = await packagedMnist();
  const initial = initialParameters(digitNet, seed);
  const weights = Object.fromEntries(
    names.map((name) => [name, tf.variable(arrange(name, initial.get(name)!), true, name)]),
  );
  const optimiser = tf.train.momentum(rate, momentum);
  const losses: number[] = [];
  const values = new Map<string, Float32Array>();
  for (let step = 0; step < steps; step++) {
    const pixels = train.images.subarray(step * batch * 784, (step + 1) * batch * 784);
    const labels = train.labels.subarray(step * batch, (step + 1) * batch);
    const x = tf.tensor4d(
      Float32Array.from(pixels, (byte) => byte / 255),
      [batch, 28, 28, 1],
    );
    const y = tf.oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), 10);
    const loss = (x: tf.Tensor4D): tf.Scalar =>
      tf.losses.softmaxCrossEntropy(y, forward(weights, x));
    const { value, grads } = tf.variableGrads(() => loss(x));
    losses.push(value.dataSync()[0]);
    if (step === 0) {
      values.set("logits", forward(weights, x).dataSync<"float32">().slice());
      const dx = tf.grad((x) => loss(x as tf.Tensor4D))(x);
      values.set("dx", dx.dataSync<"float32">().slice());
      for (const name of names) {
        values.set(`gradient/${name}`, sample(restore(name, grads[name])).slice());
      }
    }
    optimiser.applyGradients(names.map((name) => ({ name, tensor: grads[name] })));
  }
  return values.set("losses", Float32Array.from(losses));
}

/** Which boxes are kept, in order of their scores. */
async function suppressBoxes(): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const [i, { N, iouThreshold, most }] of suppressions.entries()) {
    const { boxes, scores } = scoredBoxes(N);
    const kept = await tf.image.nonMaxSuppressionAsync(
      tf.tensor2d(boxes.map(([x1, y1, x2, y2]) => [y1, x1, y2, x2])),
      tf.tensor1d(scores),
      most,
      iouThreshold,
    );
    values.set(`kept/${i}`, Float32Array.from(await kept.data()));
  }
  return values;
}
