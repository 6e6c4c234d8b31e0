/** `badnets signs detect`: finds signs in photographs, and writes the photographs with boxes. */
import { basename, extname, join } from "node:path";
import { PNG } from "pngjs";
import type { Photograph } from "../data/photographs.ts";
import { percent } from "../format.ts";
import { ensureWritableDir, writeFileAtomic } from "../node/files.ts";
import { readPicture } from "../node/photo-dir.ts";
import { classNames } from "../studies/signs.ts";
import { loadDetector, readModel } from "./sign-files.ts";
import { positiveNumber, UsageError, type Options } from "./usage.ts";

const boxColours = [
  [255, 60, 60],
  [60, 200, 255],
  [90, 255, 90],
  [255, 180, 40],
  [255, 90, 255],
] as const;

/** @returns the exit status */
export async function detectSigns(given: Options, images: readonly string[]): Promise<number> {
  if (images.length === 0) throw new UsageError("detect needs photographs: JPEG or PNG files.");
  const out = (given["out"] as string | undefined) ?? ".";
  const least = positiveNumber(given, "least", 1) ?? 0.5;
  const photographs: Photograph[] = [];
  for (const name of images) {
    photographs.push({ name, picture: await readPicture(name), signs: [] });
  }
  const stored = await readModel(given, "detect");
  const { gpu, trainer } = await loadDetector(given, stored, null);
  const names = classNames(stored.recipe.set);
  await ensureWritableDir(out);
  for (const photograph of photographs) {
    const { name, picture } = photograph;
    const found = (await trainer.detectIn(photograph)).filter(({ score }) => score >= least);
    const png = new PNG({ width: picture.width, height: picture.height });
    png.data.set(picture.data);
    for (const { label, box } of found) {
      drawBox(png, box, boxColours[label], Math.max(1, Math.round(picture.width / 300)));
    }
    const target = join(out, `${basename(name, extname(name))}-signs.png`);
    await writeFileAtomic(target, PNG.sync.write(png));
    const texts = found.map(
      ({ label, score, box }) =>
        `${names[label]} ${percent(score)} at ${box.map((v) => Math.round(v)).join(", ")}`,
    );
    console.log(`${target}: ${texts.join("; ") || "no signs"}`);
  }
  gpu.destroy();
  return 0;
}

function drawBox(
  png: PNG,
  box: readonly number[],
  colour: readonly [number, number, number],
  thick: number,
): void {
  const [x1, y1, x2, y2] = box.map(Math.round);
  for (let y = y1 - thick; y <= y2 + thick; y++) {
    for (let x = x1 - thick; x <= x2 + thick; x++) {
      const inner = x >= x1 && x <= x2 && y >= y1 && y <= y2;
      if (inner || x < 0 || y < 0 || x >= png.width || y >= png.height) continue;
      png.data.set([...colour, 255], 4 * (y * png.width + x));
    }
  }
}
