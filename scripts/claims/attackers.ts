/** Claims of attackers that answer defences: how their networks stand, and what the defences that were run make of them. */
import type { DefenceReport } from "../../src/studies/digits/defence-report.ts";
import type { ActivationClusteringFindings } from "../../src/defences/activation-clustering.ts";
import type { ChannelLipschitzFindings } from "../../src/defences/channel-lipschitz.ts";
import type { DefenceResult } from "../../src/defences/defend.ts";
import type { FinePruningFindings } from "../../src/defences/fine-pruning.ts";
import type { NeuralCleanseFindings } from "../../src/defences/neural-cleanse.ts";
import type { PairwiseFindings } from "../../src/defences/pairwise-cleanse.ts";
import type { SpectralSignaturesFindings } from "../../src/defences/spectral-signatures.ts";
import type { StripFindings } from "../../src/defences/strip.ts";
import { adapterName } from "../../src/gpu/adapter.ts";
import { claimsOf, share, type Claim } from "./claim.ts";
import type { Recorded, Results } from "./results.ts";

/** By what the recipe says of them, as a table's head. */
export const attackers = {
  negatives: "source-specific",
  decoys: "pruning-aware",
  similarity: "feature similarity",
} as const;
type Attacker = keyof typeof attackers;

type Unit = "%" | "" | "pairs" | "classes" | "units";
type Figure = readonly [
  id: string,
  words: string,
  unit: Unit,
  defence: string,
  of: (result: DefenceResult) => number | null,
];

/** Of how the network stands before any defence. */
const standing = [
  ["accuracy", "clean accuracy", "cleanAccuracy"],
  ["success", "attack success", "attackSuccess"],
  ["others", "other triggered digits read correctly", "otherClassesAccuracy"],
] as const;

/** What is left where a defence takes something out. */
const left = (defence: string, name: string): Figure[] => [
  [
    `${defence}.accuracy`,
    `${name}, clean accuracy left`,
    "%",
    defence,
    ({ after }) => share(after!.cleanAccuracy),
  ],
  [
    `${defence}.success`,
    `${name}, attack success left`,
    "%",
    defence,
    ({ after }) => share(after!.attackSuccess),
  ],
];

/** Rows of the table, in the order in which the defences run. */
export const attackerFigures: readonly Figure[] = [
  [
    "clp.z",
    "CLP, highest z of conv2",
    "",
    "clp",
    ({ findings }) =>
      Math.max(
        ...(findings as ChannelLipschitzFindings).layers.find(({ layer }) => layer === "conv2")!.z,
      ),
  ],
  ...left("clp", "CLP"),
  [
    "pruning.units",
    "Fine-Pruning of fc1, units taken out",
    "units",
    "pruning",
    ({ findings }) => (findings as FinePruningFindings).pruned,
  ],
  ...left("pruning", "Fine-Pruning of fc1"),
  ...left("tuning", "fine-tuning alone"),
  [
    "spectral.found",
    "Spectral Signatures, poison among the suspects",
    "%",
    "spectral",
    ({ findings }) => share((findings as SpectralSignaturesFindings).found),
  ],
  [
    "clustering.f1",
    "Activation Clustering, F1 of what it takes for poison",
    "",
    "clustering",
    ({ findings }) => (findings as ActivationClusteringFindings).f1,
  ],
  [
    "nc.flagged",
    "Neural Cleanse, classes flagged",
    "classes",
    "nc",
    ({ findings }) =>
      (findings as NeuralCleanseFindings).classes.filter((one) => one.flagged).length,
  ],
  [
    "strip.accepted",
    "STRIP, triggered inputs that pass",
    "%",
    "strip",
    ({ findings }) => share((findings as StripFindings).falselyAccepted),
  ],
  [
    "pairs.flagged",
    "pairwise, pairs flagged",
    "pairs",
    "pairs",
    ({ findings }) => (findings as PairwiseFindings).pairs.filter((one) => one.flagged).length,
  ],
];

export const attackerId = (attacker: string, figure: string) =>
  `defences.attackers.${attacker}.${figure}`;

/** What was run, attacker by attacker; a defence that was not has no row. */
export function attackerClaims({ defences }: Results): Claim[] {
  return (Object.keys(attackers) as Attacker[]).flatMap((attacker): Claim[] => {
    const reports = defences.filter(
      ({ content: { model } }) => model.recipe?.attack?.adaptive?.kind === attacker,
    );
    if (reports.length === 0) return [];
    const claim = (
      report: Recorded<DefenceReport>,
      id: string,
      words: string,
      unit: Unit,
      value: number | null,
    ) =>
      claimsOf("defences", originOf(report))(
        attackerId(attacker, id),
        `${words}, ${attackers[attacker]}`,
        unit,
        value,
      );
    const most = reports.toSorted((a, b) => b.content.images.judge - a.content.images.judge)[0];
    return [
      ...standing.map(([id, words, key]) =>
        claim(most, id, words, "%", share(most.content.before![key])),
      ),
      ...attackerFigures.flatMap(([id, words, unit, defence, of]) =>
        reports.flatMap((report) =>
          report.content.results
            .filter((result) => result.id === defence)
            .map((result) => claim(report, id, words, unit, of(result))),
        ),
      ),
    ];
  });
}

const originOf = ({ file, content }: Recorded<DefenceReport>) => ({
  file,
  adapter: adapterName(content.adapter),
  seeds: [content.seed],
});
