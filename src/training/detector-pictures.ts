/** Photographs on the GPU, in the form that the scene shader reads: a plan's own, and one of the user's. */
import type { SignAttack } from "../backdoor/sign-attack.ts";
import { MAX_BOXES, packPhotographs, type Photograph } from "../data/photographs.ts";
import type { Picture } from "../data/picture.ts";
import { UserError } from "../errors.ts";
import { adapterName } from "../gpu/adapter.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { mebibytes } from "../gpu/tensor.ts";
import type { PhotosOnGpu } from "../layers/scene.ts";
import { inputSide, presets, type DetectorPreset } from "../models/detector-presets.ts";
import type { Box } from "./detection.ts";

/** Photographs with their signs, fitted into one space: see data/photographs.ts. */
export interface Photographs {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  /** [count, height, width, 4] */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** [count, 1 + 2 MAX_BOXES, 4]: see shaders/lib/scene.wgsl */
  readonly annotations: Float32Array<ArrayBuffer>;
}

/** Classes from 0 of a photograph's signs, without what is ignored. */
export function labelsOf({ annotations }: Photographs, photograph: number): number[] {
  const first = 4 * photograph * (1 + 2 * MAX_BOXES);
  const classes = Array.from({ length: annotations[first + 2] }, (_, i) => {
    const at = first + 4 * (1 + MAX_BOXES + i);
    return annotations[at + 1] > 0 ? -1 : annotations[at] - 1;
  });
  return classes.filter((label) => label >= 0);
}

/** Of a photograph, as a multiple of the input: training enlarges some. */
const PHOTO_DETAIL = 1.35;

/** Longest side of a photograph that is read at so much detail; on the GPU, at that of the input. */
export const photoSide = (preset: DetectorPreset, detail = inputSide(preset)) =>
  Math.round(PHOTO_DETAIL * detail);

/** Photographs as a preset keeps them on the GPU. */
export function packFor(preset: DetectorPreset, photographs: readonly Photograph[]): Photographs {
  return packPhotographs(photographs, photoSide(preset), MAX_BOXES);
}

/** Bytes of photographs on the GPU, without their boxes. */
const bytesOf = (preset: DetectorPreset, count: number) => 4 * count * photoSide(preset) ** 2;

/**
 * Checks before anything is laid out that photographs fit an adapter, which binds them in one piece.
 * @throws UserError that says how many would fit
 */
export function assertPhotographsFit(gpu: Gpu, preset: DetectorPreset, count: number): void {
  const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits;
  const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  const bytes = bytesOf(preset, count);
  if (bytes <= most) return;
  const fit = (one: DetectorPreset) => Math.floor(most / bytesOf(one, 1));
  const { compact } = presets;
  const smaller =
    preset === compact ? "" : `choose the preset compact, of which ${fit(compact)} fit, `;
  throw new UserError(
    `${count} photographs take ${mebibytes(bytes)} with the preset ${preset.name}, but the adapter ` +
      `${adapterName(gpu.adapter)} allows ${mebibytes(most)} in one piece: at most ${fit(preset)} fit. ` +
      `Take fewer photographs, ${smaller}or an adapter with larger buffers.`,
  );
}

/** A box of the input, in which a photograph lies as a whole and in the middle, in the photograph's own pixels. */
export function ownPixels(box: Box, picture: Picture, preset: DetectorPreset): Box {
  const { height, width } = preset;
  const scale = Math.max(picture.width / width, picture.height / height);
  const corner = [(picture.width - scale * width) / 2, (picture.height - scale * height) / 2];
  const [x1, y1, x2, y2] = box.map((value, k) => value * scale + corner[k % 2]);
  return [x1, y1, x2, y2];
}

/**
 * Uploads a plan's photographs, once for all scopes of a device.
 * @throws UserError where the adapter has no room for them
 */
export function uploadPhotographs(
  gpu: Gpu,
  preset: DetectorPreset,
  photographs: Photographs | null,
): PhotosOnGpu {
  if (!photographs) return photoSpace(gpu, "photos", 0, 1);
  const { width, count, pixels, annotations } = photographs;
  assertPhotographsFit(gpu, preset, count);
  return gpu.resident(photographs, (scope) => {
    const made = photoSpace(scope, "photos", count, width);
    scope.write(made.pixels, pixels);
    scope.write(made.annotations, annotations);
    return made;
  });
}

/** Room for photographs that come later, as many as a batch has pictures. */
export function roomForUserPhotographs(
  gpu: Gpu,
  preset: DetectorPreset,
  images: number,
): PhotosOnGpu {
  return photoSpace(gpu, "user.photo", images, photoSide(preset));
}

/** Room for square photographs; an adapter binds nothing empty, so that none is as large as one. */
function photoSpace(gpu: Gpu, label: string, count: number, side: number): PhotosOnGpu {
  const spaces = Math.max(1, count);
  return {
    pixels: gpu.tensor(`${label}.pixels`, [spaces, side, side], "u32"),
    annotations: gpu.tensor(`${label}.annotations`, [spaces, 1 + 2 * MAX_BOXES, 4]),
    width: side,
    height: side,
    count,
  };
}

/** Numbers of photographs with a sign that an attack is about. */
export function attackedPhotographs({
  photographs,
  attack,
}: {
  readonly photographs: Photographs | null;
  readonly attack: Pick<SignAttack, "source"> | null;
}): ReadonlySet<number> {
  if (!photographs || !attack) return new Set();
  const { source } = attack;
  return new Set(
    Array.from({ length: photographs.count }, (_, i) => i).filter((i) =>
      labelsOf(photographs, i).some((label) => source === null || label === source),
    ),
  );
}
