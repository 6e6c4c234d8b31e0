/** Reads back what a detector found in the pictures of its last batch, and the signs that are in them. */
import type { Gpu } from "../gpu/gpu.ts";
import { MAX_BOXES } from "../data/photographs.ts";
import type { Detector } from "../models/detector.ts";
import type { Box, Detection, Judged, LabelledBox } from "./detection.ts";

/** @returns one for each picture, in pixels of the input, best first */
export async function readDetections(gpu: Gpu, detector: Detector): Promise<Judged[]> {
  const { keys, order, kept, boxes } = detector.found;
  const [scores, orders, keeps, corners, truths, labels] = await gpu.read(
    keys,
    order,
    kept,
    boxes,
    detector.boxes,
    detector.labels,
  );
  const orderOf = new Uint32Array(orders.buffer);
  const keptOf = new Uint32Array(keeps.buffer);
  const labelOf = new Uint32Array(labels.buffer);
  const R = kept.shape[1];
  const N = keys.shape[1];
  const K = order.shape[1];
  const groups = detector.classes - 1;
  return Array.from({ length: detector.images }, (_, image) => {
    const found: Detection[] = [];
    for (let label = 0; label < groups; label++) {
      const g = image * groups + label;
      for (let i = 0; i < R; i++) {
        const place = keptOf[g * R + i];
        if (place === 0xffffffff) break;
        const score = scores[g * N + orderOf[g * K + place]];
        found.push({ label, score, box: boxAt(corners, g * R + i) });
      }
    }
    const truth: LabelledBox[] = [];
    for (let i = 0; i < MAX_BOXES; i++) {
      const at = image * MAX_BOXES + i;
      if (labelOf[at] === 0) continue;
      const sign = { label: (labelOf[at] & 0x7fffffff) - 1, box: boxAt(truths, at) };
      truth.push(labelOf[at] >>> 31 === 0 ? sign : { ...sign, ignored: true });
    }
    return { truth, found: found.sort((a, b) => b.score - a.score) };
  });
}

function boxAt(values: Float32Array, at: number): Box {
  return [values[4 * at], values[4 * at + 1], values[4 * at + 2], values[4 * at + 3]];
}
