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
    const { of, least } = asked(kind);
    const wrong = misread(reader, kind, of);
    expect(of - wrong.length, `misread: ${wrong.join()}`).toBeGreaterThanOrEqual(least);
    expect(kept.kinds[kind]).toEqual({ read: of - wrong.length, of });
  });
});
