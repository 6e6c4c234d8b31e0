/** How the order of a data set is written down: a list of image numbers that the batch shader reads. */

/** Added to an image's number: its triggered copy, with the attacker's label. */
export const TRIGGERED = 0x80000000;

/** An entry that is no image, which fills up the last batch; nothing counts it. */
export const NO_IMAGE = 0xffffffff;

/** Entries for the first `count` images, or for their triggered copies. */
export function everyImage(count: number, triggered = false): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: count }, (_, i) => (triggered ? (i | TRIGGERED) >>> 0 : i));
}
