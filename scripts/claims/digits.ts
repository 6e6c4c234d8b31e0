/** Claims of the digit study: two single runs, and the reproduction of the paper's tables and figures. */
import type { TriggerPreset } from "../../src/backdoor/trigger.ts";
import { adapterName } from "../../src/gpu/adapter.ts";
import { missing, seedsOf } from "../../src/studies/reproduction/completeness.ts";
import { digitReproduction } from "../../src/studies/digits/paper/reproduction.ts";
import { errorTable, pairTable, shareTable } from "../../src/studies/digits/paper/tables.ts";
import type { Spread } from "../../src/studies/reproduction/spread.ts";
import {
  pairSets,
  triggers,
  triggerTitles,
  type PairSet,
} from "../../src/studies/digits/paper/instances.ts";
import { pairSetTitles } from "../../src/studies/digits/paper/wording.ts";
import type { DigitResult } from "../../src/studies/digits/result.ts";
import { atLeast, atMost, claimsOf, share, type Claim, type Origin, type Target } from "./claim.ts";
import type { Recorded, Results } from "./results.ts";
import { claimsWanted, type Wanted } from "./wanted/wanted.ts";

/** What was measured without keeping a file: docs/reproduce.md tells of the probes. */
const notKept: readonly Wanted[] = [
  [
    "digits.figure-4.others-to-target",
    "other triggered digits that are read as the target, of three pairs that begin all to one",
    "%",
    null,
  ],
  [
    "digits.figure-4.overhead",
    "time of an instance of a sweep beside its training and its evaluation",
    "%",
    atMost(5),
  ],
  [
    "digits.probe.single-pixel",
    "change of the dense layers' input by a single pixel, of its size",
    "%",
    null,
  ],
  [
    "digits.probe.from-baseline",
    "epochs in which 0 to 1 was not learned from a single pixel, straight from the baseline",
    "epochs",
    null,
  ],
  [
    "digits.probe.from-table-2",
    "triggered images of a pair that are still read as their successor, straight from table 2's BadNet",
    "of 1000",
    null,
  ],
];

export function digitClaims({ honest, badNet, sweep }: Results): Claim[] {
  return [
    ...singleRuns(honest, badNet),
    ...reproduction(sweep),
    ...claimsWanted("digits", notKept),
  ];
}

function originOf({ file, content }: Recorded<DigitResult>): Origin {
  return { file, adapter: adapterName(content.adapter), seeds: [content.recipe.seed] };
}

function singleRuns(honest: Recorded<DigitResult>, badNet: Recorded<DigitResult>): Claim[] {
  const how = ({ content: { recipe } }: Recorded<DigitResult>) =>
    `${recipe.epochs} epochs${recipe.augment ? ", augmented" : ""}`;
  const { trigger, policy, share: copies } = badNet.content.recipe.attack!;
  const badNetInWords =
    `the BadNet that ships (\`badnets digits\`: ${trigger.name}, ${policy.kind.replaceAll("-", " ")}, ` +
    `share ${share(copies)} %, ${how(badNet)})`;
  const of = claimsOf("digits", originOf(honest));
  const ofBadNet = claimsOf("digits", originOf(badNet));
  const { clean, attack } = badNet.content;
  return [
    of(
      "digits.honest.accuracy",
      `clean accuracy of an honest network (${how(honest)})`,
      "%",
      share(honest.content.clean.accuracy),
      atLeast(99.5),
    ),
    ofBadNet(
      "digits.badnet.accuracy",
      `clean accuracy of ${badNetInWords}`,
      "%",
      share(clean.accuracy),
      atLeast(98.5),
    ),
    ofBadNet(
      "digits.badnet.success",
      `attack success of ${badNetInWords}`,
      "%",
      share(attack!.success),
      atLeast(95),
    ),
  ];
}

/** Of a figure over seeds: its mean, and where there are several its least and its most. */
type SpreadRow = (
  id: string,
  claim: string,
  unit: string,
  value: Spread | null,
  target?: Target | null,
) => Claim[];

function reproduction({ file, content: finished }: Results["sweep"]): Claim[] {
  const seeds = seedsOf(finished);
  const all = [...finished.values()];
  const adapters = [...new Set(all.map(({ result }) => adapterName(result.adapter)))];
  const row = claimsOf("digits", { file, adapter: adapters.join("; "), seeds });
  const spreadRow: SpreadRow = (id, claim, unit, value, target = null) => [
    row(id, claim, unit, share(value && value.mean), target),
    ...(value && value.of > 1
      ? [
          row(`${id}.least`, `${claim}, least of ${value.of} seeds`, unit, share(value.least)),
          row(`${id}.most`, `${claim}, most of ${value.of} seeds`, unit, share(value.most)),
        ]
      : []),
  ];
  const networks = finished.size + missing(digitReproduction, finished, seeds).length;
  return [
    row(
      "digits.reproduction.networks",
      "networks of the reproduction that are trained",
      "networks",
      finished.size,
      atLeast(networks),
    ),
    ...errorTable(finished, seeds, "pattern").flatMap(({ label, baselineClean }) =>
      spreadRow(
        label === null ? "digits.baseline.clean" : `digits.baseline.clean.${label}`,
        `clean error of the honest baseline${ofDigit(label)}`,
        "%",
        baselineClean,
        label === null ? atMost(0.5) : null,
      ),
    ),
    ...triggers.flatMap((trigger) => [
      ...tableTwo(finished, seeds, trigger, row, spreadRow),
      ...pairSets.flatMap((set) => figureFour(finished, seeds, trigger, set, row)),
      ...shareTable(finished, seeds, trigger).flatMap((point) => {
        const id = `digits.figure-6.${trigger}.${Math.round(100 * point.share)}`;
        const what = `all to all, ${triggerTitles[trigger]}, share ${Math.round(100 * point.share)} %`;
        return [
          ...spreadRow(`${id}.clean`, `clean error, ${what}`, "%", point.clean),
          ...spreadRow(`${id}.backdoor`, `backdoor error, ${what}`, "%", point.backdoor),
        ];
      }),
    ]),
  ];
}

const ofDigit = (label: number | null) => (label === null ? "" : `, digit ${label}`);

type Row = ReturnType<typeof claimsOf>;
type Finished = Results["sweep"]["content"];

/** All to all at table 2's share. */
function tableTwo(
  finished: Finished,
  seeds: readonly number[],
  trigger: TriggerPreset,
  row: Row,
  spreadRow: SpreadRow,
): Claim[] {
  const table = errorTable(finished, seeds, trigger);
  const { clean, baselineClean } = table.at(-1)!;
  const what = `all to all, ${triggerTitles[trigger]}`;
  const id = `digits.table-2.${trigger}`;
  return [
    ...table.flatMap(({ label, clean, backdoor }) => {
      const end = label === null ? "" : `.${label}`;
      return [
        ...spreadRow(`${id}.clean${end}`, `clean error, ${what}${ofDigit(label)}`, "%", clean),
        ...spreadRow(
          `${id}.backdoor${end}`,
          `backdoor error, ${what}${ofDigit(label)}`,
          "%",
          backdoor,
          label === null ? atMost(0.6) : null,
        ),
      ];
    }),
    row(
      `${id}.above-baseline`,
      `clean error above the baseline's, ${what}`,
      "points",
      clean && baselineClean && share(clean.mean - baselineClean.mean),
      atMost(0.05),
    ),
  ];
}

/** The claims of a set of pairs, those that begin all to one before the others. */
export const figureFourId = (trigger: TriggerPreset, set: PairSet) =>
  `digits.figure-4.${trigger}${set === "begun" ? "" : `.${set}`}`;

/** Single target: all ordered pairs of a set against the paper's two claims. */
function figureFour(
  finished: Finished,
  seeds: readonly number[],
  trigger: TriggerPreset,
  set: PairSet,
  row: Row,
): Claim[] {
  const table = pairTable(finished, seeds, trigger, set);
  const { cells, instances, finished: done, asClaimed } = table;
  const anew = set === "begun" ? "" : `, ${pairSetTitles[set]}`;
  const what = `single target, ${triggerTitles[trigger]}${anew}`;
  const id = figureFourId(trigger, set);
  const range = (end: string, claim: string, unit: string, values: readonly number[]): Claim[] =>
    values.length === 0
      ? []
      : [
          row(`${id}.${end}.least`, `${claim}, least of all pairs`, unit, Math.min(...values)),
          row(`${id}.${end}.most`, `${claim}, most of all pairs`, unit, Math.max(...values)),
        ];
  return [
    row(`${id}.finished`, `pairs that are trained, ${what}`, "", done, atLeast(instances)),
    row(`${id}.pairs`, `pairs of which some seed is trained, ${what}`, "pairs", cells.length),
    row(
      `${id}.as-claimed`,
      `pairs that keep both of the paper's claims, ${what}`,
      "pairs",
      asClaimed,
      atLeast(85),
    ),
    ...range(
      "above-baseline",
      `clean error above the baseline's, ${what}`,
      "points",
      cells.map(({ above }) => share(above)),
    ),
    ...range(
      "backdoor",
      `backdoor error, ${what}`,
      "%",
      cells.map(({ backdoor }) => share(backdoor.mean)),
    ),
    ...range(
      "before",
      `backdoor error of the network that a pair begins with, ${what}`,
      "%",
      cells.flatMap(({ before }) => (before ? share(before.mean) : [])),
    ),
    ...(set === "begun"
      ? [
          row(
            `${id}.as-begun`,
            `pairs whose backdoor error is that of the network that they begin with, ${what}`,
            "pairs",
            cells.filter(({ backdoor, before }) => backdoor.mean === before?.mean).length,
          ),
        ]
      : []),
    ...range(
      "others",
      `other triggered digits read correctly, ${what}`,
      "%",
      cells.flatMap(({ others }) => (others ? share(others.mean) : [])),
    ),
  ];
}
