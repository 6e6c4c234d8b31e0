/** Photographs with their signs, and how they are laid out for the GPU. */
import { fitInto, type Picture } from "./picture.ts";

/** Boxes of a photograph that the detector is given; more are left out, what is ignored and the smallest first. */
export const MAX_BOXES = 16;

interface Boxed {
  readonly box: readonly number[];
  readonly ignored?: boolean;
}

const areaOf = ({ box: [x1, y1, x2, y2] }: Boxed) => (x2 - x1) * (y2 - y1);
const byWeight = (a: Boxed, b: Boxed) =>
  Number(a.ignored ?? false) - Number(b.ignored ?? false) || areaOf(b) - areaOf(a);

/** The `most` largest of some boxes, ignored ones last, in their order. */
export function largest<T extends Boxed>(boxes: readonly T[], most: number): T[] {
  const used = new Set([...boxes].sort(byWeight).slice(0, most));
  return boxes.filter((one) => used.has(one));
}

/** A photograph with the signs of a set in it. */
export interface Photograph {
  /** For messages and lists, such as its path. */
  readonly name: string;
  readonly picture: Picture;
  /** What it looks like: see differenceHash. */
  readonly hash?: bigint;
  /** In pixels of the picture, class from 0. */
  readonly signs: readonly {
    readonly label: number;
    readonly box: readonly [number, number, number, number];
    /** It is neither to be found nor to be missed. */
    readonly ignored?: boolean;
  }[];
}

/**
 * Lays photographs out for the GPU, each in the upper left corner of a space of `side` x `side`.
 * @param most boxes of an image; more are left out: see largest
 */
export function packPhotographs(
  photographs: readonly Photograph[],
  side: number,
  most: number,
): {
  width: number;
  height: number;
  count: number;
  pixels: Uint8Array<ArrayBuffer>;
  annotations: Float32Array<ArrayBuffer>;
} {
  const count = photographs.length;
  const pixels = new Uint8Array(count * side * side * 4);
  const rows = 1 + 2 * most;
  const annotations = new Float32Array(count * rows * 4);
  photographs.forEach(({ picture, signs }, i) => {
    const fitted = fitInto(picture, side);
    const { width, height } = fitted;
    for (let y = 0; y < height; y++) {
      const row = fitted.data.subarray(4 * y * width, 4 * (y + 1) * width);
      pixels.set(row, 4 * (i * side + y) * side);
    }
    const used = [...signs].sort(byWeight).slice(0, most);
    const first = 4 * i * rows;
    annotations.set([width, height, used.length], first);
    used.forEach(({ label, box, ignored }, k) => {
      const [sx, sy] = [width / picture.width, height / picture.height];
      annotations.set([box[0] * sx, box[1] * sy, box[2] * sx, box[3] * sy], first + 4 * (1 + k));
      annotations.set([label + 1, ignored ? 1 : 0], first + 4 * (1 + most + k));
    });
  });
  return { width: side, height: side, count, pixels, annotations };
}
