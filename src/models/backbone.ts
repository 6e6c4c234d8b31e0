/** The detector's backbone: the convolutions that make the feature map which everything else reads. */
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Activation } from "../layers/activation.ts";
import { conv2dLayer } from "../layers/conv2d.ts";
import { convolved } from "../layers/convolved.ts";
import { parametersOf, type Layer } from "../layers/layer.ts";
import { maxPoolLayer } from "../layers/max-pool.ts";
import { pooled } from "../layers/pooled.ts";
import { normaliseLayer } from "../layers/normalise.ts";
import type { Tiling } from "../layers/tiling.ts";
import type { DetectorParameters } from "./detector-parameters.ts";
import type { DetectorPreset } from "./detector-presets.ts";

/** Channels, height and width behind the backbone, and pixels to a cell. */
export interface FeatureMap {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly stride: number;
}

export function featureMapOf({ height, width, backbone }: DetectorPreset): FeatureMap {
  let map: FeatureMap = { channels: 3, height, width, stride: 1 };
  for (const row of backbone) {
    if (row.kind === "normalise") continue;
    const size = row.kind === "conv" ? convolved : pooled;
    map = {
      channels: row.kind === "conv" ? row.filters : map.channels,
      height: size(map.height, row.kernel, row.stride, row.pad),
      width: size(map.width, row.kernel, row.stride, row.pad),
      stride: map.stride * row.stride,
    };
  }
  return map;
}

export interface BackboneOptions {
  readonly preset: DetectorPreset;
  /** [B, 3, H, W] */
  readonly x: Tensor;
  readonly parameters: DetectorParameters;
  readonly tiling: Tiling;
  /** How many convolutions, from the first, stay as they are: up to the next one there is no backward pass. */
  readonly frozen?: number | undefined;
}

/** @returns the layers in order; the output of the last is the feature map */
export function buildBackbone(gpu: Gpu, options: BackboneOptions): Layer[] {
  const { preset, x, parameters, tiling, frozen = 0 } = options;
  let input: Activation = { values: x, full: x, gradient: null, relu: false, pool: 1 };
  let convolutions = 0;
  return preset.backbone.map((row) => {
    if (row.kind === "conv") convolutions += 1;
    const built =
      row.kind === "conv"
        ? conv2dLayer(gpu, {
            ...row,
            input,
            relu: true,
            parameters: parametersOf(parameters.byLabel, row.label),
            tiling,
          })
        : row.kind === "normalise"
          ? normaliseLayer(gpu, { ...row, input })
          : maxPoolLayer(gpu, { ...row, input });
    const output = { ...built.output, gradient: null };
    const layer = convolutions > frozen ? built : { ...built, output, backward: [] };
    input = layer.output;
    return layer;
  });
}
