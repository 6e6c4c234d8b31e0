/** The recipe while it is being written: fields as typed, and what is wrong with them. */
import * as v from "valibot";
import type { Adaptive, Policy } from "../../backdoor/attack.ts";
import { triggerPresets, type TriggerPixel } from "../../backdoor/trigger.ts";
import { UserError } from "../../errors.ts";
import {
  defaultRates,
  DigitRecipe,
  parseDigitRecipe,
  usualAnswers,
} from "../../studies/digits/recipe.ts";

export type TriggerChoice = "single-pixel" | "pattern" | "custom" | "none";

/** Which classes are attacked, and how the attacker answers defences, as one choice. */
export const attackChoices = [
  "all-to-all",
  "all-to-one",
  "single-target",
  "source-specific",
  "pruning-aware",
  "feature-similarity",
] as const;
export type AttackChoice = (typeof attackChoices)[number];

export interface Draft {
  readonly trigger: TriggerChoice;
  /** What is drawn on the pad, of whatever trigger. */
  readonly pixels: readonly TriggerPixel[];
  readonly policy: AttackChoice;
  readonly source: number;
  readonly target: number;
  /** In percent. */
  readonly share: string;
  /** Of a source-specific attack: the other digits that are triggered with their own labels, in percent. */
  readonly negatives: string;
  /** Of a pruning-aware attack: dormant channels of conv2, and units of fc1. */
  readonly decoyChannels: string;
  readonly decoyUnits: string;
  /** Of a feature-similarity attack: the weight of what lies between features, beside the loss. */
  readonly pull: string;
  readonly epochs: string;
  readonly batch: string;
  readonly optimiser: "sgd" | "adam";
  readonly rate: string;
  readonly augment: boolean;
  readonly seed: string;
}

/** The command line's defaults: the paper's pattern trigger, all-to-all, 10 %, three epochs. */
export const defaultDraft: Draft = {
  trigger: "pattern",
  pixels: triggerPresets.pattern,
  policy: "all-to-all",
  source: 1,
  target: 5,
  share: "10",
  negatives: String(100 * usualAnswers.negatives.share),
  decoyChannels: String(usualAnswers.decoys.channels),
  decoyUnits: String(usualAnswers.decoys.units),
  pull: String(usualAnswers.similarity.weight),
  epochs: "3",
  batch: "64",
  optimiser: "sgd",
  rate: String(defaultRates.sgd),
  augment: false,
  seed: "1",
};

/** What momentum, decay and schedule are for everybody. */
const fixed = { momentum: 0.9, weightDecay: 0, schedule: "linear", warmup: 100 } as const;

export type NumberField = "share" | Answers | "epochs" | "batch" | "rate" | "seed";
type Answers = "negatives" | "decoyChannels" | "decoyUnits" | "pull";
export type Field = NumberField | "pixels" | "target" | "form";

export type Errors = Readonly<Partial<Record<Field, string>>>;

/** Where the schema's complaints belong, and how to say them. */
const complaints: readonly { path: RegExp; field: Field; text: string }[] = [
  {
    path: /^attack\.trigger/,
    field: "pixels",
    text: "Draw at least one pixel, or choose another trigger.",
  },
  { path: /^attack\.share/, field: "share", text: "Above 0 and at most 100 %." },
  { path: /^attack\.adaptive\.share/, field: "negatives", text: "Above 0 and at most 100 %." },
  {
    path: /^attack\.adaptive\.channels/,
    field: "decoyChannels",
    text: "Whole number from 1 to 31.",
  },
  { path: /^attack\.adaptive\.units/, field: "decoyUnits", text: "Whole number from 1 to 511." },
  { path: /^attack\.adaptive\.weight/, field: "pull", text: "Above 0 and at most 100." },
  { path: /^epochs/, field: "epochs", text: "A number above 0 and at most 10,000." },
  { path: /^batch/, field: "batch", text: "Whole number from 1 to 60,000." },
  { path: /^optimiser\.rate/, field: "rate", text: "A number from 1.2e-38 to 3.4e38." },
  { path: /^seed/, field: "seed", text: "Whole number from 0 to 4,294,967,295." },
];

/** The recipe if all is well, else what is wrong, by field. */
export function checkDraft(draft: Draft): { recipe: DigitRecipe | null; errors: Errors } {
  const value = recipeOf(draft);
  const errors: Partial<Record<Field, string>> = {};
  for (const issue of v.safeParse(DigitRecipe, value).issues ?? []) {
    const path = v.getDotPath(issue) ?? "";
    const complaint = complaints.find((one) => one.path.test(path));
    errors[complaint?.field ?? "form"] ??= complaint?.text ?? `${path}: ${issue.message}`;
  }
  if (Object.keys(errors).length > 0) return { recipe: null, errors };
  try {
    return { recipe: parseDigitRecipe(value), errors };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // What fields allow one by one and not together: source and target.
    return { recipe: null, errors: { target: error.message } };
  }
}

/** The draft of a recipe that came from elsewhere, such as a checkpoint. */
export function draftOf(recipe: DigitRecipe): Draft {
  const { attack, epochs, batch, optimiser, augment, seed } = recipe;
  const policy = attack?.policy;
  const adaptive = attack?.adaptive;
  return {
    ...defaultDraft,
    trigger: attack?.trigger.name ?? "none",
    pixels: attack?.trigger.pixels ?? [],
    policy: choiceOf(attack),
    source: policy?.kind === "single-target" ? policy.source : defaultDraft.source,
    target: policy && policy.kind !== "all-to-all" ? policy.target : defaultDraft.target,
    share: attack ? inPercent(attack.share) : defaultDraft.share,
    ...(adaptive?.kind === "negatives" ? { negatives: inPercent(adaptive.share) } : {}),
    ...(adaptive?.kind === "similarity" ? { pull: String(adaptive.weight) } : {}),
    ...(adaptive?.kind === "decoys"
      ? { decoyChannels: String(adaptive.channels), decoyUnits: String(adaptive.units) }
      : {}),
    epochs: String(epochs),
    batch: String(batch),
    optimiser: optimiser.kind,
    rate: String(optimiser.rate),
    augment,
    seed: String(seed),
  };
}

/** A share as the form has it, without digits that arithmetic in binary has made up. */
const inPercent = (share: number) => String(Number((100 * share).toPrecision(12)));

/** The form's choice that comes nearest to an attack. */
function choiceOf(attack: DigitRecipe["attack"]): AttackChoice {
  switch (attack?.adaptive?.kind) {
    case "negatives":
      return "source-specific";
    case "decoys":
      return "pruning-aware";
    case "similarity":
      return "feature-similarity";
    case undefined:
      return attack?.policy.kind ?? defaultDraft.policy;
  }
}

/** The attack's policy as chosen; null for an honest run. */
export function policyOf({ trigger, policy, source, target }: Draft): Policy | null {
  if (trigger === "none") return null;
  switch (policy) {
    case "all-to-all":
      return { kind: policy };
    case "all-to-one":
    case "pruning-aware":
    case "feature-similarity":
      return { kind: "all-to-one", target };
    case "single-target":
    case "source-specific":
      return { kind: "single-target", source, target };
  }
}

/** How the attacker answers defences; undefined: not at all. */
function adaptiveOf(draft: Draft): Adaptive | undefined {
  const { policy, negatives, decoyChannels, decoyUnits, pull } = draft;
  if (policy === "source-specific") return { kind: "negatives", share: shareOf(negatives) };
  if (policy === "feature-similarity") return { kind: "similarity", weight: number(pull) };
  return policy === "pruning-aware"
    ? { kind: "decoys", channels: number(decoyChannels), units: number(decoyUnits) }
    : undefined;
}

function recipeOf(draft: Draft): unknown {
  const { trigger, pixels, epochs, batch, optimiser, rate, augment, seed } = draft;
  const adaptive = adaptiveOf(draft);
  const attack = {
    trigger: { name: trigger, pixels },
    policy: policyOf(draft),
    share: shareOf(draft.share),
    ...(adaptive ? { adaptive } : {}),
  };
  return {
    study: "digits",
    attack: trigger === "none" ? null : attack,
    epochs: number(epochs),
    batch: number(batch),
    optimiser: { kind: optimiser, rate: number(rate), ...fixed },
    augment,
    seed: number(seed),
  };
}

/** Not number / 100: 7 % should be 0.07, as the command line reads it. */
const shareOf = (percent: string) => Number((number(percent) / 100).toPrecision(12));

/** An empty field is no zero. */
function number(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
