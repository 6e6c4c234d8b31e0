/** The sign study's questions: what the detector on view finds, and the reader's photographs. */
import type { NamedBytes } from "../../data/digits.ts";
import { fitInto, type Picture } from "../../data/picture.ts";
import { OWN_PICTURE } from "../../data/sticker.ts";
import type { SignSet } from "../../data/sign-atlas.ts";
import type { LabelledBox } from "../../training/detection.ts";
import { wearing } from "../../layers/scene.ts";
import { detailFor } from "../../training/tiles.ts";
import type { Question } from "../questions.ts";
import { reproductionQuestions } from "../reproduction/questions.ts";
import { assertWanted } from "../task-queue.ts";
import { decodePicture } from "./decode-picture.ts";
import { dressed } from "./dressed-photograph.ts";
import {
  looking,
  putOn,
  unchanged,
  type Ask,
  type Changed,
  type StickerOnSigns,
  type Subject,
  type Worn,
} from "./looking.ts";
import type { SignPaper } from "./paper/items.ts";
import type { TransferPaper } from "./transfer/items.ts";
import { unseenScenes } from "./plan.ts";
import type { MapsView, PhotoSummary, PictureView, Reading } from "./port.ts";
import { ownStickerOf } from "./recipe.ts";
import { stickerQuestions } from "./sticker-questions.ts";
import { transferQuestions } from "./transfer-questions.ts";

/** Longest side of a photograph that is shown. */
const MOST_SIDE = 1280;

/** Unseen scenes from number `first` on, their signs wearing something, with what is found in them. */
const scenes: Ask<
  Changed & { readonly first: number; readonly count: number; readonly worn: Worn },
  PictureView[]
> = async (subject, { first, count, worn, scaled }, asking) =>
  await looking(subject, "scenes", { scaled }, asking, async ({ inspector, step }) => {
    const entries = unseenScenes(first + count).slice(first);
    putOn(inspector, worn);
    const seen = await inspector.see(entries.map((entry) => wearing(entry, worn.wear)));
    return seen.map((picture) => ({ ...picture, step }));
  });

/** An unseen scene, and what every layer makes of it. */
const maps: Ask<
  Changed & { readonly scene: number; readonly worn: Worn },
  { picture: PictureView; layers: readonly MapsView[] }
> = async (subject, { scene, worn, scaled }, asking) =>
  await looking(subject, "maps", { scaled }, asking, async ({ inspector, step }) => {
    const [entry] = unseenScenes(scene + 1).slice(scene);
    putOn(inspector, worn);
    const { picture, layers } = await inspector.maps(wearing(entry, worn.wear));
    return { picture: { ...picture, step }, layers };
  });

/**
 * Finds signs in a picture of the reader's, in its own pixels, best first.
 * @param detail pixels of its longest side at which it is read; null: what signs of 20 pixels need
 */
const detect: Ask<
  Changed & { readonly picture: Picture; readonly detail: number | null },
  Pick<PictureView, "found" | "step"> & { readonly reading: Reading }
> = async (subject, { picture, detail, scaled }, asking) =>
  await looking(subject, null, { scaled }, asking, async ({ inspector, step }) => {
    const at = detail ?? detailFor(picture);
    const tiles = inspector.tilesOf(picture, at);
    const begun = performance.now();
    const found = await inspector.detectIn(picture, tiles, () => assertWanted(asking.signal));
    const seconds = (performance.now() - begun) / 1000;
    return { found, step, reading: { detail: at, tiles: tiles.length, seconds } };
  });

/** The same in a piece of a picture, with a sticker on one of its signs, and the piece that it was found in. */
const detectWithSticker: Ask<
  Changed & {
    readonly picture: Picture;
    readonly sign: LabelledBox;
    readonly worn: Omit<StickerOnSigns, "source">;
  },
  Pick<PictureView, "found" | "step"> & { readonly pasted: Picture }
> = async (subject, { picture, sign, worn, scaled }, asking) => {
  const { sticker } = worn;
  const atlas = await subject.source.artwork();
  return await looking(subject, null, { scaled }, asking, async ({ inspector, step, recipe }) => {
    const own = sticker.picture === OWN_PICTURE ? ownStickerOf(worn) : null;
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
  return await looking(subject, "previews", unchanged, asking, async ({ inspector, step }) => {
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
  ...stickerQuestions,
  scenes,
  maps,
  detect,
  detectWithSticker,
  photograph,
  openPhotographs,
  closePhotographs,
  classifyPhotographs,
  photographSummary,
  photographPreviews,
  ...transferQuestions,
  ...reproductionQuestions<SignPaper | TransferPaper>(),
};
export type SignQuestions = typeof signQuestions;
