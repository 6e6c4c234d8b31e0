/** The sign study's questions: what the detector on view finds, and the reader's photographs. */
import type { NamedBytes } from "../../data/digits.ts";
import { fitInto, type Picture } from "../../data/picture.ts";
import { OWN_PICTURE, type Sticker } from "../../data/sticker.ts";
import type { SignSet } from "../../data/sign-atlas.ts";
import type { DetectorInspector } from "../../inspection/detector-inspector.ts";
import { wearing, type Wear } from "../../layers/scene.ts";
import { compareChannels, type ChannelResponse } from "../../inspection/sticker-channels.ts";
import { assertWanted, timed } from "../task-queue.ts";
import type { Asking, Question } from "../questions.ts";
import type { QuestionSubject, View } from "../study.ts";
import type { LabelledBox } from "../../training/detection.ts";
import { detailFor } from "../../training/tiles.ts";
import { reproductionQuestions } from "../reproduction/questions.ts";
import { decodePicture } from "./decode-picture.ts";
import type { SignPaper } from "./paper/items.ts";
import { unseenScenes } from "./plan.ts";
import type { MapsView, PhotoSummary, PictureView, Reading } from "./port.ts";
import { dressed } from "./dressed-photograph.ts";
import { ownStickerOf, type SignRecipe } from "./recipe.ts";
import type { SignSource } from "./source.ts";

/** What the questions are about. */
interface Detector {
  readonly recipe: SignRecipe;
  readonly source: SignSource;
  readonly inspector: DetectorInspector;
}

type Subject = QuestionSubject<Detector>;
type Ask<Arguments, Answer, Progress = never> = Question<Subject, Arguments, Answer, Progress>;

/** Longest side of a photograph that is shown. */
const MOST_SIDE = 1280;

/** What signs on view wear: a sticker on those of one class, or of all (null), or look-alikes of it on all. */
export interface Worn {
  readonly wear: Wear;
  readonly sticker: Sticker;
  readonly source: number | null;
}

/** Unseen scenes from number `first` on, their signs wearing something, with what is found in them. */
const scenes: Ask<
  { readonly first: number; readonly count: number; readonly worn: Worn },
  PictureView[]
> = async (subject, { first, count, worn }, asking) =>
  await looking(subject, "scenes", asking, async ({ inspector, step }) => {
    const entries = unseenScenes(first + count).slice(first);
    const seen = await inspector.see(entries.map((entry) => put(inspector, entry, worn)));
    return seen.map((picture) => ({ ...picture, step }));
  });

/** A scene's entry with what its signs wear. */
function put(inspector: DetectorInspector, entry: number, { wear, sticker, source }: Worn): number {
  inspector.wear(sticker, source);
  return wearing(entry, wear);
}

/** An unseen scene, and what every layer makes of it. */
const maps: Ask<
  { readonly scene: number; readonly worn: Worn },
  { picture: PictureView; layers: readonly MapsView[] }
> = async (subject, { scene, worn }, asking) =>
  await looking(subject, "maps", asking, async ({ inspector, step }) => {
    const [entry] = unseenScenes(scene + 1).slice(scene);
    const { picture, layers } = await inspector.maps(put(inspector, entry, worn));
    return { picture: { ...picture, step }, layers };
  });

/** What the channels of the backbone's last layer make of the same signs without and with the sticker. */
const channels: Question<
  Subject,
  { readonly count: number; readonly worn: Omit<Worn, "wear"> },
  { readonly signs: number; readonly responses: readonly ChannelResponse[] }
> = async (subject, { count, worn: { sticker, source } }, asking) =>
  await looking(subject, "channels", asking, async ({ inspector }) => {
    const entries = unseenScenes(count);
    const report = timed(2 * count, asking.onProgress);
    inspector.wear(sticker, source);
    const measure = async (wear: Wear, before: number) =>
      await inspector.channelsAtSigns(
        entries.map((entry) => wearing(entry, wear)),
        source,
        (done) => {
          assertWanted(asking.signal);
          report(before + done);
        },
      );
    const clean = await measure("nothing", 0);
    const triggered = await measure("sticker", count);
    return { signs: clean.length, responses: compareChannels(clean, triggered) };
  });

/**
 * Finds signs in a picture of the reader's, in its own pixels, best first.
 * @param detail pixels of its longest side at which it is read; null: what signs of 20 pixels need
 */
const detect: Ask<
  { readonly picture: Picture; readonly detail: number | null },
  Pick<PictureView, "found" | "step"> & { readonly reading: Reading }
> = async (subject, { picture, detail }, asking) =>
  await looking(subject, null, asking, async ({ inspector, step }) => {
    const at = detail ?? detailFor(picture);
    const tiles = inspector.tilesOf(picture, at);
    const begun = performance.now();
    const found = await inspector.detectIn(picture, tiles, () => assertWanted(asking.signal));
    const seconds = (performance.now() - begun) / 1000;
    return { found, step, reading: { detail: at, tiles: tiles.length, seconds } };
  });

/** The same in a piece of a picture, with a sticker on one of its signs, and the piece that it was found in. */
const detectWithSticker: Ask<
  { readonly picture: Picture; readonly sign: LabelledBox; readonly sticker: Sticker },
  Pick<PictureView, "found" | "step"> & { readonly pasted: Picture }
> = async (subject, { picture, sign, sticker }, asking) => {
  const atlas = await subject.source.artwork();
  return await looking(subject, null, asking, async ({ inspector, step, recipe }) => {
    const own = sticker.picture === OWN_PICTURE ? ownStickerOf(recipe.attack) : null;
    const pasted = dressed(picture, [sign], { sticker, own, atlas, set: recipe.set });
    const found = await inspector.detectIn(pasted, inspector.tilesOf(pasted, 0));
    return { found, step, pasted };
  });
};

/**
 * Reads a photograph, reduced where it is large.
 * @throws UserError for what is no picture, too large or damaged
 */
const photograph: Ask<NamedBytes, Picture> = async (_, { name, bytes }) =>
  fitInto(await decodePicture(bytes, name), MOST_SIDE);

/** Reads photographs to train on, in place of any before: a zip file, or a folder's files by their paths. */
const openPhotographs: Question<Subject, { readonly files: readonly NamedBytes[] }, void> = async (
  { source },
  { files },
  { onProgress, signal },
) => await source.openPhotographs(files, onProgress, signal);

const closePhotographs: Ask<object, void> = ({ source }) => source.closePhotographs();

/** Takes a name of the label files for a class, from 0; null leaves its boxes out. */
const classifyPhotographs: Ask<{ readonly name: string; readonly label: number | null }, void> = (
  { source },
  { name, label },
) => source.photographs?.setClass(name, label);

/** What the photographs are with the classes of a set; null where there are none. */
const photographSummary: Ask<
  { readonly set: SignSet; readonly seed: number },
  PhotoSummary | null
> = ({ source }, { set, seed }) => source.photographs?.summary(set, seed) ?? null;

/** Some of the photographs that measure, with their boxes and what is found. */
const photographPreviews: Ask<
  { readonly set: SignSet; readonly seed: number; readonly count: number },
  PictureView[]
> = async (subject, { set, seed, count }, asking) => {
  const chosen = subject.source.photographs?.previews(set, seed, count) ?? [];
  return await looking(subject, "previews", asking, async ({ inspector, step }) => {
    const views: PictureView[] = [];
    for (const one of chosen) {
      const { width, height, data } = one.picture;
      views.push({
        width,
        height,
        pixels: new Uint8ClampedArray(data),
        truth: one.signs,
        found: await inspector.detectIn(one.picture, inspector.tilesOf(one.picture, 0)),
        step,
      });
    }
    return views;
  });
};

export const signQuestions = {
  scenes,
  maps,
  channels,
  detect,
  detectWithSticker,
  photograph,
  openPhotographs,
  closePhotographs,
  classifyPhotographs,
  photographSummary,
  photographPreviews,
  ...reproductionQuestions<SignPaper>(),
};
export type SignQuestions = typeof signQuestions;

/**
 * A look at the detector on view, one after the other: they share its memory.
 * @param name a later look of the same name ends it; null: none does
 */
async function looking<Answer>(
  subject: Subject,
  name: string | null,
  { signal }: Pick<Asking, "signal">,
  look: (view: View<Detector>) => Promise<Answer>,
): Promise<Answer> {
  const { queue } = await subject.view();
  return await queue.do(name, signal, async () => {
    // As it stands when its turn has come.
    const view = await subject.view();
    view.inspector.load(view.parameters);
    return await look(view);
  });
}
