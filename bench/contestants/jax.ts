/** The digit network in jax-js: one jitted function from weights and batch to new weights and loss. */
import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
  type Device,
} from "@jax-js/jax";
import {
  splitBatches,
  weightShapes,
  type Contestant,
  type Session,
  type Setup,
} from "../contestant.ts";

type Arrays = Record<string, np.Array>;

export const jax: Contestant[] = (["webgpu", "wasm"] as const).map((device) => ({
  name: `jax-js 0.1.25 ${device}`,
  open: (setup) => open(setup, device),
}));

async function open(setup: Setup, device: Device): Promise<Session> {
  if (!(await init(device)).includes(device)) throw new Error(`jax-js has no ${device} here`);
  defaultDevice(device);

  const { batch, rate, momentum } = setup;
  let weights: Arrays = {};
  let velocity: Arrays = {};
  for (const [name, shape] of Object.entries(weightShapes)) {
    weights[name] = np.array(setup.weights[name]).reshape(shape);
    velocity[name] = np.zeros(shape);
  }
  const batches = splitBatches(setup).map(({ images, labels }) => ({
    x: np.array(images).reshape([batch, 1, 28, 28]),
    y: nn.oneHot(np.array(labels), 10),
  }));
  await blockUntilReady([weights, velocity, batches]);

  const step = jit((weights: Arrays, velocity: Arrays, x: np.Array, y: np.Array) => {
    const [loss, gradient] = valueAndGrad(meanLoss)(tree.ref(weights), x, y);
    const next: { weights: Arrays; velocity: Arrays } = { weights: {}, velocity: {} };
    for (const name of Object.keys(weights)) {
      const v = velocity[name].mul(momentum).add(gradient[name]);
      next.weights[name] = weights[name].sub(v.ref.mul(rate));
      next.velocity[name] = v;
    }
    return { ...next, loss };
  });

  return {
    async train(first, steps) {
      defaultDevice(device);
      const losses: np.Array[] = [];
      for (let index = first; index < first + steps; index++) {
        const { x, y } = batches[index % batches.length];
        const next = step(weights, velocity, x.ref, y.ref);
        ({ weights, velocity } = next);
        losses.push(next.loss);
      }
      await blockUntilReady([weights, velocity]);
      return Promise.all(losses.map(async (loss) => (await loss.data())[0]));
    },
    close() {
      step.dispose();
      tree.dispose([weights, velocity, batches]);
    },
  };
}

/** Mean cross-entropy of images x [B, 1, 28, 28] against one-hot labels y [B, 10]. */
function meanLoss(weights: Arrays, x: np.Array, y: np.Array): np.Array {
  const batch = y.shape[0];
  const logits = predict(weights, x);
  return nn
    .logSoftmax(logits)
    .mul(y)
    .sum()
    .mul(-1 / batch);
}

function predict(weights: Arrays, x: np.Array): np.Array {
  const convolve = (x: np.Array, name: string) => {
    const y = lax.conv(x, weights[`${name}.w`], [1, 1], "VALID");
    return averagePool(nn.relu(y.add(weights[`${name}.b`].reshape([-1, 1, 1]))));
  };
  const dense = (x: np.Array, name: string) =>
    np.dot(x, weights[`${name}.w`].transpose()).add(weights[`${name}.b`]);

  const features = convolve(convolve(x, "conv1"), "conv2");
  return dense(nn.relu(dense(features.reshape([-1, 512]), "fc1")), "fc2");
}

/** [B, C, H, W] to [B, C, H/2, W/2]. */
function averagePool(x: np.Array): np.Array {
  return lax.reduceWindow(x, (window) => np.mean(window), [2, 2], [2, 2]);
}
