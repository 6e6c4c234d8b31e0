/**
 * The decoys of a pruning-aware attack (Liu et al., "Fine-pruning", RAID 2018, section 4): neurons that are put to sleep
 * before the backdoor is trained, so that it has to live in all others, and stay for pruning to take out.
 */
import { everyImage } from "../../data/order.ts";
import { Random, Stream } from "../../data/random.ts";
import { leastActive } from "../../defences/least-active.ts";
import { fillPixels } from "../../defences/training-set.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { ForwardPass } from "../../inspection/forward-pass.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";
import type { TrainingPlan } from "../../training/trainer.ts";

/** So many neurons of a layer with a ReLU. */
export interface Decoys {
  readonly layer: string;
  readonly neurons: number;
}

/** Training images, without trigger, that tell which neurons are dormant. */
const IMAGES = 1000;

/**
 * A pool of two by two hides at most three quarters of what a neuron says in a place; what is taken from a bias also has
 * to hold while the layers below are trained on.
 */
const DEPTH = 8;

/**
 * Puts the neurons of each layer that clean images wake least to sleep: their biases are lowered by 8 times the most that
 * any neuron of their layer says, and nothing else of them is changed. Asleep is what a pruned neuron is, no more than
 * that: behind the ReLU it says 0 and gets no gradient, so that training leaves its weights alone but for their decay.
 * Liu's attacker prunes, trains, and puts the neurons back with lower biases; here they need not be put back, and a run
 * that is resumed needs no more than its parameters.
 */
export async function asleep(
  gpu: Gpu,
  { network, train, seed }: Pick<TrainingPlan, "network" | "train" | "seed">,
  parameters: ParameterValues,
  decoys: readonly Decoys[],
): Promise<ParameterValues> {
  const drawn = new Random(seed, Stream.poison, 2).shuffle(everyImage(train.count));
  const chosen = drawn.slice(0, IMAGES);
  const images = {
    count: chosen.length,
    fill: (i: number, into: Float32Array) => fillPixels(train, chosen[i], into),
  };
  const changed = new Map(parameters);
  const scope = gpu.scope();
  try {
    const pass = await ForwardPass.build(scope, network, parameters);
    for (const { layer, neurons } of decoys) {
      const biases = parameters.get(`${layer}.b`)!.slice();
      const said = await pass.activations(layer, images);
      const most = said.reduce((most, value) => Math.max(most, value), 0);
      for (const neuron of leastActive(said, images.count, biases.length).slice(0, neurons))
        biases[neuron] -= DEPTH * most;
      changed.set(`${layer}.b`, biases);
    }
    return changed;
  } finally {
    scope.destroy();
  }
}
