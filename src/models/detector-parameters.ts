/** A detector's parameters: what a preset asks for, and how they lie in the buffers that are bound. */
import type { Gpu } from "../gpu/gpu.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import type { ParameterPair } from "../layers/layer.ts";
import type { ParameterDescription } from "./description.ts";
import { anchorsOfCell, type DetectorPreset } from "./detector-presets.ts";

/**
 * Weights and biases in order. `classes` counts the background.
 * @param frozen how many of the backbone's convolutions, from the first, stay as they are
 */
export function describeDetector(
  preset: DetectorPreset,
  classes: number,
  frozen = 0,
): ParameterDescription[] {
  const list: ParameterDescription[] = [];
  const add = (label: string, shape: readonly number[], spread = 1) => {
    const fanIn = sizeOf(shape.slice(1));
    // The first parameters are the backbone's: a weight and a bias of each convolution.
    const stays = list.length < 2 * frozen && { frozen: true as const };
    list.push({ label: `${label}.w`, shape, fanIn, spread, ...stays });
    list.push({ label: `${label}.b`, shape: [shape[0]], fanIn, spread, ...stays });
  };
  let channels = 3;
  for (const row of preset.backbone) {
    if (row.kind !== "conv") continue;
    add(row.label, [row.filters, channels, row.kernel, row.kernel]);
    channels = row.filters;
  }
  const perCell = anchorsOfCell(preset);
  add("rpn", [preset.proposalFilters, channels, 3, 3]);
  add("rpn_score", [2 * perCell, preset.proposalFilters, 1, 1], 0.1);
  add("rpn_box", [4 * perCell, preset.proposalFilters, 1, 1], 0.1);
  let inputs = channels * preset.bins ** 2;
  preset.hidden.forEach((outputs, i) => {
    add(`fc${6 + i}`, [outputs, inputs]);
    inputs = outputs;
  });
  add("score", [classes, inputs], 0.1);
  add("box", [4 * classes, inputs], 0.1);
  return list;
}

/** Parameters of the layers that say which class a region is, and where: another set of signs has others. */
export const isOfClasses = (label: string) => /^(score|box)\./.test(label);

/** Parameters of a detector, their gradients, and the buffers that both lie in. */
export interface DetectorParameters {
  readonly byLabel: ReadonlyMap<string, ParameterPair>;
  /** What an optimiser goes over, all but what is frozen: as few buffers as may be bound in one piece. */
  readonly blocks: readonly { readonly values: Tensor; readonly gradients: Tensor }[];
}

/**
 * Lays the parameters out in as few buffers as the adapter's limit on a binding allows. One that is
 * itself larger is cut between its rows when it is bound (fc6 of the paper's network is 151 MB).
 */
export function layOutParameters(
  gpu: Gpu,
  list: readonly ParameterDescription[],
  most: number,
): DetectorParameters {
  const blocks: { values: Tensor; gradients: Tensor }[] = [];
  const byLabel = new Map<string, ParameterPair>();
  let open: ParameterDescription[] = [];
  const close = () => {
    if (open.length === 0) return;
    const { frozen } = open[0];
    const name = frozen ? "frozen" : String(blocks.length);
    const values = gpu.arena(`parameters.${name}`, open);
    const gradients = gpu.arena(
      `gradients.${name}`,
      open.map(({ label, shape }) => ({ label: label.replace(".", ".d"), shape })),
    );
    if (!frozen) blocks.push({ values: values.whole, gradients: gradients.whole });
    open.forEach(({ label }, i) =>
      byLabel.set(label, { value: values.parts[i], gradient: gradients.parts[i] }),
    );
    open = [];
  };
  let bytes = 0;
  for (const parameter of list) {
    // Each begins where a binding may: at a multiple of 256 bytes at most.
    const size = Math.ceil((4 * sizeOf(parameter.shape)) / 256) * 256;
    if (size > most) {
      close();
      bytes = 0;
      const pair = {
        value: gpu.longTensor(parameter.label, parameter.shape),
        gradient: gpu.longTensor(parameter.label.replace(".", ".d"), parameter.shape),
      };
      byLabel.set(parameter.label, pair);
      const values = rowsOf(pair.value, most);
      const gradients = rowsOf(pair.gradient, most);
      if (parameter.frozen) continue;
      values.forEach((part, i) => blocks.push({ values: part, gradients: gradients[i] }));
      continue;
    }
    // What an optimiser goes over lies apart from what is frozen.
    if (bytes + size > most || open[0]?.frozen !== parameter.frozen) {
      close();
      bytes = 0;
    }
    open.push(parameter);
    bytes += size;
  }
  close();
  return { byLabel, blocks };
}

/** A tensor [rows, ...] in as few equal runs of rows as a binding of `most` bytes asks for. */
export function rowsOf(tensor: Tensor, most: number): Tensor[] {
  const [rows, ...rest] = tensor.shape;
  // Runs of a multiple of 64 rows begin where a binding may.
  const count = Math.ceil(tensor.byteLength / most);
  const each = Math.ceil(rows / count / 64) * 64;
  const parts: Tensor[] = [];
  for (let first = 0; first < rows; first += each) {
    const own = Math.min(each, rows - first);
    const bytesOfRow = 4 * sizeOf(rest);
    parts.push({
      ...tensor,
      shape: [own, ...rest],
      offset: tensor.offset + first * bytesOfRow,
      byteLength: own * bytesOfRow,
    });
  }
  return parts;
}
