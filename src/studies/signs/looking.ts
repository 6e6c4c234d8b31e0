/** How the sign study's questions look at the detector on view: what its signs wear, and which channels are scaled. */
import type { Sticker } from "../../data/sticker.ts";
import type { DetectorInspector } from "../../inspection/detector-inspector.ts";
import type { NeuronScale } from "../../inspection/neurons.ts";
import type { Wear } from "../../layers/scene.ts";
import type { Asking, Question } from "../questions.ts";
import type { QuestionSubject, View } from "../study.ts";
import { ownStickerOf, type SignRecipe } from "./recipe.ts";
import type { SignSource } from "./source.ts";

/** What the questions are about. */
export interface Detector {
  readonly recipe: SignRecipe;
  readonly source: SignSource;
  readonly inspector: DetectorInspector;
  /** Nobody asks what it has seen. */
  readonly origin: object;
}

export type Subject = QuestionSubject<Detector>;
export type Ask<Arguments, Answer, Progress = never> = Question<
  Subject,
  Arguments,
  Answer,
  Progress
>;

/** A sticker for signs of one class, or of all. */
export interface StickerOnSigns {
  readonly sticker: Sticker;
  /** Of the reader's own, the picture: see SignAttackRecipe. */
  readonly picture: string | null;
  /** Class from 0; null: all. */
  readonly source: number | null;
}

/** What signs on view wear: a sticker, or look-alikes of it. */
export interface Worn extends StickerOnSigns {
  readonly wear: Wear;
}

/** The detector as it is to be for a question. */
export interface Changed {
  /** Channels of the backbone's last layer; none: as it was trained. */
  readonly scaled: readonly NeuronScale[];
}

export const unchanged: Changed = { scaled: [] };

/** Has the signs of pictures that ask for it wear a sticker. */
export function putOn(
  inspector: DetectorInspector,
  { sticker, picture, source }: StickerOnSigns,
): void {
  inspector.wear(sticker, source, ownStickerOf({ picture }));
}

/**
 * A look at the detector on view, one after the other: they share its memory.
 * @param name a later look of the same name ends it; null: none does
 */
export async function looking<Answer>(
  subject: Subject,
  name: string | null,
  { scaled }: Changed,
  { signal }: Pick<Asking, "signal">,
  look: (view: View<Detector>, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const { queue } = await subject.view();
  return await queue.do(name, signal, async (either) => {
    // As it stands when its turn has come.
    const view = await subject.view();
    view.inspector.load(view.parameters);
    view.inspector.scale(scaled);
    return await look(view, either);
  });
}
