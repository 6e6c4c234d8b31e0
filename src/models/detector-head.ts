/** The detector's head: what each of some regions of the feature map is, and where exactly it lies. */
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { activation, type Activation } from "../layers/activation.ts";
import { denseLayer } from "../layers/dense.ts";
import { dropoutLayer } from "../layers/dropout.ts";
import type { Layer, Parameters } from "../layers/layer.ts";
import { roiPoolLayer } from "../layers/roi-pool.ts";
import type { Tiling } from "../layers/tiling.ts";
import { rowsOf } from "./detector-parameters.ts";
import type { DetectorPreset } from "./detector-presets.ts";

export interface HeadOptions {
  readonly preset: DetectorPreset;
  /** With the background. */
  readonly classes: number;
  /** The trunk's output, and pixels to a cell of it. */
  readonly features: Activation;
  readonly stride: number;
  readonly parametersOf: (label: string) => Parameters;
  /** [4] words: seed and stream of what is drawn by lot. */
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
  const { preset, classes, features, stride, parametersOf, key, progress, tiling, most } = options;
  const rows = regions.shape[0];
  const pool = roiPoolLayer(gpu, {
    label: `${prefix}roi_pool`,
    input: features,
    regions,
    bins: preset.bins,
    stride,
  });
  const layers: Layer[] = [pool];
  let from = pool.output;
  preset.hidden.forEach((outputs, i) => {
    const name = `fc${6 + i}`;
    const { w, b, dw, db } = parametersOf(name);
    const of = activation(gpu, `${prefix}${name}`, [rows, outputs], { relu: true, pool: 1 });
    // Rows of weights that can be bound in one piece, as a layer each.
    const below = from;
    let first = 0;
    const parts = rowsOf(w, most).map((part, n) => {
      const own = part.shape[0];
      const slice = (tensor: Tensor): Tensor => ({
        ...tensor,
        shape: [own],
        offset: tensor.offset + 4 * first,
        byteLength: 4 * own,
      });
      const layer = denseLayer(gpu, {
        label: n === 0 ? `${prefix}${name}` : `${prefix}${name}.${n}`,
        input: below,
        outputs: own,
        part: { of, first },
        relu: true,
        parameters: { w: part, b: slice(b), dw: rowsOf(dw, most)[n], db: slice(db) },
        tiling,
        adds: n > 0,
      });
      first += own;
      return layer;
    });
    layers.push({
      label: `${prefix}${name}`,
      output: of,
      forward: parts.flatMap((part) => part.forward),
      backward: parts.flatMap((part) => part.backward),
    });
    from = of;
    if (learns && preset.dropout > 0) {
      const dropout = dropoutLayer(gpu, {
        label: `drop${6 + i}`,
        input: from,
        rate: preset.dropout,
        number: i,
        key,
        progress,
      });
      layers.push(dropout);
      from = dropout.output;
    }
  });
  const output = (label: string, outputs: number, adds: boolean) =>
    denseLayer(gpu, {
      label: `${prefix}${label}`,
      input: from,
      outputs,
      parameters: parametersOf(label),
      tiling,
      adds,
    });
  const score = output("score", classes, false);
  const box = output("box", 4 * classes, true);
  return { layers, score, box };
}
