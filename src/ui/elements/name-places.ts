/** Where the names of boxes go in a picture, so that they cover no other name and as little else as can be. */
import type { Box } from "../../training/detection.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Corner {
  readonly left: number;
  readonly top: number;
}

/**
 * Places one name after the other, each where it covers least, names above all, and is near its box. Of places
 * that are as good it takes the earliest of above, below, inside and beyond a name that is in the way, flush
 * left before right.
 * @param boxes in pixels of the screen, relative to the picture
 * @param names how large each box's name is
 * @returns the top left corner of each name, within the picture where the name fits it
 */
export function placeNames(
  boxes: readonly Box[],
  names: readonly Size[],
  picture: Size,
): readonly Corner[] {
  const taken: Box[] = [];
  return boxes.map((own, i) => {
    const costOf = (name: Box) =>
      NAME_COST * sum(taken.map((one) => shared(name, one))) +
      sum(boxes.map((one) => shared(name, one))) +
      names[i].width * gap(name, own);
    const [best] = candidates(own, names[i], picture, taken)
      .map((name) => ({ name, cost: costOf(name) }))
      // Stable: of equal costs the earlier stays first.
      .toSorted((a, b) => a.cost - b.cost);
    taken.push(best.name);
    return { left: best.name[0], top: best.name[1] };
  });
}

/** A name that can't be read is worse than any boxes it covers. */
const NAME_COST = 1000;

/** Places in the rows that the picture has room for. */
function candidates(
  [x1, y1, x2, y2]: Box,
  { width, height }: Size,
  picture: Size,
  taken: readonly Box[],
): Box[] {
  const beyond = taken.flatMap(([, top, , bottom]) => [top - height, bottom]);
  const lowest = picture.height - height;
  const rows = [y1 - height, y2, y1, y2 - height, ...beyond].filter(
    (top) => top >= 0 && top <= lowest,
  );
  if (rows.length === 0) rows.push(Math.max(0, Math.min(y1, lowest)));
  return rows.flatMap((top) =>
    [x1, x2 - width].map((flush): Box => {
      const left = Math.max(0, Math.min(flush, picture.width - width));
      return [left, top, left + width, top + height];
    }),
  );
}

/** Height of what lies between a name and its box. */
const gap = (name: Box, own: Box) => Math.max(0, own[1] - name[3], name[1] - own[3]);

/** Area that two boxes share. */
function shared(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return Math.max(0, width) * Math.max(0, height);
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
