/** What is drawn over the network: neurons that are picked, glow or are changed, and what feeds the active one. */
import { nothing, svg } from "lit";
import type { Look, NeuronId, NeuronScale } from "../../studies/digits/port.ts";
import { DIGIT_SIZE } from "../../models/digit-net.ts";
import type { Contribution } from "./contributions.ts";
import type { LayerBox, NetworkLayout } from "./network-layout.ts";
import { tileRect, type Rect } from "../elements/tiles.ts";

export interface NetworkMarks {
  readonly layout: NetworkLayout;
  /** The image on view, where the trigger is on: what it changed is marked. */
  readonly triggered: Look | null;
  /** The neuron that the details are about. */
  readonly active: NeuronId | null;
  /** What feeds it most, the most first. */
  readonly links: readonly Contribution[];
  readonly selected: NeuronId | null;
  /** Under the keyboard and under the pointer. */
  readonly cursors: readonly NeuronId[];
  readonly glowing: readonly NeuronId[];
  readonly scaled: readonly NeuronScale[];
  /** Layers that the training step is in, by their labels. */
  readonly stepped: (label: string) => boolean;
  /** The training step is at the images. */
  readonly steppedImage: boolean;
}

/** The marks as parts of an SVG of the layout's size. */
export function networkMarks(marks: NetworkMarks) {
  const { layout, triggered, active, selected } = marks;
  const { layers, output, image } = layout;
  const boxes = new Map([...layers, output].map((layer) => [layer.label, layer]));
  const boxOf = ({ layer, channel }: NeuronId): Rect | null => {
    const owner = boxes.get(layer);
    if (!owner || channel >= owner.grid.count) return null;
    const tile = tileRect(owner.grid, channel);
    return { ...tile, x: tile.x + owner.x, y: tile.y + owner.y };
  };
  const around = (neuron: NeuronId, name: string, grow: number) => rect(boxOf(neuron), name, grow);
  return svg`
    ${triggered ? rect(changedBox(triggered, image), "mark", 0) : nothing}
    ${[...boxes.values()].map((box) => (marks.stepped(box.label) ? rect(box, "step", 3) : nothing))}
    ${marks.steppedImage ? rect(image, "step", 3) : nothing}
    ${marks.glowing.map((neuron) => around(neuron, "glow", 1))}
    ${marks.scaled.map((neuron) => (neuron.factor === 0 ? cross(boxOf(neuron)) : around(neuron, "scaled", 0)))}
    ${active ? feeds(active, marks, boxes, boxOf) : nothing}
    ${selected ? around(selected, "selected", 2) : nothing}
    ${marks.cursors.map((neuron) => around(neuron, "cursor", 1))}`;
}

function rect(box: Rect | null, name: string, grow: number) {
  if (!box) return nothing;
  const [width, height] = [box.width + 2 * grow, box.height + 2 * grow];
  return svg`<rect class=${name} x=${box.x - grow} y=${box.y - grow} width=${width} height=${height} rx="2"></rect>`;
}

function cross(box: Rect | null) {
  if (!box) return nothing;
  const { x, y, width, height } = box;
  const path = `M${x} ${y}l${width} ${height}m0 ${-height}l${-width} ${height}`;
  return svg`<path class="cross-ground" d=${path}></path><path class="cross" d=${path}></path>`;
}

/** Lines to the active neuron from what feeds it: channels of the layer below, or the image. */
function feeds(
  active: NeuronId,
  { layout, links }: NetworkMarks,
  boxes: ReadonlyMap<string, LayerBox>,
  boxOf: (neuron: NeuronId) => Rect | null,
) {
  const { layers, image, downwards } = layout;
  const target = boxOf(active);
  const targetLayer = boxes.get(active.layer);
  if (!target || !targetLayer) return nothing;
  const sources: { box: Rect; layer: Rect; share: number }[] = links.flatMap((link) => {
    const box = boxOf(link);
    const layer = boxes.get(link.layer);
    return box && layer ? [{ box, layer, share: link.share / links[0].share }] : [];
  });
  if (active.layer === layers[0].label) sources.push({ box: image, layer: image, share: 0.5 });
  return sources.map(({ box, layer, share }) => {
    const path = curve(box, layer, target, targetLayer, downwards);
    const width = 0.8 + 2.4 * share;
    return svg`<path class="halo" d=${path} stroke-width=${width + 2}></path><path class="link" d=${path} stroke-width=${width}></path>${rect(box, "source", 0.5)}`;
  });
}

/** A box around the pixels that the trigger changed, a pixel away from them; null where it changed none. */
function changedBox({ pixels }: Look, image: Rect): Rect | null {
  const changed = [...pixels.clean.keys()].filter((i) => pixels.clean[i] !== pixels.triggered[i]);
  if (changed.length === 0) return null;
  const rows = changed.map((i) => Math.floor(i / DIGIT_SIZE));
  const columns = changed.map((i) => i % DIGIT_SIZE);
  const [left, top] = [Math.min(...columns) - 1, Math.min(...rows) - 1];
  const [right, bottom] = [Math.max(...columns) + 2, Math.max(...rows) + 2];
  const pixel = image.width / DIGIT_SIZE;
  return {
    x: image.x + left * pixel,
    y: image.y + top * pixel,
    width: (right - left) * pixel,
    height: (bottom - top) * pixel,
  };
}

/**
 * A line from a channel to the one that it feeds: straight past the other tiles of both layers, and
 * curved between the layers.
 */
function curve(from: Rect, fromLayer: Rect, to: Rect, toLayer: Rect, downwards: boolean): string {
  if (downwards) {
    const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
    const [y1, y2] = [fromLayer.y + fromLayer.height, toLayer.y];
    const middle = (y1 + y2) / 2;
    return `M${x1} ${from.y + from.height}V${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}V${to.y}`;
  }
  const [y1, y2] = [from.y + from.height / 2, to.y + to.height / 2];
  const [x1, x2] = [fromLayer.x + fromLayer.width, toLayer.x];
  const middle = (x1 + x2) / 2;
  return `M${from.x + from.width} ${y1}H${x1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}H${to.x}`;
}
