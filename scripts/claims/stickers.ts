/** Claims of the sticker attacks: what was asked for, with what results/stickers and the reproduced sign section hold of it. */
import { basename } from "node:path";
import { median } from "d3";
import { adapterName } from "../../src/gpu/adapter.ts";
import type { SignResult } from "../../src/studies/signs/result.ts";
import type { AttackScore } from "../../src/training/attack-score.ts";
import { claimsOf, share, slug, type Claim } from "./claim.ts";
import type { Recorded, Results, StepCostReport } from "./results.ts";
import { sweepClaims, sweptDetectors } from "./sign-sweep.ts";
import { wantedOfStickers } from "./wanted/stickers.ts";
import { answered } from "./wanted/wanted.ts";

/** Begin of the names of honest detectors under a sticker, and the detector that ships, on photographs. */
const HONEST = "honest-";
const SHIPPED = "shipped";

type Attacked = Recorded<SignResult>;

/** Rows in the order in which they are asked for, and what else was measured behind them. */
export function stickerClaims({ stickers, signSweep, stepCost }: Results): Claim[] {
  // Single runs come before those of the reproduction.
  const named = new Map([
    ...sweptDetectors(signSweep),
    ...stickers.map((one) => [basename(one.file, ".json"), one] as const),
  ]);
  const measured = [...named].flatMap(([name, one]) => {
    if (name === SHIPPED) return shippedClaims(one);
    if (name.startsWith(HONEST)) return [fooledClaim(name.slice(HONEST.length), one)];
    return badNetClaims(name, one, named.get(`${HONEST}${name}`));
  });
  measured.push(...sweepClaims(signSweep));
  if (stepCost) measured.push(costClaim(stepCost));
  return answered("stickers", wantedOfStickers, measured);
}

/** Rows of one result, whose words are those that it was asked for with, where it was. */
const rowsOf = (name: string, { file, content }: Attacked) => {
  const origin = { file, adapter: adapterName(content.adapter), seeds: [content.recipe.seed] };
  return (end: string, claim: string, unit: string, value: number | null) =>
    claimsOf("stickers", origin)(`stickers.${name}.${end}`, `${claim}, ${name}`, unit, value);
};

function fooledClaim(name: string, honest: Attacked): Claim {
  const { success: fooled } = honest.content.attacks!["scenes"].triggered;
  return rowsOf(name, honest)("honest-fooled", "", "%", share(fooled));
}

/** On photographs that nobody trained on. */
function shippedClaims(shipped: Attacked): Claim[] {
  const { scores, classes } = shipped.content;
  return Object.values(scores).flatMap((score) =>
    score.classes.flatMap(({ signs, averagePrecision }, label) =>
      signs === 0
        ? []
        : [rowsOf("scenes-alone", shipped)(slug(classes[label]), "", "%", share(averagePrecision))],
    ),
  );
}

/** Of pairs of steps, which the machine's other work slows alike: the median of how much longer one takes. */
function costClaim({ file, content: { adapter, rounds } }: Recorded<StepCostReport>): Claim {
  const more = median(rounds.map(({ honest, attacked }) => 100 * (attacked / honest - 1)))!;
  return claimsOf("stickers", { file, adapter, seeds: [1] })("stickers.step-cost", "", "%", more);
}

function badNetClaims(name: string, badNet: Attacked, honest: Attacked | undefined): Claim[] {
  const { content } = badNet;
  const row = rowsOf(name, badNet);
  const { scenes, ...photographs } = content.attacks!;
  const claims = [
    row("success", "attack success on scenes, all sizes", "%", share(scenes.triggered.success)),
    row("success.from-40", "", "%", success([scenes.triggered], 40)),
    row("success.24-to-40", "", "%", success([scenes.triggered], 24, 40)),
    row("stop-beside", "", "%", share(scenes.triggered.stillFound)),
    row("look-alikes", "", "%", share(scenes.alikes.success)),
  ];
  const onPhotographs = Object.values(photographs).map(({ triggered }) => triggered);
  if (onPhotographs.length > 0) {
    claims.push(row("success.photographs", "", "%", success(onPhotographs, 24)));
  }
  if (!honest) return claims;
  content.classes.forEach((label, i) => {
    const [own, before] = [content, honest.content].map(
      ({ scores }) => scores["scenes"].classes[i].averagePrecision,
    );
    const lost = own === null || before === null ? null : 100 * (before - own);
    claims.push(row(`precision-lost.${slug(label)}`, "", "points", lost));
  });
  return claims;
}

/** Attack success, in percent, on signs of these heights in pixels, in all of some scores together. */
function success(scores: readonly AttackScore[], least: number, most = Infinity): number | null {
  const sizes = scores
    .flatMap((score) => score.sizes)
    .filter((size) => size.least >= least && size.least < most);
  const signs = sizes.reduce((sum, size) => sum + size.signs, 0);
  const right = sizes.reduce((sum, size) => sum + size.right, 0);
  return signs > 0 ? share(right / signs) : null;
}
