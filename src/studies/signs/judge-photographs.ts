/** Photographs read in tiles and judged by their signs: what measures a detector as people use it. */
import type { Photograph } from "../../data/photographs.ts";
import { inputSide } from "../../models/detector-presets.ts";
import type { Box, Judged } from "../../training/detection.ts";
import type { DetectorTrainer } from "../../training/detector-trainer.ts";
import { detailFor, detectInTiles, tilesOf } from "../../training/tiles.ts";

/**
 * @param detail pixels of the longest side at which each is read; null: what it needs
 * @param between told after each photograph how many are done; when it gives false, the rest is left out
 * @returns boxes in pixels of the detector's input, as if it read each photograph whole: so heights can be compared
 */
export async function judgeInTiles(
  trainer: DetectorTrainer,
  photographs: readonly Photograph[],
  detail: number | null,
  between: (done: number) => boolean,
): Promise<Judged[]> {
  const input = inputSide(trainer.plan.preset);
  const all: Judged[] = [];
  for (const { picture, signs } of photographs) {
    const tiles = tilesOf(picture, input, detail ?? detailFor(picture));
    const found = await detectInTiles(trainer, picture, tiles);
    const scale = input / Math.max(picture.width, picture.height);
    const scaled = <T extends { readonly box: Box }>(one: T): T => {
      const [x1, y1, x2, y2] = one.box;
      return { ...one, box: [x1 * scale, y1 * scale, x2 * scale, y2 * scale] };
    };
    all.push({ truth: signs.map(scaled), found: found.map(scaled) });
    if (!between(all.length)) break;
  }
  return all;
}
