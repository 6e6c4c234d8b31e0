/** The half of the benchmark that runs in the browser: trains every contestant and times it. */
import { parseIdx } from "../src/data/idx.ts";
import {
  weightShapes,
  type Anatomy,
  type Contestant,
  type Session,
  type Setup,
} from "./contestant.ts";
import { jax } from "./contestants/jax.ts";
import { ours } from "./contestants/ours.ts";
import { tfjs } from "./contestants/tfjs.ts";
import { callKinds, countWebGpu, type Counts } from "./count-webgpu.ts";
import { isChosen, type Result } from "./report.ts";

/** Batches in turn; no more than the warm-up touches, so that none is uploaded on the clock. */
const batches = 10;

window.measure = async (options) => {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error("no WebGPU adapter in this browser");

  const { repetitions } = options;
  const setup = await prepare(options.batch);
  const chosen = [...ours, ...jax, ...tfjs].filter(({ name }) => isChosen(name, options));
  const results: Result[] = [];
  const races: Race[] = [];
  for (const [i, contestant] of chosen.entries()) {
    console.log(`${contestant.name}: warming up (${i + 1} of ${chosen.length})`);
    try {
      const race = await enter(contestant, setup, options.seconds);
      races.push(race);
      results.push(race.result);
    } catch (error) {
      results.push({
        name: contestant.name,
        absent: error instanceof Error ? error.message : String(error),
      });
    }
  }
  // One after the other, and then again: whatever else the machine does meets all of them.
  const round = races.reduce((sum, race) => sum + race.round, 0);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const left = Math.ceil((repetitions - repetition) * round);
    console.log(`repetition ${repetition + 1} of ${repetitions}, about ${left} s left`);
    for (const { session, steps, result } of races) {
      result.stepSeconds.push(await time(session, steps));
    }
  }
  let anatomy: Anatomy | undefined;
  for (const { session } of races) {
    anatomy ??= await session.anatomy?.();
    session.close();
  }

  const { vendor, architecture, description } = adapter.info;
  return {
    adapter: [vendor, architecture, description].filter(Boolean).join(" "),
    batch: options.batch,
    results,
    anatomy,
  };
};

/** A contestant on its marks. */
interface Race {
  session: Session;
  /** Steps a repetition. */
  steps: number;
  /** Seconds that they will take. */
  round: number;
  result: Extract<Result, { stepSeconds: number[] }>;
}

/** Opens a contestant, warms it up, records its losses and calls, finds how long to run it. */
async function enter(contestant: Contestant, setup: Setup, seconds: number): Promise<Race> {
  const { name } = contestant;
  const session = await contestant.open(setup);
  try {
    const losses = await session.train(0, batches);
    const counts = await countStep(session);
    const stepSeconds = await time(session, 2);
    const steps = Math.max(2, Math.ceil(seconds / stepSeconds));
    const round = steps * stepSeconds;
    return { session, steps, round, result: { name, losses, counts, stepSeconds: [] } };
  } catch (error) {
    session.close();
    throw error;
  }
}

/** Seconds a step, over `steps` steps. */
async function time(session: Session, steps: number): Promise<number> {
  const start = performance.now();
  await session.train(0, steps);
  return (performance.now() - start) / 1000 / steps;
}

/** Calls a step in the steady state: what three steps make beyond one, so without the final wait. */
async function countStep(session: Session): Promise<Counts> {
  const one = await countWebGpu(() => session.train(0, 1));
  const three = await countWebGpu(() => session.train(0, 3));
  const perStep = { ...one };
  for (const kind of callKinds) {
    perStep[kind] = (three[kind] - one[kind]) / 2;
  }
  return perStep;
}

/** The first digits of MNIST and a network that has learned nothing yet; the same every time. */
async function prepare(batch: number): Promise<Setup> {
  const [images, labels] = await Promise.all(
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"].map(async (name) => {
      const response = await fetch(`/${name}`);
      return parseIdx(new Uint8Array(await response.arrayBuffer()), name).data;
    }),
  );
  return {
    weights: initialWeights(),
    images: images.subarray(0, batches * batch * 784),
    labels: labels.subarray(0, batches * batch),
    batch,
    rate: 0.05,
    momentum: 0.9,
  };
}

/**
 * Uniform within sqrt(6 / inputs of a unit), from a fixed seed, biases too: large enough for the
 * loss to move from the first step on, so that a wrong gradient shows in the traces.
 */
function initialWeights(): Setup["weights"] {
  let state = 1;
  const random = () => {
    // The minimal standard generator of Park and Miller; exact in doubles.
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Object.fromEntries(
    Object.entries(weightShapes).map(([name, shape]) => {
      const inputs = product(weightShapes[name.replace(".b", ".w")].slice(1));
      const uniform = () => (2 * random() - 1) * Math.sqrt(6 / inputs);
      return [name, Float32Array.from({ length: product(shape) }, uniform)];
    }),
  );
}

function product(extents: number[]): number {
  return extents.reduce((product, extent) => product * extent, 1);
}
