/** `--heat-map`: what the sticker does at other places of the sign, and in other sizes, as a table. */
import { paperPlace } from "../../data/sticker.ts";
import { writeOutput } from "../../node/write-output.ts";
import type { AttackOnUse } from "../../studies/signs/plan.ts";
import { sweepSticker } from "../../studies/signs/sticker-sweep.ts";
import { overPlaces, overSizes, sweepCsv } from "../../studies/signs/sticker-variants.ts";
import type { DetectorTrainer } from "../../training/detector-trainer.ts";
import { note } from "../shared/say.ts";
import type { DetectorLine } from "./progress.ts";

const GRID = 7;
const SCENES = 20;

/** Measures the sticker at 7 x 7 places, and in eight sizes where it is. */
export async function writeHeatMap(
  path: string,
  trainer: DetectorTrainer,
  { sticker, source, target }: AttackOnUse,
  line: DetectorLine,
): Promise<void> {
  const { size, place } = sticker;
  const variants = [
    ...overPlaces(GRID, { size, place }),
    ...overSizes({ size, place: place ?? paperPlace }),
  ];
  const sweep = await sweepSticker(
    trainer,
    { sticker, goal: { source, target }, variants, scenes: SCENES },
    (done, of) => done > 0 && line.measuring("places and sizes of the sticker", done, of),
  );
  line.clear();
  await writeOutput(path, sweepCsv(sweep));
  note(`heat map: ${path}`);
}
