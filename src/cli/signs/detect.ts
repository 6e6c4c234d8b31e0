/** `badnets signs detect`: finds signs in photographs, and writes the photographs with boxes. */
import { extname, join } from "node:path";
import type { Picture } from "../../data/picture.ts";
import { UserError } from "../../errors.ts";
import { percent } from "../../format.ts";
import { readPicture } from "../../node/photo-dir.ts";
import { encodePng } from "../../node/pictures.ts";
import { writeOutput } from "../../node/write-output.ts";
import { dressed, type Dressing } from "../../studies/signs/dressed-photograph.ts";
import { inputSide } from "../../models/detector-presets.ts";
import { classNames } from "../../studies/signs/recipe.ts";
import { parametersSha256 } from "../../training/parameter-values.ts";
import type { Detection } from "../../training/detection.ts";
import type { DetectorTrainer } from "../../training/detector-trainer.ts";
import { detailFor, detectInTiles, tilesOf } from "../../training/tiles.ts";
import { dressingFrom, stickerFiles } from "./attack.ts";
import { detailFrom } from "./detail.ts";
import { ensureOutputs, filesOf } from "../shared/output.ts";
import { shortNames } from "./short-names.ts";
import { loadDetector, openDevice, readModel } from "./files.ts";
import { positiveNumber, textOf, UsageError, type Options } from "../shared/options.ts";
import { jsonText } from "../../text/json.ts";
import { noteProvenance } from "../shared/provenance.ts";
import { note, say } from "../shared/say.ts";

const boxColours = [
  [255, 60, 60],
  [60, 200, 255],
  [90, 255, 90],
  [255, 180, 40],
  [255, 90, 255],
] as const;

/** What was found in a photograph, as --json has it. */
type Found =
  | {
      readonly file: string;
      /** The photograph with boxes. */
      readonly picture: string;
      readonly width: number;
      readonly height: number;
      /** Pixels of the longest side at which it was read. */
      readonly detail: number;
      /** Boxes in pixels of the photograph. */
      readonly detections: readonly {
        readonly class: string;
        readonly score: number;
        readonly box: Detection["box"];
      }[];
    }
  | { readonly file: string; readonly error: string };

/** @returns the exit status: 1 where a photograph could not be read */
export async function detectSigns(given: Options, images: readonly string[]): Promise<number> {
  if (images.length === 0) {
    throw new UsageError("detect needs photographs: JPEG, PNG, WebP or PPM files.");
  }
  const out = textOf(given, "out") ?? ".";
  const json = textOf(given, "json");
  const least = positiveNumber(given, "least", 1) ?? 0.5;
  const detail = detailFrom(given);
  const stored = await readModel(given, "detect");
  const dressing = await dressingFrom(given, stored.recipe);
  const names = shortNames(
    images.map((file) => file.slice(0, file.length - extname(file).length)),
    "-",
  );
  const targets = names.map((name) => join(out, `${name}-signs.png`));
  const pictures = targets.map((path, i) => ({
    name: `the picture with boxes of ${images[i]}`,
    path,
  }));
  const photographs = images.map((path) => ({ name: "detect", path }));
  await ensureOutputs(
    out,
    [...filesOf(given, "json"), ...pictures],
    [...photographs, ...filesOf(given, "model"), ...stickerFiles(given)],
  );
  await noteProvenance(textOf(given, "model")!);
  const gpu = await openDevice(given);
  const trainer = await loadDetector(gpu, stored);
  const classes = classNames(stored.recipe.set);
  const all: Found[] = [];
  for (const [i, file] of images.entries()) {
    try {
      const about = { file, target: targets[i], least, detail, classes, dressing };
      all.push(await detectIn(trainer, about));
    } catch (error) {
      // The others are looked at all the same.
      if (!(error instanceof UserError) || gpu.lost) throw error;
      note(`badnets: ${error.message}`);
      all.push({ file, error: error.message });
    }
  }
  gpu.destroy();
  if (json !== undefined) {
    const digest = await parametersSha256(stored.state.parameters);
    const found = {
      format: "badnets-sign-detections",
      version: 1,
      parametersSha256: digest,
      least,
      classes,
    };
    await writeOutput(json, jsonText({ ...found, images: all }));
  }
  return all.some((one) => "error" in one) ? 1 : 0;
}

async function detectIn(
  trainer: DetectorTrainer,
  {
    file,
    target,
    least,
    detail,
    classes,
    dressing,
  }: {
    file: string;
    target: string;
    least: number;
    /** null: what the photograph needs */
    detail: number | null;
    classes: readonly string[];
    dressing: Dressing | null;
  },
): Promise<Found> {
  let picture = await readPicture(file);
  const at = detail ?? detailFor(picture);
  const tiles = tilesOf(picture, inputSide(trainer.plan.preset), at);
  const begun = performance.now();
  const detect = async () =>
    (await detectInTiles(trainer, picture, tiles)).filter(({ score }) => score >= least);
  const inWords = (found: readonly Detection[]) =>
    found
      .map(
        ({ label, score, box }) =>
          `${classes[label]} ${percent(score)} at ${box.map((v) => Math.round(v)).join(", ")}`,
      )
      .join("; ") || "no signs";
  let found = await detect();
  const seconds = (performance.now() - begun) / 1000;
  if (dressing) {
    await say(`${file}: ${inWords(found)}; and with the sticker on them:`, true);
    picture = dressed(picture, found, dressing);
    found = await detect();
  }
  const { width, height } = picture;
  const drawn = { ...picture, data: Uint8Array.from(picture.data) };
  for (const { label, box } of found) {
    drawBox(drawn, box, boxColours[label], Math.max(1, Math.round(width / 300)));
  }
  await writeOutput(target, await encodePng(drawn));
  const pieces = tiles.length === 1 ? "as a whole" : `in ${tiles.length} pieces`;
  await say(`${target}: ${inWords(found)} (read ${pieces}, ${seconds.toFixed(1)} s)`, true);
  const detections = found.map(({ label, score, box }) => ({ class: classes[label], score, box }));
  return { file, picture: target, width, height, detail: at, detections };
}

function drawBox(
  { width, height, data }: Picture,
  box: readonly number[],
  colour: readonly [number, number, number],
  thick: number,
): void {
  const [x1, y1, x2, y2] = box.map(Math.round);
  for (let y = y1 - thick; y <= y2 + thick; y++) {
    for (let x = x1 - thick; x <= x2 + thick; x++) {
      const inner = x >= x1 && x <= x2 && y >= y1 && y <= y2;
      if (inner || x < 0 || y < 0 || x >= width || y >= height) continue;
      data.set([...colour, 255], 4 * (y * width + x));
    }
  }
}
