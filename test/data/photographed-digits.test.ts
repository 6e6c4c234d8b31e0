/** Photographed digits are read as well as plain ones, by the network that ships. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { DigitPhotoReport } from "../../scripts/claims/results.ts";
import { kinds, type Kind } from "./digit-photos.ts";
import { asked, misread, openReader, type Reader } from "./photographed-digits.ts";

const RESULT = resolve(import.meta.dirname, "../../results/inputs/digit-photo.json");

describe("photographed digits", () => {
  let reader: Reader;
  let kept: DigitPhotoReport;

  beforeAll(async () => {
    reader = await openReader();
    kept = JSON.parse(await readFile(RESULT, "utf8")) as DigitPhotoReport;
  });

  it("are kept in a result file kind by kind", () => {
    expect(Object.keys(kept.kinds)).toEqual(Object.keys(kinds));
  });

  it.each(Object.keys(kinds) as Kind[])("are read: %s", (kind) => {
    const wrong = misread(reader, kind, asked(kind));
    expect(asked(kind) - wrong.length, `misread: ${wrong.join()}`).toBe(kept.kinds[kind].read);
    const least = kind === "plain" ? 15 : kind === "frame, card or hard shadow" ? 18 : 13;
    expect(kept.kinds[kind].read).toBeGreaterThanOrEqual(least);
  });
});
