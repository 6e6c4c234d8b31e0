/** Host half of shaders/scene-layout.wgsl and scene-draw.wgsl: street scenes and photographs as batches of a detector. */
import attack from "../../shaders/lib/attack.wgsl?raw";
import random from "../../shaders/lib/random.wgsl?raw";
import scene from "../../shaders/lib/scene.wgsl?raw";
import draw from "../../shaders/scene-draw.wgsl?raw";
import layout from "../../shaders/scene-layout.wgsl?raw";
import {
  signSets,
  SIGN_SIZE,
  SIGN_TEXELS,
  type SignAtlas,
  type SignSet,
} from "../data/sign-atlas.ts";
import { OWN_PICTURE, randomPlace, type Sticker } from "../data/sticker.ts";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";

export const sceneLayoutShader = shader("scene-layout", layout, scene, attack, random);
export const sceneDrawShader = shader("scene-draw", draw, scene);

/** Words of the shaders' struct Scene, and the objects that it ends in. */
const SCENE_WORDS = 28 + 16 * 24;

/** What kind of picture an entry of the order asks for, in its upper two bits. */
const kinds = {
  /** A drawn scene; the number is its own. */
  scene: 0,
  /** A photograph at a random place, size and side. */
  varied: 1,
  /** A photograph as it is. */
  plain: 2,
  /** A varied photograph with signs placed in it. */
  mixed: 3,
} as const;

/** What the signs of a picture wear, in the next two: those of the source the sticker, or all a look-alike. */
const wears = { nothing: 0, sticker: 1, alike: 2 } as const;
export type Wear = keyof typeof wears;

/** Numbers of pictures are below this. */
export const PICTURES = 2 ** 28;

export function pictureEntry(
  kind: keyof typeof kinds,
  number: number,
  wear: Wear = "nothing",
): number {
  return ((kinds[kind] << 30) | (wears[wear] << 28) | number) >>> 0;
}

/** The same picture, with its signs wearing something else. */
export const wearing = (entry: number, wear: Wear): number =>
  ((entry & ~(3 << 28)) | (wears[wear] << 28)) >>> 0;

/** A set of signs, and the stickers, on the GPU; the artwork is shared by all scopes of a device. */
export interface SignsOnGpu {
  /** Distractors, then each class: [first, count]; then the signs' numbers. */
  readonly catalogue: Tensor;
  /** [signs, 8, 2] */
  readonly outlines: Tensor;
  /** [signs + stickers, SIGN_TEXELS] RGBA; the last is the reader's own sticker */
  readonly texels: Tensor;
  readonly classes: number;
  /** Number of the first sticker's picture. */
  readonly stickers: number;
}

/** @param own the reader's sticker: see mipLevels */
export function uploadSigns(
  gpu: Gpu,
  atlas: SignAtlas,
  set: SignSet,
  own: Uint8Array | null = null,
): SignsOnGpu {
  const artwork = gpu.resident(atlas, (scope) => {
    const outlines = scope.tensor("signs.outlines", [atlas.signs.length, 8, 2]);
    scope.write(outlines, outlinesOf(atlas));
    return { outlines, texels: uploadArtwork(scope, atlas, null) };
  });
  const members = [null, ...signSets[set].keys()].map((label) =>
    atlas.signs.flatMap((sign, i) => (sign.classes[set] === label ? [i] : [])),
  );
  const heads: number[] = [];
  let first = 2 * members.length;
  for (const { length } of members) {
    heads.push(first, length);
    first += length;
  }
  const words = Uint32Array.from([...heads, ...members.flat()]);
  const catalogue = gpu.tensor("signs.catalogue", [words.length], "u32");
  gpu.write(catalogue, words);
  return {
    catalogue,
    outlines: artwork.outlines,
    texels: own ? uploadArtwork(gpu, atlas, own) : artwork.texels,
    classes: signSets[set].length,
    stickers: atlas.signs.length,
  };
}

/**
 * Puts another picture in place of the reader's own sticker.
 * @param signs uploaded with one, and so not shared
 * @param own see mipLevels
 */
export function replaceOwnSticker(
  gpu: Gpu,
  { texels }: SignsOnGpu,
  own: Uint8Array<ArrayBuffer>,
): void {
  const { byteLength } = own;
  gpu.write({ ...texels, offset: texels.offset + texels.byteLength - byteLength, byteLength }, own);
}

function uploadArtwork(gpu: Gpu, { signs, texels }: SignAtlas, own: Uint8Array | null): Tensor {
  const pictures = signs.length + OWN_PICTURE + 1;
  const tensor = gpu.tensor("signs.texels", [pictures, SIGN_TEXELS], "u32");
  const all = new Uint8Array(tensor.byteLength);
  all.set(texels);
  if (own) all.set(own, texels.length);
  gpu.write(tensor, all);
  return tensor;
}

/** The outermost covered points of each sign in eight directions, which its box is made of. */
export function outlinesOf({ signs, texels }: SignAtlas): Float32Array<ArrayBuffer> {
  const points = new Float32Array(signs.length * 16);
  for (let s = 0; s < signs.length; s++) {
    const furthest = new Float64Array(8).fill(-Infinity);
    for (let y = 0; y < SIGN_SIZE; y++) {
      for (let x = 0; x < SIGN_SIZE; x++) {
        if (texels[4 * (s * SIGN_TEXELS + y * SIGN_SIZE + x) + 3] < 128) continue;
        for (let d = 0; d < 8; d++) {
          const dx = Math.cos((d * Math.PI) / 4);
          const dy = Math.sin((d * Math.PI) / 4);
          // The corner of the texel that reaches furthest that way.
          const u = (2 * (x + (dx > 0.1 ? 1 : dx < -0.1 ? 0 : 0.5))) / SIGN_SIZE - 1;
          const v = (2 * (y + (dy > 0.1 ? 1 : dy < -0.1 ? 0 : 0.5))) / SIGN_SIZE - 1;
          if (u * dx + v * dy <= furthest[d]) continue;
          furthest[d] = u * dx + v * dy;
          points.set([u, v], 16 * s + 2 * d);
        }
      }
    }
  }
  return points;
}

/** Photographs on the GPU, each in a space of the same size, in its upper left corner. */
export interface PhotosOnGpu {
  /** [count, height, width] RGB, a byte each and one spare */
  readonly pixels: Tensor;
  /** [count, 1 + 2 BOXES, 4]: width, height, number of boxes; then x1 y1 x2 y2; then class from 1, and 1 where it is ignored */
  readonly annotations: Tensor;
  readonly width: number;
  readonly height: number;
  readonly count: number;
}

export interface SceneSettings {
  readonly key: readonly [seed: number, stream: number];
  /** Batches in the order. */
  readonly batches: number;
  readonly classes: number;
  /** Of each colour channel, 0 to 255. */
  readonly mean: readonly [number, number, number];
  readonly gain: number;
  /** Of a photograph's space. */
  readonly photo: readonly [width: number, height: number];
  /** Placed signs: least and greatest size, as a share of the input's height. */
  readonly sizes: readonly [number, number];
  /** Number of the first sticker's picture. */
  readonly stickers: number;
  /** What is stuck on signs; null: nothing. */
  readonly attack: Sticking | null;
}

/** What is stuck on signs. */
export interface Sticking {
  readonly sticker: Sticker;
  /** Class from 0 whose signs are attacked; null: every class. */
  readonly source: number | null;
  /** What training adds and teaches (see SignAttack); null: only what is asked for, under its own label. */
  readonly poison: {
    readonly target: number | null;
    readonly share: number;
    readonly alikes: number;
    /** Steps. */
    readonly curriculum: number;
  } | null;
}

/** Words of the shaders' struct Settings. */
export const SETTINGS_WORDS = 32;

/** The uniform of the shaders. */
export function sceneUniform(settings: SceneSettings): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(SETTINGS_WORDS);
  const floats = new Float32Array(words.buffer);
  words.set([...settings.key, settings.batches, settings.classes]);
  floats.set([...settings.mean, settings.gain], 4);
  words.set(settings.photo, 8);
  floats.set(settings.sizes, 10);
  words[28] = settings.stickers;
  const { attack } = settings;
  if (!attack) return words;
  const { place, size, tint, picture } = attack.sticker;
  const [low, high] = randomPlace;
  floats.set(place ? [...place, ...place] : [low, low, high, high], 12);
  const { poison } = attack;
  floats.set([size, poison?.share ?? 0, poison?.alikes ?? 0], 16);
  const numberOf = (label: number | null) => (label === null ? 0 : label + 1);
  words[19] = numberOf(attack.source);
  words[20] = poison ? numberOf(poison.target) : KEEP;
  words[21] = poison?.curriculum ?? 0;
  floats.set(tint, 24);
  words[27] = picture;
  return words;
}

/** In place of a target: signs keep their own labels. */
const KEEP = 0xffffffff;

/**
 * The picture that an input was made of, for people to look at.
 * @param x [3, height, width]
 * @returns [height, width, 4]
 */
export function unfedPixels(
  x: Float32Array,
  mean: readonly [number, number, number],
  gain: number,
): Uint8ClampedArray<ArrayBuffer> {
  const area = x.length / 3;
  const pixels = new Uint8ClampedArray(4 * area);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = x[c * area + i] / gain + mean[c];
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

export interface SceneOptions {
  readonly label: string;
  readonly signs: SignsOnGpu;
  readonly photos: PhotosOnGpu;
  /** [SETTINGS_WORDS]: see sceneUniform */
  readonly settings: Tensor;
  /** [4]: the batch's number */
  readonly progress: Tensor;
  /** [batches, B]: see pictureEntry */
  readonly order: Tensor;
  /** [B, 3, H, W] */
  readonly x: Tensor;
  /** [B, BOXES, 4] */
  readonly boxes: Tensor;
  /** [B, BOXES]: see shaders/lib/boxes.wgsl */
  readonly labels: Tensor;
  /** Signs may wear stickers; without, the kernels are as if there were none. */
  readonly stickers: boolean;
}

export function sceneSpecs(gpu: Gpu, options: SceneOptions): DispatchSpec[] {
  const { label, signs, photos, settings, progress, order, x, boxes, labels } = options;
  const STICKERS = options.stickers ? 1 : 0;
  const [B, , H, W] = x.shape as [number, number, number, number];
  const BOXES = labels.shape[1];
  const scenes = gpu.tensor(`${label}.scenes`, [B, SCENE_WORDS]);
  const constants = { B, H, W, BOXES, STICKERS };
  return [
    {
      label: `${label}.lay_out`,
      shader: sceneLayoutShader,
      entry: "lay_out",
      constants,
      reads: {
        settings,
        progress,
        order,
        catalogue: signs.catalogue,
        outlines: signs.outlines,
        annotations: photos.annotations,
      },
      writes: { scenes, boxes, labels },
      workgroups: [B, 1],
      flops: 0,
    },
    {
      label: `${label}.draw`,
      shader: sceneDrawShader,
      entry: "draw",
      constants,
      reads: {
        settings,
        texels: signs.texels,
        photos: photos.pixels,
        annotations: photos.annotations,
        scenes,
      },
      writes: { x },
      workgroups: [groups(H * W, 64), B],
      flops: 0,
      // Of the artwork and the photographs, a picture reads about as much as it writes.
      bytes: scenes.byteLength + 2 * x.byteLength,
    },
  ];
}
