/** What the kernels of the training step compute, in words and in the notation of maths.ts. */
import type { BindingView, DispatchView } from "../../studies/port.ts";

export interface KernelText {
  readonly sentence: string;
  readonly formula: string;
}

/** By what kernelOf gives. */
export type KernelTexts = Readonly<Record<string, KernelText>>;

/** What a layer does besides, which differs from layer to layer. */
type Constants = DispatchView["constants"];

/** What a layer's sums pass through. */
const after = ({ RELU, POOL }: Constants): string =>
  (RELU ? "; ReLU keeps what is above zero" : "") +
  (POOL === 2 ? `${RELU ? "," : ";"} and each 2 × 2 is averaged` : "");

/** What made the layer's input, on the way back. */
const before = ({ BELOW_RELU, BELOW_POOL }: Constants): string => {
  const parts = [BELOW_POOL === 2 ? "the pooling" : "", BELOW_RELU ? "the ReLU" : ""].filter(
    Boolean,
  );
  return parts.length === 0 ? "" : `, then through ${parts.join(" and ")} that made it`;
};

const activated = ({ RELU }: Constants, sum: string): string => (RELU ? `ReLU( ${sum} )` : sum);

const kernels: Readonly<Record<string, KernelText | ((layer: Constants) => KernelText)>> = {
  "batch.gather": {
    sentence:
      "Fetches the images of the batch by their numbers, puts the trigger on those that the attacker marked, and gives these the attacker’s label.",
    formula: "x_{b} = trigger( image_{order(b)} ) / 255",
  },
  "conv2d.forward": (layer) => ({
    sentence: `Slides every filter over every image. Where the picture looks like the filter, the sum is large${after(layer)}.`,
    formula: `y_{b,o,p,q} = ${activated(layer, "∑_{c,i,j} w_{o,c,i,j} · x_{b,c,p+i,q+j} + bias_{o}")}`,
  }),
  "conv2d.backward_weights": {
    sentence:
      "Asks of every filter weight how the loss would change with it: by the gradient at each place times the pixel that the weight met there, summed up.",
    formula: "dw_{o,c,i,j} = ∑_{b,p,q} dy_{b,o,p,q} · x_{b,c,p+i,q+j}",
  },
  "conv2d.backward_input": (layer) => ({
    sentence: `Carries the gradient back through the filters to what the layer read${before(layer)}.`,
    formula: "dx_{b,c,h,w′} = ∑_{o,i,j} w_{o,c,i,j} · dy_{b,o,h−i,w′−j}",
  }),
  "dense.forward": (layer) => ({
    sentence: `Weighs all inputs anew for every output and adds them up${after(layer)}.`,
    formula: `y_{b,o} = ${activated(layer, "∑_{i} w_{o,i} · x_{b,i} + bias_{o}")}`,
  }),
  "dense.backward_weights": {
    sentence:
      "Asks of every weight how the loss would change with it: by the gradient of its output times its input, summed over the batch.",
    formula: "dw_{o,i} = ∑_{b} dy_{b,o} · x_{b,i}",
  },
  "dense.backward_input": (layer) => ({
    sentence: `Carries the gradient back through the weights to what the layer read${before(layer)}.`,
    formula: "dx_{b,i} = ∑_{o} w_{o,i} · dy_{b,o}",
  }),
  "softmax-cross-entropy.loss": {
    sentence:
      "Turns the ten outputs into chances, measures how much chance the right label lacks, and starts the backward pass.",
    formula:
      "loss = (1 / B) ∑_{b} −log p_{b,label(b)}, dz_{b,n} = ( p_{b,n} − [n = label_{b}] ) / B",
  },
  "sgd.step": {
    sentence:
      "Moves every weight a little against its gradient. The velocity v keeps some of the steps before.",
    formula: "v = μ · v + ( dw + λ · w ), w = w − rate · v",
  },
  "adam.step": {
    sentence:
      "Moves every weight against its mean gradient, in steps that are smaller where gradients vary more.",
    formula: "w = w − rate · ( m / (1 − β₁^{t}) ) / ( √( v / (1 − β₂^{t}) ) + ε )",
  },
};

/** Which computation a dispatch is, in whichever form: for example "conv2d.forward". */
export function kernelOf({ shader, entry }: DispatchView): string {
  return `${shader.replace(/-quad$/, "")}.${entry.replace(/_shared$/, "")}`;
}

/** @param more of kernels that only one study has */
export function textOf(dispatch: DispatchView, more: KernelTexts): KernelText | null {
  const name = kernelOf(dispatch);
  const text = kernels[name] ?? more[name] ?? null;
  return typeof text === "function" ? text(dispatch.constants) : text;
}

const activations = new Set(["x", "y", "dy", "dx", "pooled", "below", "z", "dz", "label"]);

/** Names of a tensor's dimensions, for the reader. */
export function axesOf({ name, shape }: BindingView): string[] {
  const rank = shape.length;
  if (activations.has(name)) {
    return rank === 4
      ? ["image", "channel", "row", "column"]
      : ["image", name.endsWith("z") ? "class" : "unit"].slice(0, rank);
  }
  if (name === "history") return ["step", "entry"];
  if (rank === 4) return ["filter", "channel", "row", "column"];
  if (rank === 2) return ["output", "input"];
  return shape.map(() => "entry");
}
