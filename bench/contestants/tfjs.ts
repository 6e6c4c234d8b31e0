/** The digit network in TensorFlow.js: fused layers, NHWC, its own momentum optimiser. */
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
// oxlint-disable-next-line import/no-unassigned-import -- it registers the backend
import "@tensorflow/tfjs-backend-webgpu";
import plain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threaded from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import {
  splitBatches,
  weightShapes,
  type Contestant,
  type Session,
  type Setup,
} from "../contestant.ts";

/** Of any rank: what each weight is, its name says. */
type Weights = Record<string, tf.Variable<any>>;

export const tfjs: Contestant[] = ["webgpu", "webgl", "wasm", "cpu"].map((backend) => ({
  name: `TensorFlow.js 4.22 ${backend}`,
  open: (setup) => open(setup, backend),
}));

setWasmPaths({
  "tfjs-backend-wasm.wasm": plain,
  "tfjs-backend-wasm-simd.wasm": simd,
  "tfjs-backend-wasm-threaded-simd.wasm": threaded,
});

async function open(setup: Setup, backend: string): Promise<Session> {
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} here`);

  const { batch, rate, momentum } = setup;
  const weights: Weights = {};
  for (const [name, shape] of Object.entries(weightShapes)) {
    const arranged = tf.tidy(() => arrange(name, tf.tensor(setup.weights[name], shape)));
    // Variables are registered by name, one list for all backends.
    weights[name] = tf.variable(arranged, true, `${backend}/${name}`);
    arranged.dispose();
  }
  const batches = splitBatches(setup).map(({ images, labels }) => ({
    x: tf.tensor4d(images, [batch, 28, 28, 1]),
    y: tf.tidy(() => tf.oneHot(tf.tensor1d(labels, "int32"), 10).toFloat()),
  }));
  const optimizer = tf.train.momentum(rate, momentum);

  return {
    async train(first, steps) {
      await tf.setBackend(backend);
      const losses: tf.Scalar[] = [];
      for (let index = first; index < first + steps; index++) {
        const { x, y } = batches[index % batches.length];
        const loss = optimizer.minimize(() => meanLoss(weights, x, y), true);
        if (loss) losses.push(loss);
      }
      // The queue keeps its order: once a weight is read, every update before it is done.
      await weights["fc2.b"].data();
      const values = await Promise.all(losses.map(async (loss) => (await loss.data())[0]));
      tf.dispose(losses);
      return values;
    },
    close() {
      optimizer.dispose();
      tf.dispose([weights, batches]);
    },
  };
}

/** Mean cross-entropy of images x [B, 28, 28, 1] against one-hot labels y [B, 10]. */
function meanLoss(weights: Weights, x: tf.Tensor4D, y: tf.Tensor): tf.Scalar {
  const convolve = (x: tf.Tensor4D, name: string) => {
    const y = tf.fused.conv2d({
      x,
      filter: weights[`${name}.w`],
      bias: weights[`${name}.b`],
      activation: "relu",
      strides: 1,
      pad: "valid",
    });
    return tf.avgPool(y, 2, 2, "valid");
  };
  const dense = (a: tf.Tensor, name: string, activation: "relu" | "linear") =>
    tf.fused.matMul({ a, b: weights[`${name}.w`], bias: weights[`${name}.b`], activation });

  const features = convolve(convolve(x, "conv1"), "conv2").reshape([-1, 512]);
  const logits = dense(dense(features, "fc1", "relu"), "fc2", "linear");
  return tf.losses.softmaxCrossEntropy(y, logits);
}

/** A weight as NHWC has it: filters [K, K, C, O], dense ones [in, out] with fc1's in as H,W,C. */
function arrange(name: string, w: tf.Tensor): tf.Tensor {
  if (w.rank === 4) return w.transpose([2, 3, 1, 0]);
  if (name !== "fc1.w") return w.transpose();
  return w.reshape([512, 32, 4, 4]).transpose([2, 3, 1, 0]).reshape([512, 512]);
}
