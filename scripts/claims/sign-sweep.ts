/** Claims of the reproduced sign section: its detectors as the claims of stickers read them, the random target, the shares. */
import { adapterName } from "../../src/gpu/adapter.ts";
import { seedsOf } from "../../src/studies/reproduction/completeness.ts";
import { badNet, honest, stickers, TABLE_SHARE } from "../../src/studies/signs/paper/instances.ts";
import { randomRows, shareTable } from "../../src/studies/signs/paper/tables.ts";
import type { SignResult } from "../../src/studies/signs/result.ts";
import { claimsOf, share as inPercent, type Claim } from "./claim.ts";
import type { Recorded, Results } from "./results.ts";

/** The attacked detectors of the first seed by their stickers, and as `honest-STICKER` the honest one under the same. */
export function sweptDetectors({
  file,
  content: finished,
}: Results["signSweep"]): [name: string, Recorded<SignResult>][] {
  const [seed] = seedsOf(finished);
  if (seed === undefined) return [];
  const at = (id: string) => `${file}/${id}.json`;
  const clean = honest(seed);
  const cleanFile = finished.get(clean.id);
  const found: [string, Recorded<SignResult>][] = [];
  for (const sticker of stickers) {
    const own = badNet(seed, sticker, TABLE_SHARE);
    const result = finished.get(own.id)?.result;
    if (result) found.push([sticker, { file: at(own.id), content: result }]);
    const fooled = cleanFile?.evidence?.fooled?.[sticker];
    if (!cleanFile || !fooled) continue;
    // Of the honest detector only what the sticker does is read.
    const attacks = Object.fromEntries(
      Object.entries(fooled).map(([on, score]) => [on, { triggered: score, alikes: score }]),
    );
    found.push([
      `honest-${sticker}`,
      { file: at(clean.id), content: { ...cleanFile.result, attacks } },
    ]);
  }
  return found;
}

/** Means over its seeds. */
export function sweepClaims({ file, content: finished }: Results["signSweep"]): Claim[] {
  const seeds = seedsOf(finished);
  const adapters = [...finished.values()].map(({ result }) => adapterName(result.adapter));
  const row = claimsOf("stickers", { file, adapter: [...new Set(adapters)].join("; "), seeds });
  const { triggered } = randomRows(finished, seeds).at(-1)!.badNet;
  return [
    row("stickers.random-target.accuracy", "", "%", inPercent(triggered && triggered.mean)),
    ...shareTable(finished, seeds).map(({ share, success }) =>
      row(
        `stickers.share.${Math.round(100 * share)}.success`,
        "",
        "%",
        inPercent(success && success.mean),
      ),
    ),
  ];
}
