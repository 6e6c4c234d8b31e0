/** What the population's report shows: how well each defence, and all together, tell poisoned networks from honest ones. */
import { defences } from "../../../defences/table.ts";
import { spread, type Spread } from "../../reproduction/spread.ts";
import { askings } from "./asking.ts";
import type { Finished, InstanceFile, ZooAnswer } from "./instance-file.ts";
import { counted, counts, kindOf, kinds, readId, sizes, type Kind } from "./instances.ts";
import { crossEntropy, fitLogistic, logOdds } from "./logistic.ts";
import { areaUnder, bestThreshold, rocOf, type RocPoint, type Scored } from "./roc.ts";

/** Attack success from which a network counts as poisoned: training on poison does not always take. */
export const TAKEN = 0.5;

/** A network that defences are judged by. */
export interface Member {
  readonly file: InstanceFile;
  /** null: honest. */
  readonly kind: Kind | null;
  readonly half: 0 | 1;
  readonly answers: ReadonlyMap<string, ZooAnswer>;
}

export interface Population {
  readonly members: readonly Member[];
  /** Trained on poison that did not take: neither honest nor poisoned, and in no figure. */
  readonly failed: readonly InstanceFile[];
}

/**
 * The networks, in two halves that have as many of each sort and kind as they can: honest ones in turn, poisoned ones
 * by rounds of the kinds.
 */
export function populationOf(finished: Finished): Population {
  const members: Member[] = [];
  const failed: InstanceFile[] = [];
  for (const file of finished.values()) {
    const { sort, number } = readId(file.id)!;
    const { evidence, result } = file;
    if (sort === "count" || !evidence) continue;
    const answers = new Map(evidence.answers.map((answer) => [answer.id, answer]));
    if (sort === "honest") {
      members.push({ file, kind: null, half: number % 2 === 0 ? 0 : 1, answers });
    } else if (result.attack!.success < TAKEN) {
      failed.push(file);
    } else {
      const half = Math.floor(number / kinds.length) % 2 === 0 ? 0 : 1;
      members.push({ file, kind: kindOf(number), half, answers });
    }
  }
  return { members, failed };
}

/** Of so many networks. */
export interface Counted {
  readonly networks: number;
  readonly of: number;
}

/** How well one number tells the networks apart. */
export interface Judged {
  readonly honest: number;
  readonly poisoned: number;
  readonly curve: readonly RocPoint[] | null;
  readonly area: number | null;
  /** Each half by what was fitted to the other, and over both: nats, and networks. null: a half lacks a sort. */
  readonly crossEntropy: number | null;
  readonly falseAlarms: Counted | null;
  readonly found: Counted | null;
  /** Area of each kind of attack against all honest networks, and the networks of the kind. */
  readonly byKind: readonly {
    readonly kind: Kind;
    readonly networks: number;
    readonly area: number | null;
  }[];
}

export interface DefenceRow extends Judged {
  readonly id: string;
  readonly name: string;
  readonly statistic: string;
  /** See Asking. */
  readonly shown: boolean;
  /** Means over its networks. */
  readonly seconds: number;
  readonly passes: number;
}

/** Each defence that some network was shown to, in order of cost. */
export function defenceRows({ members }: Population): DefenceRow[] {
  return askings.flatMap(({ id, statistic, shown = false }): DefenceRow[] => {
    const own = members.filter(({ answers }) => answers.has(id));
    if (own.length === 0) return [];
    const mean = (pick: (answer: ZooAnswer) => number) =>
      own.reduce((sum, { answers }) => sum + pick(answers.get(id)!), 0) / own.length;
    return [
      {
        id,
        name: defences.find((defence) => defence.id === id)!.name,
        statistic,
        shown,
        seconds: mean(({ seconds }) => seconds),
        passes: mean(({ passes }) => passes),
        ...judged(own, [id]),
      },
    ];
  });
}

export interface Combination extends Judged {
  /** The defences that it takes together. */
  readonly ids: readonly string[];
}

/**
 * The defences that inspect a network, and that all of them were shown to, together. Each half's log-odds come from the
 * other half's fit, so that the area is the mean of the halves' own.
 */
export function combinationOf({ members }: Population): Combination | null {
  const ids = askings
    .filter(({ id, shown }) => !shown && members.every(({ answers }) => answers.has(id)))
    .map(({ id }) => id);
  if (ids.length < 2 || members.length === 0) return null;
  return { ids, ...judged(members, ids) };
}

const isPoisoned = ({ kind }: Member) => kind !== null;
const halvesOf = (members: readonly Member[]) =>
  [0, 1].map((half) => members.filter((one) => one.half === half));
const bothSorts = (members: readonly Member[]) =>
  members.some(isPoisoned) && !members.every(isPoisoned);

/** @param ids of one defence, whose own number counts, or of several, of which a regression makes one */
function judged(members: readonly Member[], ids: readonly string[]): Judged {
  const halves = halvesOf(members);
  const row = ({ answers }: Member) => ids.map((id) => answers.get(id)!.statistic);
  const poisoned = members.filter(isPoisoned).length;
  const sorts = { honest: members.length - poisoned, poisoned };
  const crossed = halves.every(bothSorts)
    ? halves.map((own, half) => crossJudged(own, halves[1 - half], row, ids.length === 1))
    : null;
  const scored = (some: readonly Member[]): Scored[] =>
    some.map((one) => ({ score: row(one)[0], poisoned: isPoisoned(one) }));
  const area = (wanted: (one: Member) => boolean): number | null => {
    if (ids.length === 1) return areaOf(scored(members.filter(wanted)));
    const areas = (crossed ?? []).flatMap(
      ({ odds }) => areaOf(odds.filter(({ member }) => wanted(member))) ?? [],
    );
    return areas.length === 0 ? null : areas.reduce((a, b) => a + b, 0) / areas.length;
  };
  const all = crossed?.flatMap(({ odds }) => odds) ?? null;
  const flagged = crossed?.flatMap((one) => one.flagged) ?? null;
  const counted = (of: readonly Member[]): Counted | null =>
    flagged && { networks: of.filter((one) => flagged.includes(one)).length, of: of.length };
  return {
    ...sorts,
    curve: ids.length === 1 ? rocOf(scored(members)) : all && rocOf(all),
    area: area(() => true),
    crossEntropy:
      all &&
      crossEntropy(
        all.map(({ score }) => score),
        all.map((one) => one.poisoned),
      ),
    falseAlarms: counted(members.filter((one) => !isPoisoned(one))),
    found: counted(members.filter(isPoisoned)),
    byKind: kinds.map((kind) => ({
      kind,
      networks: members.filter((one) => one.kind === kind).length,
      area: area((one) => one.kind === null || one.kind === kind),
    })),
  };
}

function areaOf(scored: readonly Scored[]): number | null {
  const curve = rocOf(scored);
  return curve && areaUnder(curve);
}

/**
 * One half, by what is fitted to the other.
 * @param plain whether the threshold is one of the number itself, which need not grow with the fit's odds
 */
function crossJudged(
  own: readonly Member[],
  other: readonly Member[],
  row: (member: Member) => number[],
  plain: boolean,
) {
  const fit = fitLogistic(other.map(row), other.map(isPoisoned));
  const oddsOf = (member: Member) => logOdds(fit, row(member));
  const scoreOf = plain ? (member: Member) => row(member)[0] : oddsOf;
  const chosen = other.map((one) => ({ score: scoreOf(one), poisoned: isPoisoned(one) }));
  const threshold = bestThreshold(rocOf(chosen)!);
  return {
    odds: own.map((member) => ({ member, score: oddsOf(member), poisoned: isPoisoned(member) })),
    flagged: own.filter((member) => scoreOf(member) >= threshold),
  };
}

/** Attack success in networks whose training set holds so many poisoned images. */
export interface CountRow {
  /** Training images without the copies. */
  readonly size: number;
  /** Poisoned copies beside them, as they were drawn. */
  readonly copies: number;
  readonly success: Spread;
  readonly clean: Spread;
}

export function countRows(finished: Finished, seeds: readonly number[]): CountRow[] {
  return sizes.flatMap((size) =>
    counts.flatMap((count): CountRow[] => {
      const own = seeds.flatMap((seed) => finished.get(counted(seed, size, count).id) ?? []);
      const success = spread(own.map(({ result }) => result.attack!.success));
      const clean = spread(own.map(({ result }) => result.clean.accuracy));
      if (!success || !clean) return [];
      return [{ size, copies: own[0].result.training.triggeredCopies, success, clean }];
    }),
  );
}
