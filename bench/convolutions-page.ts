/** The half of the convolution benchmark that runs in the browser. */
import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  numpy as np,
  valueAndGrad,
} from "@jax-js/jax";
import * as tf from "@tensorflow/tfjs";
// oxlint-disable-next-line import/no-unassigned-import -- it registers the backend
import "@tensorflow/tfjs-backend-webgpu";
import { compile } from "../src/gpu/pipelines.ts";
import type { Dispatch } from "../src/gpu/dispatch.ts";
import { adapterName } from "../src/gpu/adapter.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { conv2dLayer } from "../src/layers/conv2d.ts";
import { denseLayer } from "../src/layers/dense.ts";
import { tilingsOf, type Tiling } from "../src/layers/tiling.ts";
import type { ConvolutionResult, Shape } from "./convolution.ts";

const REPETITIONS = 7;
/** Milliseconds after which nothing is repeated any more. */
const BUDGET_MS = 5000;

/** The least time of some repetitions, in milliseconds: whatever else the machine does only adds. */
async function least(what: string, run: () => Promise<unknown>): Promise<number> {
  console.info(what);
  const first = performance.now();
  await run();
  let best = Infinity;
  for (let i = 0; i < REPETITIONS; i++) {
    const begun = performance.now();
    await run();
    best = Math.min(best, performance.now() - begun);
    if (performance.now() - first > BUDGET_MS) break;
  }
  return best;
}

window.convolve = async (shape) => {
  const { B, C, H, W, O, K } = shape;
  const random = (length: number, salt: number) =>
    Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + salt) * 0.5);
  const x = random(B * C * H * W, 1);
  const w = random(O * C * K * K, 2);
  const flops = 2 * B * H * W * O * C * K * K;

  const gpu = await Gpu.open(navigator.gpu);
  const forms: Own[] = [];
  for (const tiling of tilingsOf(gpu)) forms.push(await convolveOurs(gpu, shape, tiling, x, w));
  gpu.destroy();
  const total = ({ ours }: Own) => ours.forward + ours.weights + ours.input;
  const [{ ours, tiling, output: reference }] = forms.toSorted((a, b) => total(a) - total(b));
  const dense = Math.min(...forms.map((form) => form.dense));

  const compare = (values: ArrayLike<number>) => {
    let largest = 0;
    let difference = 0;
    for (let i = 0; i < reference.length; i++) {
      largest = Math.max(largest, Math.abs(reference[i]));
      difference = Math.max(difference, Math.abs(reference[i] - values[i]));
    }
    return difference / largest;
  };
  const others = [
    { name: "TensorFlow.js 4.22 webgpu", ...(await withTensorFlow(shape, x, w, compare)) },
    { name: "jax-js 0.1.25 webgpu", ...(await withJax(shape, x, w, compare)) },
  ];
  const adapter = adapterName(gpu.adapter);
  return { shape, adapter, flops, ours, tiling, dense, others };
};

/** Ours in one form, and what it computed. */
interface Own extends Pick<ConvolutionResult, "ours" | "dense"> {
  readonly tiling: Tiling;
  readonly output: Float32Array;
}

async function convolveOurs(
  gpu: Gpu,
  { B, C, H, W, O, K }: Shape,
  tiling: Tiling,
  x: Float32Array<ArrayBuffer>,
  w: Float32Array<ArrayBuffer>,
): Promise<Own> {
  const scope = gpu.scope();
  const values = scope.tensor("x", [B, C, H, W]);
  const parameters = {
    w: scope.tensor("w", [O, C, K, K]),
    b: scope.tensor("b", [O]),
    dw: scope.tensor("dw", [O, C, K, K]),
    db: scope.tensor("db", [O]),
  };
  scope.write(values, x);
  scope.write(parameters.w, w);
  const gradient = scope.tensor("dx", values.shape);
  const layer = conv2dLayer(scope, {
    label: `conv, ${tiling}`,
    input: { values, full: values, gradient, relu: false, pool: 1 },
    filters: O,
    kernel: K,
    pad: (K - 1) / 2,
    parameters,
    tiling,
  });
  const time = async (dispatch: Dispatch) =>
    await least(dispatch.label, async () => {
      scope.submit([dispatch]);
      await scope.settled();
    });
  const [forward, ...backward] = await compile(scope, [...layer.forward, ...layer.backward]);
  const sum = async (part: string) => {
    let all = 0;
    for (const dispatch of backward) {
      if (dispatch.label.includes(part)) all += await time(dispatch);
    }
    return all;
  };
  const ours = {
    forward: await time(forward),
    weights: await sum("backward_weights"),
    input: await sum("backward_input"),
  };
  const [output] = await scope.read(layer.output.full);
  // The same three extents as a plain product: pixels, window, filters.
  const flat = scope.tensor("flat", [B * H * W, C * K * K]);
  const product = denseLayer(scope, {
    label: `dense product, ${tiling}`,
    input: { values: flat, full: flat, gradient: null, relu: false, pool: 1 },
    outputs: O,
    parameters: { ...parameters, w: { ...parameters.w, shape: [O, C * K * K] } },
    tiling,
  });
  const [multiply] = await compile(scope, product.forward);
  const dense = await time(multiply);
  scope.destroy();
  return { ours, dense, tiling, output };
}

type Compare = (values: ArrayLike<number>) => number;

async function withTensorFlow(
  { B, C, H, W, O, K }: Shape,
  x: Float32Array,
  w: Float32Array,
  compare: Compare,
) {
  if (!(await tf.setBackend("webgpu"))) throw new Error("TensorFlow.js has no WebGPU here");
  const images = tf.tidy(() => tf.tensor4d(x, [B, C, H, W]).transpose<tf.Tensor4D>([0, 2, 3, 1]));
  const filters = tf.tidy(() => tf.tensor4d(w, [O, C, K, K]).transpose<tf.Tensor4D>([2, 3, 1, 0]));
  const run = (a: tf.Tensor4D, b: tf.Tensor4D) => tf.conv2d(a, b, 1, "same");
  const both = tf.valueAndGrads((a, b) => run(a as tf.Tensor4D, b as tf.Tensor4D).sum());
  const outputs = tf.tidy(() => run(images, filters).transpose([0, 3, 1, 2]));
  const difference = compare(await outputs.data());
  // Reading one value waits for everything before it.
  const forward = await least("TensorFlow.js, forward", async () => {
    const y = tf.tidy(() => run(images, filters).slice([0, 0, 0, 0], [1, 1, 1, 1]));
    await y.data();
    y.dispose();
  });
  const all = await least("TensorFlow.js, with gradients", async () => {
    const { value, grads } = both([images, filters]);
    const ends = tf.tidy(() => grads.map((one) => one.slice([0, 0, 0, 0], [1, 1, 1, 1])));
    await Promise.all([value, ...ends].map(async (one) => await one.data()));
    tf.dispose([value, grads, ends]);
  });
  tf.dispose([images, filters, outputs]);
  return { forward, all, difference };
}

async function withJax(
  { B, C, H, W, O, K }: Shape,
  x: Float32Array<ArrayBuffer>,
  w: Float32Array<ArrayBuffer>,
  compare: Compare,
) {
  if (!(await init("webgpu")).includes("webgpu")) throw new Error("jax-js has no WebGPU here");
  defaultDevice("webgpu");
  const images = np.array(x).reshape([B, C, H, W]);
  const filters = np.array(w).reshape([O, C, K, K]);
  const run = (a: np.Array, b: np.Array) => lax.conv(a, b, [1, 1], "SAME");
  const convolve = jit(run);
  // Arguments are used up: each call takes a reference of its own.
  const both = jit((a: np.Array, b: np.Array) => {
    const loss = (p: { a: np.Array; b: np.Array }) => run(p.a, p.b).sum();
    return valueAndGrad(loss)({ a, b });
  });
  const difference = compare(await convolve(images.ref, filters.ref).data());
  const forward = await least("jax-js, forward", async () => {
    const y = convolve(images.ref, filters.ref);
    await blockUntilReady([y]);
    y.dispose();
  });
  const all = await least("jax-js, with gradients", async () => {
    const [value, gradients] = both(images.ref, filters.ref);
    await blockUntilReady([value, gradients]);
    value.dispose();
    gradients.a.dispose();
    gradients.b.dispose();
  });
  images.dispose();
  filters.dispose();
  return { forward, all, difference };
}
