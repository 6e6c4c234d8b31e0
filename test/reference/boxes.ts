/** Boxes as the detector's papers define them: intersection over union, box deltas, non-maximum suppression. Written apart from src. */

export type Box = readonly number[];

export function iou(a: Box, b: Box): number {
  const w = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const h = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const both = w * h;
  const of = (box: Box) => Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]);
  return both > 0 ? both / (of(a) + of(b) - both) : 0;
}

/** Girshick et al. 2014, appendix C, equations 6 to 9. */
export function encode(proposal: Box, box: Box): number[] {
  const [pw, ph] = [proposal[2] - proposal[0], proposal[3] - proposal[1]];
  const [gw, gh] = [box[2] - box[0], box[3] - box[1]];
  const px = proposal[0] + pw / 2;
  const py = proposal[1] + ph / 2;
  const gx = box[0] + gw / 2;
  const gy = box[1] + gh / 2;
  return [(gx - px) / pw, (gy - py) / ph, Math.log(gw / pw), Math.log(gh / ph)];
}

/** The same paper's equations 1 to 4. */
export function decode(proposal: Box, delta: Box): number[] {
  const [pw, ph] = [proposal[2] - proposal[0], proposal[3] - proposal[1]];
  const x = proposal[0] + pw / 2 + delta[0] * pw;
  const y = proposal[1] + ph / 2 + delta[1] * ph;
  const w = pw * Math.exp(delta[2]);
  const h = ph * Math.exp(delta[3]);
  return [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
}

/** Places of the boxes that stay, in the order of their scores. */
export function nms(
  boxes: readonly Box[],
  scores: readonly number[],
  iouThreshold: number,
): number[] {
  const remaining = boxes.map((_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
  const kept: number[] = [];
  while (remaining.length > 0) {
    const best = remaining.shift()!;
    kept.push(best);
    for (let i = remaining.length - 1; i >= 0; i--) {
      if (iou(boxes[best], boxes[remaining[i]]) > iouThreshold) remaining.splice(i, 1);
    }
  }
  return kept;
}
