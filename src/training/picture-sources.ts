/** Where a detector's pictures come from: training, unseen scenes and photographs, and the user's photographs. */
import { Stream } from "../data/random.ts";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import {
  pictureEntry,
  sceneSpecs,
  sceneUniform,
  SETTINGS_WORDS,
  uploadSigns,
  type PhotosOnGpu,
  type SceneSettings,
  type SignsOnGpu,
  type Sticking,
} from "../layers/scene.ts";
import type { Detector } from "../models/detector.ts";
import { roomForUserPhotographs, uploadPhotographs } from "./detector-pictures.ts";
import type { DetectorPlan } from "./detector-plan.ts";

/** Batches whose pictures are chosen and uploaded at a time. */
export const CHUNK = 256;

/** Pictures for the detector: a list of dispatches that draws a batch of them from what `order` says. */
interface PictureSource {
  /** [batches, images]: see pictureEntry */
  readonly order: Tensor;
  readonly specs: readonly DispatchSpec[];
  /** Chooses what is stuck on signs. */
  readonly wear: (attack: Sticking | null) => void;
}

/** The three sources of pictures, and where their signs and the photographs of a user lie. */
export interface PictureSources {
  readonly training: PictureSource;
  /** Scenes that training never shows, and the plan's photographs as they are. */
  readonly unseen: PictureSource;
  readonly user: PictureSource;
  readonly userPhotographs: PhotosOnGpu;
  readonly signs: SignsOnGpu;
}

/** @param progress steps done, which say what of the training's order comes next */
export function pictureSources(
  gpu: Gpu,
  plan: DetectorPlan,
  detector: Detector,
  progress: Tensor,
): PictureSources {
  const { preset, seed } = plan;
  const { x, boxes, labels, images } = detector;
  const once = gpu.tensor("use.progress", [4], "u32");
  const signs = uploadSigns(gpu, plan.atlas, plan.set, plan.ownSticker);
  const own = uploadPhotographs(gpu, preset, plan.photographs);
  const userPhotographs = roomForUserPhotographs(gpu, preset, images);
  const source = (
    label: string,
    stream: number,
    batches: number,
    done: Tensor,
    photos: PhotosOnGpu,
    stickers: boolean,
  ): PictureSource => {
    const order = gpu.tensor(`${label}.order`, [batches, images], "u32");
    const settings = gpu.tensor(`${label}.settings`, [SETTINGS_WORDS], "u32");
    const fixed: Omit<SceneSettings, "attack"> = {
      key: [seed, stream],
      batches,
      classes: signs.classes,
      mean: preset.mean,
      gain: preset.gain,
      photo: [photos.width, photos.height],
      sizes: preset.signSizes,
      stickers: signs.stickers,
    };
    const wear = (attack: Sticking | null) =>
      gpu.write(settings, sceneUniform({ ...fixed, attack }));
    wear(null);
    const tensors = { signs, photos, settings, progress: done, order, x, boxes, labels };
    return { order, specs: sceneSpecs(gpu, { label, ...tensors, stickers }), wear };
  };
  const sources = {
    training: source("scene", Stream.scenes, CHUNK, progress, own, plan.attack !== null),
    unseen: source("use.scene", Stream.unseenScenes, 1, once, own, true),
    user: source("user.scene", Stream.unseenScenes, 1, once, userPhotographs, false),
    userPhotographs,
    signs,
  };
  if (plan.attack) {
    const curriculum = Math.ceil(plan.attack.curriculum * plan.iterations);
    sources.training.wear({ ...plan.attack, poison: { ...plan.attack, curriculum } });
  }
  gpu.write(
    sources.user.order,
    Uint32Array.from({ length: images }, (_, i) => pictureEntry("plain", i)),
  );
  return sources;
}
