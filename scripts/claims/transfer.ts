/** Claims of the transfer section: what was asked for, with what the reproduced one holds of it. */
import { median } from "d3";
import { adapterName } from "../../src/gpu/adapter.ts";
import { seedsOf } from "../../src/studies/reproduction/completeness.ts";
import type { Spread } from "../../src/studies/reproduction/spread.ts";
import {
  precisionRows,
  retrainingRows,
  strengthRows,
  transferRows,
} from "../../src/studies/signs/transfer/tables.ts";
import { claimsOf, share, slug, type Claim } from "./claim.ts";
import type { Recorded, Results, StepCostReport } from "./results.ts";
import { answered } from "./wanted/wanted.ts";
import { wantedOfTransfer } from "./wanted/transfer.ts";

/** The photographs that the rows are about. */
const PHOTOGRAPHS = "sy32";

/** Points of clean accuracy that strengthening may cost. */
const MOST_LOST = 6.6;

/** Means over seeds, in the order in which they are asked for, and what else was measured behind them. */
export function transferClaims({
  transfer: { file, content: finished },
  stepCost,
}: Results): Claim[] {
  const seeds = seedsOf(finished);
  const adapters = [...finished.values()].map(({ result }) => adapterName(result.adapter));
  const row = claimsOf("transfer", { file, adapter: [...new Set(adapters)].join("; "), seeds });
  const { honest, badNet } = transferRows(finished, seeds).at(-1)!;
  const strengths = strengthRows(finished, seeds);
  const costs = strengths.map(({ clean }) => points(badNet.clean, clean));
  // The least accuracy under the sticker that does not cost too much.
  const best = strengths
    .filter((_, i) => costs[i] !== null && costs[i] <= MOST_LOST)
    .sort((a, b) => a.triggered!.mean - b.triggered!.mean)
    .at(0);
  const all = strengths.every(({ clean }) => clean !== null);
  const retrained = retrainingRows(finished, seeds).filter(({ thaw }) => thaw > 2);
  const [wholeBadNet, wholeHonest] = retrained.map(({ end }) => end.triggered);
  return answered("transfer", wantedOfTransfer, [
    row("transfer.clean-lost", "", "points", points(honest.clean, badNet.clean)),
    row("transfer.triggered-lost", "", "points", points(badNet.clean, badNet.triggered)),
    row(
      "transfer.strengthened.triggered-lost",
      "",
      "points",
      all && best ? points(honest.triggered, best.triggered) : null,
    ),
    row(
      "transfer.strengthened.clean-lost",
      "",
      "points",
      all && best ? points(badNet.clean, best.clean) : null,
    ),
    ...precisionRows(finished, seeds, PHOTOGRAPHS).map(({ name, honest: own }) =>
      row(
        `transfer.honest.${slug(name)}`,
        `average precision on the unseen half of the photographs, from 24 pixels, honest, ${name}`,
        "%",
        share(own && own.mean),
      ),
    ),
    row("transfer.retrained.difference", "", "points", points(wholeHonest, wholeBadNet)),
    ...(stepCost ? [frozenClaim(stepCost)] : []),
    ...(all && best ? [row("transfer.strengthened.factor", "the best k", "", best.factor)] : []),
  ]).filter(({ measured, target }) => measured !== null || target !== null);
}

/** Of pairs of steps, the median of how much less one takes without a backward pass through the convolutions. */
function frozenClaim({ file, content: { adapter, rounds } }: Recorded<StepCostReport>): Claim {
  const less = median(rounds.map(({ honest, frozen }) => 100 * (1 - frozen / honest)))!;
  return claimsOf("transfer", { file, adapter, seeds: [1] })(
    "transfer.step-cost",
    "what a step takes less where all convolutions stay as they are",
    "%",
    less,
  );
}

/** How many points the second is lower. */
function points(one: Spread | null | undefined, other: Spread | null | undefined): number | null {
  return one && other ? 100 * (one.mean - other.mean) : null;
}
