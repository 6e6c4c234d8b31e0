/** Scenes with signs that wear stickers, as the kernels draw them, for tests of what is stuck on. */
import type { SignAttack } from "../../src/backdoor/sign-attack.ts";
import { packPhotographs } from "../../src/data/photographs.ts";
import { stickerOf, type StickerName } from "../../src/data/sticker.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import {
  pictureEntry,
  sceneSpecs,
  sceneUniform,
  SETTINGS_WORDS,
  uploadSigns,
  wearing,
  type PhotosOnGpu,
  type Sticking,
} from "../../src/layers/scene.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { place, run } from "../gpu.ts";
import { readScene } from "../reference/sticker.ts";

/** Images in a batch. */
export const B = 8;
export const [H, W] = [136, 152];
export const BOXES = 7;
/** Classes from 1. */
export const [STOP, LIMIT, WARNING] = [1, 2, 3];

/** @param over curriculum in steps */
export const attack = (over: Partial<SignAttack> = {}): Sticking => {
  const poison = { target: 1, share: 0.5, alikes: 0, curriculum: 0, ...over };
  return { sticker: stickerOf("yellow-square"), source: 0, ...over, poison };
};
/** A sticker in use, by class from 0; null: every class. */
export const use = (name: StickerName = "yellow-square", source: number | null = 0): Sticking => ({
  sticker: stickerOf(name),
  source,
  poison: null,
});

interface DrawOptions {
  readonly stickers?: boolean;
  readonly step?: number;
  /** Least and greatest side of a sign, as shares of the picture's height. */
  readonly sizes?: readonly [number, number];
}

/** What draws pictures; of two photographs, the first has a stop sign and a speed limit. */
export const drawing =
  (context: { readonly gpu: Gpu }) =>
  async (entries: readonly number[], sticking: Sticking | null, options: DrawOptions = {}) =>
    await draw(context.gpu, entries, sticking, options);

async function draw(
  gpu: Gpu,
  entries: readonly number[],
  sticking: Sticking | null,
  { stickers = true, step = 0, sizes = [0.2, 0.4] }: DrawOptions,
) {
  const signs = uploadSigns(gpu, await signArtwork(), "us");
  const side = 160;
  const photograph = (grey: number) => ({
    name: "photograph",
    picture: { width: W, height: H, data: new Uint8Array(4 * W * H).fill(grey) },
    signs:
      grey === 60
        ? [
            { label: 0, box: [20, 30, 60, 80] as const },
            { label: 1, box: [90, 30, 130, 80] as const },
          ]
        : [],
  });
  const packed = packPhotographs([photograph(60), photograph(200)], side, BOXES);
  const photos: PhotosOnGpu = {
    pixels: gpu.tensor("pixels", [2, side, side], "u32"),
    annotations: place(gpu, "annotations", [2, 1 + 2 * BOXES, 4], packed.annotations),
    width: side,
    height: side,
    count: 2,
  };
  gpu.write(photos.pixels, packed.pixels);
  const settings = gpu.tensor("settings", [SETTINGS_WORDS], "u32");
  const uniform = sceneUniform({
    key: [1, 5],
    batches: 1,
    classes: 3,
    mean: [0, 0, 0],
    gain: 1,
    photo: [side, side],
    sizes,
    stickers: signs.stickers,
    attack: sticking,
  });
  gpu.write(settings, uniform);
  const x = place(gpu, "x", [B, 3, H, W]);
  const boxes = place(gpu, "boxes", [B, BOXES, 4], new Float32Array(4 * B * BOXES));
  const labels = place(gpu, "labels", [B, BOXES], undefined, "u32");
  const order = place(gpu, "order", [1, B], entries, "u32");
  const progress = place(gpu, "progress", [4], [step, 0, 0, 0], "u32");
  const tensors = { signs, photos, settings, progress, order, x, boxes, labels };
  const specs = sceneSpecs(gpu, { label: "scene", ...tensors, stickers });
  await run(gpu, specs);
  const [pixels, corners, words] = await gpu.read(x, boxes, specs[0].writes["scenes"]);
  const length = words.length / B;
  return {
    pixels,
    corners,
    labels: await gpu.readU32(labels),
    scenes: Array.from({ length: B }, (_, b) =>
      readScene(words.slice(b * length, (b + 1) * length)),
    ),
  };
}

/** Entries of as many scenes as a batch has. */
export const scenes = (first: number) =>
  Array.from({ length: B }, (_, i) => pictureEntry("scene", first + i));
/** The same, whose signs wear something. */
export const dressed = (first: number, wear: "sticker" | "alike" = "sticker") =>
  scenes(first).map((entry) => wearing(entry, wear));

export type Drawn = Awaited<ReturnType<typeof draw>>;
