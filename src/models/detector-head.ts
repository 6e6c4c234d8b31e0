/** The detector's head: what each of some regions of the feature map is, and where exactly it lies. */
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { activation, type Activation } from "../layers/activation.ts";
import { denseLayer } from "../layers/dense.ts";
import { dropoutLayer } from "../layers/dropout.ts";
import { backwardOf, forwardOf, parametersOf, type Layer } from "../layers/layer.ts";
import { roiPoolLayer } from "../layers/roi-pool.ts";
import type { Tiling } from "../layers/tiling.ts";
import { rowsOf, type DetectorParameters } from "./detector-parameters.ts";
import type { DetectorPreset } from "./detector-presets.ts";

export interface HeadOptions {
  readonly preset: DetectorPreset;
  /** With the background. */
  readonly classes: number;
  /** The backbone's output, and pixels to a cell of it. */
  readonly features: Activation;
  readonly stride: number;
  readonly parameters: DetectorParameters;
  /** [4] words: seed and stream of what is drawn at random. */
  readonly key: Tensor;
  /** [4]: steps done */
  readonly progress: Tensor;
  readonly tiling: Tiling;
  /** Bytes that may be bound in one piece. */
  readonly most: number;
}

export interface Head {
  /** All but the two last. */
  readonly layers: readonly Layer[];
  /** [rows, classes] and [rows, 4 * classes] */
  readonly score: Layer;
  readonly box: Layer;
  readonly forward: readonly DispatchSpec[];
  readonly backward: readonly DispatchSpec[];
}

/**
 * @param prefix of the labels: the head for training and the one for use share their parameters
 * @param regions [rows, 4]
 * @param learns with dropout
 */
export function buildHead(
  gpu: Gpu,
  options: HeadOptions,
  prefix: string,
  regions: Tensor,
  learns: boolean,
): Head {
  const { preset, classes, features, stride, parameters, key, progress, tiling } = options;
  const pool = roiPoolLayer(gpu, {
    label: `${prefix}roi_pool`,
    input: features,
    regions,
    bins: preset.bins,
    stride,
  });
  const layers: Layer[] = [pool];
  let input = pool.output;
  preset.hidden.forEach((outputs, i) => {
    const hidden = hiddenLayer(gpu, options, prefix, `fc${6 + i}`, input, outputs);
    layers.push(hidden);
    input = hidden.output;
    if (!learns || preset.dropout === 0) return;
    const label = `drop${6 + i}`;
    const rate = preset.dropout;
    const dropout = dropoutLayer(gpu, { label, input, rate, number: i, key, progress });
    layers.push(dropout);
    input = dropout.output;
  });
  const output = (label: string, outputs: number, adds: boolean) =>
    denseLayer(gpu, {
      label: `${prefix}${label}`,
      input,
      outputs,
      parameters: parametersOf(parameters.byLabel, label),
      tiling,
      adds,
    });
  const score = output("score", classes, false);
  const box = output("box", 4 * classes, true);
  return {
    layers,
    score,
    box,
    forward: forwardOf([...layers, score, box]),
    // The score's gradient of their common input comes first, and the box's is added to it.
    backward: [...score.backward, ...box.backward, ...backwardOf(layers)],
  };
}

/** A dense layer with ReLU, as several where its weights cannot be bound in one piece. */
function hiddenLayer(
  gpu: Gpu,
  { parameters, tiling, most }: HeadOptions,
  prefix: string,
  name: string,
  input: Activation,
  outputs: number,
): Layer {
  const { w, b, dw, db } = parametersOf(parameters.byLabel, name);
  const label = `${prefix}${name}`;
  const rows = input.values.shape[0];
  const output = activation(gpu, label, [rows, outputs], { relu: true, pool: 1 });
  const gradients = rowsOf(dw, most);
  let first = 0;
  const parts = rowsOf(w, most).map((weights, n) => {
    const own = weights.shape[0];
    const slice = (tensor: Tensor): Tensor => ({
      ...tensor,
      shape: [own],
      offset: tensor.offset + 4 * first,
      byteLength: 4 * own,
    });
    const part = denseLayer(gpu, {
      label: n === 0 ? label : `${label}.${n}`,
      input,
      outputs: own,
      part: { of: output, first },
      relu: true,
      parameters: { w: weights, b: slice(b), dw: gradients[n], db: slice(db) },
      tiling,
      adds: n > 0,
    });
    first += own;
    return part;
  });
  // Backward, too, the first part comes first: the others add to the gradient that it writes.
  return {
    label,
    output,
    forward: forwardOf(parts),
    backward: parts.flatMap((part) => part.backward),
  };
}
