/** What a detector makes of a sticker at many places and sizes, on the same unseen scenes. */
import type { Sticker } from "../../data/sticker.ts";
import { wearing } from "../../layers/scene.ts";
import { meanConfidence, scoreAttack, type AttackGoal } from "../../training/attack-score.ts";
import type { DetectorTrainer } from "../../training/detector-trainer.ts";
import { unseenScenes } from "./plan.ts";
import type { StickerVariant, Sweep, SweepCell } from "./sticker-variants.ts";

/** Unseen scenes in which to look for signs of the source, at most, for each that is asked for. */
const MOST_LOOKED = 10;

export interface SweepOptions {
  readonly sticker: Sticker;
  readonly goal: AttackGoal;
  readonly variants: readonly StickerVariant[];
  /** Scenes with a sign of the source to measure on, at most. */
  readonly scenes: number;
  /** The reader's own sticker: see mipLevels; null: one of the atlas. */
  readonly own?: Uint8Array<ArrayBuffer> | null;
}

/**
 * Measures each variant of a sticker on the same scenes.
 * @param between told how many of all pictures are done; may throw to end it
 */
export async function sweepSticker(
  detector: Pick<DetectorTrainer, "detect" | "wear">,
  { sticker, goal, variants, scenes, own = null }: SweepOptions,
  between: (done: number, of: number) => void,
): Promise<Sweep> {
  const { source } = goal;
  const entries = await scenesWith(detector, source, scenes, () => between(0, 1));
  const all = variants.length * entries.length;
  const cells: SweepCell[] = [];
  let signs = 0;
  for (const [i, variant] of variants.entries()) {
    if (entries.length === 0) break;
    detector.wear({ ...sticker, ...variant }, source, own);
    const dressed = entries.map((entry) => wearing(entry, "sticker"));
    const judged = await detector.detect(dressed, (done) => {
      between(i * entries.length + done, all);
      return true;
    });
    const score = scoreAttack(judged, goal);
    signs = score.signs;
    cells.push({ ...variant, confidence: meanConfidence(judged, goal)!, success: score.success! });
  }
  return { signs, cells };
}

/** The first unseen scenes with a sign of a class, or of any. */
async function scenesWith(
  detector: Pick<DetectorTrainer, "detect">,
  source: number | null,
  count: number,
  between: () => void,
): Promise<number[]> {
  const found: number[] = [];
  const most = unseenScenes(MOST_LOOKED * count);
  for (let first = 0; first < most.length && found.length < count; first += count) {
    const entries = most.slice(first, first + count);
    const judged = await detector.detect(entries, () => {
      between();
      return true;
    });
    found.push(
      ...entries.filter((_, i) =>
        judged[i].truth.some(
          ({ label, ignored }) => !ignored && (source === null || label === source),
        ),
      ),
    );
  }
  return found.slice(0, count);
}
