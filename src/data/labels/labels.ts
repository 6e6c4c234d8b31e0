/** What label files say of an image: boxes under the collection's own names, each checked. */
import { clip } from "../../errors.ts";
import type { Picture } from "../picture.ts";

/** A box in pixels of the image that its file speaks of. */
export interface NamedBox {
  readonly name: string;
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
  /** It is neither to be found nor to be missed: too hard, or one of a crowd. */
  readonly ignored?: boolean;
}

/** What a label file said of one image, and what in it could not be used. */
export interface Labels {
  readonly boxes: readonly NamedBox[];
  readonly problems: readonly string[];
}

/** Labels that are being read. */
export interface LabelDraft {
  readonly boxes: NamedBox[];
  readonly problems: string[];
}

/** Adds a box after checking it; what is wrong becomes a problem. */
export function addBox(
  into: LabelDraft,
  where: string,
  name: string,
  corners: readonly number[],
  ignored = false,
): void {
  const [x1, y1, x2, y2] = corners;
  const numbers = corners.map((value) => value.toFixed(1)).join(", ");
  if (corners.length < 4 || !corners.every(Number.isFinite)) {
    into.problems.push(
      `${where}: four numbers are expected for a box, got "${clip(corners.join(" "))}"`,
    );
  } else if (x2 < x1 || y2 < y1) {
    into.problems.push(
      `${where}: left, top, right and bottom are expected in this order, got the box ${numbers}`,
    );
  } else if (x2 === x1 || y2 === y1) {
    into.problems.push(`${where}: the box ${numbers} has no area`);
  } else {
    const own = { name: name.normalize("NFC"), box: [x1, y1, x2, y2] as const };
    into.boxes.push(ignored ? { ...own, ignored } : own);
  }
}

/**
 * Boxes that differ, to a hundredth of a pixel or in what `by` says: what is written twice is one sign, and ignored
 * only where it is so both times.
 */
export function distinct<T extends Pick<NamedBox, "box" | "ignored">>(
  boxes: readonly T[],
  by: (box: T) => string | number,
): T[] {
  const known = new Map<string, T>();
  for (const one of boxes) {
    const key = `${one.box.map((value) => Math.round(100 * value)).join(" ")} ${by(one)}`;
    if (!known.has(key) || known.get(key)!.ignored) known.set(key, one);
  }
  return [...known.values()];
}

/** Lines without spaces around them, whether ended as on Unix, Windows or old Macs. */
export const linesOf = (text: string) => text.split(/\r\n|\r|\n/).map((line) => line.trim());

/** A number, with a point or a comma; none where nothing is written. */
export const numberIn = (cell: string | undefined) =>
  cell ? Number(cell.replace(/^([+-]?\d*),(\d+)$/, "$1.$2")) : Number.NaN;

/** Corners of a box in a picture of another size. */
export function scaled([x1, y1, x2, y2]: NamedBox["box"], from: Size, to: Size): NamedBox["box"] {
  const [sx, sy] = [to.width / from.width, to.height / from.height];
  return [x1 * sx, y1 * sy, x2 * sx, y2 * sy];
}

export type Size = Pick<Picture, "width" | "height">;

/** Names of things for a message, a few of many. */
export const few = (names: readonly string[]) =>
  names.slice(0, 3).map(clip).join(", ") +
  (names.length > 3 ? ` and ${names.length - 3} more` : "");
