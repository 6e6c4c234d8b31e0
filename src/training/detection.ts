/** How good detections are: average precision, recall, and the paper's accuracy per class. */
/** Corners in pixels. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

export interface Detection {
  /** From 0, without the background. */
  readonly label: number;
  readonly score: number;
  readonly box: Box;
}

export interface LabelledBox {
  readonly label: number;
  readonly box: Box;
  /** What is found there counts neither as right nor as wrong, and nothing is missed where nothing is found. */
  readonly ignored?: boolean;
}

/** One image's signs, and what was detected in it. */
export interface Judged {
  readonly truth: readonly LabelledBox[];
  readonly found: readonly Detection[];
}

/** Overlap from which a detection is of a sign (PASCAL VOC, and the paper). */
export const MATCH = 0.5;

/** Intersection over union; 0 where they don't meet. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const areaOf = ([x1, y1, x2, y2]: Box) => (x2 - x1) * (y2 - y1);
  return (width * height) / (areaOf(a) + areaOf(b) - width * height);
}

export interface ClassScore {
  /** Signs of the class, without ignored ones. */
  readonly signs: number;
  /** Without those of ignored signs. */
  readonly detections: number;
  /** Area under the curve of precision against recall (VOC 2010 on); null without signs. */
  readonly averagePrecision: number | null;
  /** Share of signs that some detection of the class matches. */
  readonly recall: number | null;
  /** The paper's: share of signs whose best detection has the right class. */
  readonly accuracy: number | null;
}

/** Signs of about one size, and how many of them were found under their right names. */
export interface SizeScore {
  /** Heights in pixels of the input, from `least` to below `most`; null: without end. */
  readonly least: number;
  readonly most: number | null;
  readonly signs: number;
  readonly right: number;
}

/** Heights that part the sizes. */
export const SIZES = [0, 16, 24, 40, 80] as const;

export interface DetectionScore {
  readonly images: number;
  readonly classes: readonly ClassScore[];
  /** Weighted by the number of signs, as in the paper. */
  readonly accuracy: number | null;
  /** Mean over the classes that have signs. */
  readonly meanAveragePrecision: number | null;
  /**
   * [classes + 1][classes + 1] signs by their class and that of their best detection; the last row
   * counts detections that match no sign, the last column signs that nothing found.
   */
  readonly confusion: readonly (readonly number[])[];
  readonly sizes: readonly SizeScore[];
}

/**
 * Scores detections.
 * @param sure score from which a detection counts in the confusion
 */
export function scoreDetections(
  images: readonly Judged[],
  classes: number,
  sure = 0.5,
): DetectionScore {
  const confusion = Array.from({ length: classes + 1 }, () =>
    Array.from({ length: classes + 1 }, () => 0),
  );
  const sizes = SIZES.map((least, i) => ({
    least,
    most: SIZES[i + 1] ?? null,
    signs: 0,
    right: 0,
  }));
  for (const { truth, found } of images) {
    for (const sign of truth) {
      if (sign.ignored) continue;
      const best = bestFor(sign.box, found);
      confusion[sign.label][best ? best.label : classes] += 1;
      const height = sign.box[3] - sign.box[1];
      const size = sizes.findLast(({ least }) => height >= least)!;
      size.signs += 1;
      if (best?.label === sign.label) size.right += 1;
    }
    for (const detection of found) {
      if (detection.score < sure) continue;
      const matches = truth.some(({ box }) => intersectionOverUnion(box, detection.box) > MATCH);
      if (!matches) confusion[classes][detection.label] += 1;
    }
  }
  const scores = Array.from({ length: classes }, (_, label) =>
    scoreClass(images, label, confusion),
  );
  const known = scores.flatMap(({ averagePrecision }) => averagePrecision ?? []);
  const signs = scores.reduce((sum, score) => sum + score.signs, 0);
  const right = scores.reduce((sum, _, label) => sum + confusion[label][label], 0);
  return {
    images: images.length,
    classes: scores,
    accuracy: signs > 0 ? right / signs : null,
    meanAveragePrecision:
      known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null,
    confusion,
    sizes,
  };
}

/** The detection with the greatest score among those that match a sign's box. */
function bestFor(box: Box, found: readonly Detection[]): Detection | undefined {
  let best: Detection | undefined;
  for (const detection of found) {
    if (intersectionOverUnion(box, detection.box) <= MATCH) continue;
    if (!best || detection.score > best.score) best = detection;
  }
  return best;
}

function scoreClass(
  images: readonly Judged[],
  label: number,
  confusion: readonly (readonly number[])[],
): ClassScore {
  const detections = images
    .flatMap(({ found }, image) =>
      found.filter((detection) => detection.label === label).map((one) => ({ ...one, image })),
    )
    .sort((a, b) => b.score - a.score);
  const signs = images.map(({ truth }) => truth.filter((sign) => sign.label === label));
  const count = signs.flat().filter(({ ignored }) => !ignored).length;
  const taken = signs.map(({ length }) => Array.from({ length }, () => false));
  let right = 0;
  // Each detection takes the sign that it overlaps most; a second one for the same sign is wrong, and any for
  // an ignored one is left out.
  const points: { readonly precision: number; readonly recall: number }[] = [];
  for (const { box, image } of detections) {
    let best = -1;
    let most = MATCH;
    signs[image].forEach((sign, s) => {
      const shared = intersectionOverUnion(box, sign.box);
      if (shared > most) {
        most = shared;
        best = s;
      }
    });
    if (best >= 0 && signs[image][best].ignored) continue;
    if (best >= 0 && !taken[image][best]) {
      taken[image][best] = true;
      right += 1;
    }
    points.push({ precision: right / (points.length + 1), recall: count > 0 ? right / count : 0 });
  }
  let area = 0;
  let precision = 0;
  for (let i = points.length - 1; i >= 0; i--) {
    precision = Math.max(precision, points[i].precision);
    area += precision * (points[i].recall - (points[i - 1]?.recall ?? 0));
  }
  return {
    signs: count,
    detections: points.length,
    averagePrecision: count > 0 ? area : null,
    recall: count > 0 ? right / count : null,
    accuracy: count > 0 ? confusion[label][label] / count : null,
  };
}
