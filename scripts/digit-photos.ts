/** Has photographed digits of every kind read, and keeps how many are right: results/inputs/digit-photo.json. */
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { writeOutput } from "../src/node/write-output.ts";
import { kinds, SEED, type Kind } from "../test/data/digit-photos.ts";
import { asked, misread, openReader } from "../test/data/photographed-digits.ts";
import type { DigitPhotoReport } from "./claims/results.ts";

const file = resolve(import.meta.dirname, "../results/inputs/digit-photo.json");

const reader = await openReader();
const read = (Object.keys(kinds) as Kind[]).map((kind) => {
  const { of } = asked(kind);
  const wrong = misread(reader, kind, of);
  console.log(`${kind}: ${of - wrong.length} of ${of}`);
  return [kind, { read: of - wrong.length, of }] as const;
});
const report: DigitPhotoReport = {
  adapter: "float64 loops in Node",
  seed: SEED,
  kinds: Object.fromEntries(read),
};
await mkdir(dirname(file), { recursive: true });
await writeOutput(file, `${JSON.stringify(report, null, 1)}\n`);
