/** Claims of the defences: what was asked for, with what results/defences holds of it. */
import { targetOf, type Policy } from "../../src/backdoor/attack.ts";
import { adapterName } from "../../src/gpu/adapter.ts";
import type { DefenceReport } from "../../src/studies/digits/defence-report.ts";
import type { DefenceResult } from "../../src/defences/defend.ts";
import type { ActivationClusteringFindings } from "../../src/defences/activation-clustering.ts";
import type { ChannelLipschitzFindings } from "../../src/defences/channel-lipschitz.ts";
import type { MarginFindings } from "../../src/defences/margin.ts";
import type { NeuralCleanseFindings } from "../../src/defences/neural-cleanse.ts";
import type { PairwiseFindings } from "../../src/defences/pairwise-cleanse.ts";
import type { SpectralSignaturesFindings } from "../../src/defences/spectral-signatures.ts";
import type { StripFindings } from "../../src/defences/strip.ts";
import type { UntargetedFindings } from "../../src/defences/untargeted-cleanse.ts";
import { DIGIT_CLASSES } from "../../src/models/digit-net.ts";
import type { DigitRecipe } from "../../src/studies/digits/recipe.ts";
import { triggers } from "../../src/studies/digits/paper/instances.ts";
import { pairTable } from "../../src/studies/digits/paper/tables.ts";
import { seedsOf } from "../../src/studies/reproduction/completeness.ts";
import { sweepSeedOf } from "../../src/studies/digits/zoo/reproduction.ts";
import { combinationOf, defenceRows, populationOf } from "../../src/studies/digits/zoo/tables.ts";
import { claimsOf, share, type Claim } from "./claim.ts";
import type { Recorded, Results } from "./results.ts";
import { wantedOfDefences } from "./wanted/defences.ts";
import { answered } from "./wanted/wanted.ts";

/** The networks that defences are measured on, as the claims call them. */
type Network =
  "honest" | "all-to-all" | "single-pixel" | "shipped" | "all-to-one" | "source-specific";

/** Of the network that is all to one. */
const TARGET = 5;

interface Figure {
  readonly id: string;
  readonly defence: string;
  readonly network: Network;
  readonly of: (result: DefenceResult, recipe: DigitRecipe | null) => number | null;
}

/** Each is a row of what was asked for, which has its words and its unit. */
const figures: readonly Figure[] = [
  {
    id: "nc.all-to-one",
    defence: "nc",
    network: "all-to-one",
    of: ({ findings }) => indexOf(findings as NeuralCleanseFindings),
  },
  { id: "nc.seconds", defence: "nc", network: "all-to-one", of: ({ seconds }) => seconds },
  ...(["all-to-one", "source-specific", "all-to-all", "honest"] as const).map(
    (network): Figure => ({
      id: `pairs.${network}`,
      defence: "pairs",
      network,
      of: ({ findings }, recipe) =>
        pairsFound(findings as PairwiseFindings, recipe?.attack?.policy ?? null),
    }),
  ),
  ...(["all-to-all", "single-pixel", "shipped", "honest"] as const).map((network): Figure => ({
    id: `untargeted.${network}`,
    defence: "untargeted",
    network,
    of: ({ findings }) => (findings as UntargetedFindings).l1,
  })),
  ...(["all-to-one", "honest"] as const).map((network): Figure => ({
    id: `mm-bd.${network}`,
    defence: "mmbd",
    network,
    of: ({ findings }) => (findings as MarginFindings).ratio,
  })),
  {
    id: "strip.accepted",
    defence: "strip",
    network: "all-to-one",
    of: ({ findings }) => share((findings as StripFindings).falselyAccepted),
  },
  {
    id: "clustering.all-to-all",
    defence: "clustering",
    network: "all-to-all",
    of: ({ findings }) => (findings as ActivationClusteringFindings).f1,
  },
  {
    id: "spectral.shipped",
    defence: "spectral",
    network: "shipped",
    of: ({ findings }) => (findings as SpectralSignaturesFindings).found,
  },
  {
    id: "clp.accuracy",
    defence: "clp",
    network: "all-to-all",
    of: ({ after }) => share(after?.cleanAccuracy ?? null),
  },
  {
    id: "clp.success",
    defence: "clp",
    network: "all-to-all",
    of: ({ after }) => share(after?.attackSuccess ?? null),
  },
  {
    id: "clp.honest",
    defence: "clp",
    network: "honest",
    of: ({ findings }) => (findings as ChannelLipschitzFindings).pruned.length,
  },
  {
    id: "pruning.success",
    defence: "pruning",
    network: "all-to-all",
    of: ({ after }) => share(after?.attackSuccess ?? null),
  },
  {
    id: "pruning.accuracy",
    defence: "pruning",
    network: "all-to-all",
    of: ({ after }) => share(after?.cleanAccuracy ?? null),
  },
];

/** Of the attacker's target; null where another class is flagged. */
function indexOf({ classes }: NeuralCleanseFindings): number | null {
  const flagged = classes.filter((one) => one.flagged);
  return flagged.length === 1 && flagged[0].target === TARGET ? flagged[0].index : null;
}

/** Pairs that are flagged, of those that the attacker made; of an honest network all. */
function pairsFound({ pairs }: PairwiseFindings, policy: Policy | null): number {
  const made = ({ source, target }: PairwiseFindings["pairs"][number]) =>
    policy === null || targetOf(policy, source, DIGIT_CLASSES) === target;
  return pairs.filter((one) => one.flagged && made(one)).length;
}

/** Rows in the order in which they are asked for. */
export function defenceClaims({ defences, sweep, zoo }: Results): Claim[] {
  const measured = figures.flatMap(({ id, defence, network, of }): Claim[] => {
    const judged = mostJudged(defences, defence, network);
    if (!judged) return [];
    const { file, content } = judged;
    const origin = { file, adapter: adapterName(content.adapter), seeds: [content.seed] };
    const result = content.results.find((one) => one.id === defence)!;
    const name = `defences.${id}`;
    const [, words, unit] = wantedOfDefences.find(([asked]) => asked === name)!;
    return [claimsOf("defences", origin)(name, words, unit, of(result, content.model.recipe))];
  });
  return answered("defences", wantedOfDefences, [
    ...measured,
    ...populationClaims(zoo),
    ...pairsAnew(sweep),
  ]);
}

/** Networks of the population, and how well the defences tell them apart. */
function populationClaims({ file, content: finished }: Results["zoo"]): Claim[] {
  const population = populationOf(finished);
  const { members } = population;
  if (members.length === 0) return [];
  const adapters = new Set(members.map((one) => adapterName(one.file.result.adapter)));
  const row = claimsOf("defences", {
    file,
    adapter: [...adapters].join("; "),
    seeds: seedsOf(finished, sweepSeedOf),
  });
  const honest = members.filter(({ kind }) => kind === null).length;
  // One that is shown a trigger judges inputs, and not the network.
  const areas = defenceRows(population).flatMap(({ area, shown }) => (shown ? [] : (area ?? [])));
  return [
    row("defences.zoo.honest", "", "networks", honest),
    row("defences.zoo.poisoned", "", "networks", members.length - honest),
    row("defences.zoo.single", "", "", areas.length === 0 ? null : Math.max(...areas)),
    row("defences.zoo.combined", "", "", combinationOf(population)?.area ?? null),
  ];
}

/** Figure 4's pairs that do not begin all to one, of which some are trained. */
function pairsAnew({ file, content: finished }: Results["sweep"]): Claim[] {
  const seeds = seedsOf(finished);
  const adapters = [
    ...new Set([...finished.values()].map(({ result }) => adapterName(result.adapter))),
  ];
  const row = claimsOf("defences", { file, adapter: adapters.join("; "), seeds });
  return triggers.flatMap((trigger) =>
    (["alone", "negatives"] as const).flatMap((set): Claim[] => {
      const { cells, asClaimed } = pairTable(finished, seeds, trigger, set);
      if (cells.length === 0) return [];
      const id = `defences.figure-4.${trigger}${set === "negatives" ? ".negative" : ""}`;
      const others = cells.flatMap((cell) => (cell.others ? share(cell.others.mean) : []));
      return [
        row(`${id}.as-claimed`, "", "pairs", asClaimed),
        ...(set === "negatives" ? [row(`${id}.others`, "", "%", Math.min(...others))] : []),
      ];
    }),
  );
}

/** Of several reports of a defence on a network, the one that most images judge. */
function mostJudged(
  reports: readonly Recorded<DefenceReport>[],
  defence: string,
  network: Network,
): Recorded<DefenceReport> | undefined {
  return reports
    .filter(
      ({ content: { model, results } }) =>
        model.recipe !== null &&
        networkOf(model.recipe) === network &&
        results.some(({ id }) => id === defence),
    )
    .toSorted((a, b) => b.content.images.judge - a.content.images.judge)[0];
}

function networkOf({ attack }: DigitRecipe): Network | null {
  if (!attack) return "honest";
  const { policy, share, trigger, adaptive } = attack;
  // Those have claims of their own, but for the pair that is asked for.
  if (adaptive) return adaptive.kind === "negatives" ? "source-specific" : null;
  if (policy.kind === "all-to-one" && trigger.name === "pattern") return "all-to-one";
  if (policy.kind !== "all-to-all") return null;
  if (share === 0.33) return trigger.name === "pattern" ? "all-to-all" : "single-pixel";
  return share === 0.1 && trigger.name === "pattern" ? "shipped" : null;
}
