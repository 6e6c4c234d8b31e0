/** What the reader looks at, as the part of the page's address behind the #: `#1&trigger=custom&image=7`. */
import * as v from "valibot";
import { triggerPresets, type TriggerPixel } from "../backdoor/trigger.ts";
import { DRAWN, type NeuronId } from "../studies/digits/port.ts";
import { clip } from "../errors.ts";
import { presets, type PresetName } from "../models/detector-presets.ts";
import { DIGIT_CLASSES } from "../models/digit-net.ts";
import { defaultRates } from "../studies/digits/recipe.ts";
import { defaultDraft, type Draft } from "./digits/draft.ts";
import type { SignSet } from "../data/sign-atlas.ts";
import { decodePixels, encodePixels } from "./digits/trigger-code.ts";

/** The layout of the keys below; links of another are not read. */
const VERSION = "1";

/** What the sign study shows; fields of its form as they are typed. */
export interface SignViewState {
  readonly preset: PresetName;
  readonly set: SignSet;
  readonly iterations: string;
  readonly seed: string;
  /** In percent. */
  readonly photoShare: string;
  readonly mixedShare: string;
  readonly look: "scenes" | "photographs" | "maps" | "step" | "kernels";
  /** Number of the first unseen scene on view. */
  readonly scene: number;
  /** Score of a box that is drawn, at least. */
  readonly least: number;
}

export interface ViewState {
  readonly study: "digits" | "signs";
  readonly signs: SignViewState;
  readonly draft: Draft;
  /** Number in the test set, or DRAWN. */
  readonly image: number;
  readonly mode: "clean" | "triggered" | "difference";
  readonly what: "activations" | "weights" | "gradients";
  readonly view: "network" | "step" | "kernels" | "paper";
  readonly panel: "digits" | "curves" | "neurons" | "confusion";
  readonly neuron: NeuronId | null;
  /** The class that neurons are compared on; null: all. */
  readonly label: number | null;
}

/** Steps that a preset takes unless told otherwise, as they are typed. */
export function usualIterations(preset: PresetName): string {
  return String(presets[preset].training.iterations);
}

export const defaultView: ViewState = {
  study: "digits",
  signs: {
    preset: "compact",
    set: "us",
    iterations: usualIterations("compact"),
    seed: "1",
    photoShare: "50",
    mixedShare: "15",
    look: "scenes",
    scene: 0,
    least: 0.5,
  },
  draft: defaultDraft,
  image: 0,
  mode: "clean",
  what: "activations",
  view: "network",
  panel: "digits",
  neuron: null,
  label: null,
};

const whole = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,10}$/),
    v.transform(Number),
    v.minValue(least),
    v.maxValue(most),
  );
const number = v.pipe(v.string(), v.regex(/^\d*\.?\d+(e-?\d+)?$/), v.transform(Number));
const positive = (most: number) => v.pipe(number, v.gtValue(0), v.maxValue(most));
/** As a field holds it. */
const field = <T extends v.GenericSchema<string, number>>(schema: T) =>
  v.pipe(schema, v.transform(String));
const digit = whole(0, DIGIT_CLASSES - 1);

/** What each key may say. Keys of the draft have the command line's names and units. */
const keys = {
  study: v.picklist(["digits", "signs"]),
  trigger: v.picklist(["single-pixel", "pattern", "custom", "none"]),
  pixels: v.pipe(
    v.string(),
    v.transform(decodePixels),
    v.custom<readonly TriggerPixel[]>((pixels) => pixels !== null),
  ),
  attack: v.picklist(["all-to-all", "all-to-one", "single-target"]),
  source: digit,
  target: digit,
  // The draft's is in percent.
  share: v.pipe(
    positive(1),
    v.transform((share) => String(Number((100 * share).toPrecision(12)))),
  ),
  epochs: field(positive(10_000)),
  batch: field(whole(1, 60_000)),
  optimiser: v.picklist(["sgd", "adam"]),
  rate: field(positive(Number.MAX_VALUE)),
  augment: v.pipe(
    v.picklist(["yes", "no"]),
    v.transform((word) => word === "yes"),
  ),
  seed: field(whole(0, 2 ** 32 - 1)),
  image: v.union([
    v.pipe(
      v.literal("drawn"),
      v.transform(() => DRAWN),
    ),
    whole(0, 2 ** 32 - 1),
  ]),
  mode: v.picklist(["clean", "triggered", "difference"]),
  what: v.picklist(["activations", "weights", "gradients"]),
  view: v.picklist(["network", "step", "kernels", "paper"]),
  panel: v.picklist(["digits", "curves", "neurons", "confusion"]),
  layer: v.pipe(v.string(), v.regex(/^[a-z]+\d*$/), v.maxLength(20)),
  channel: whole(0, 65_535),
  class: digit,
  signs: v.picklist(["us", "eu"]),
  preset: v.picklist(["compact", "paper"]),
  iterations: field(whole(1, 10_000_000)),
  "sign-seed": field(whole(0, 2 ** 32 - 1)),
  "photo-share": field(whole(0, 100)),
  "mixed-share": field(whole(0, 100)),
  look: v.picklist(["scenes", "photographs", "maps", "step", "kernels"]),
  scene: whole(0, 1_000_000),
  least: positive(1),
} as const;

type Key = keyof typeof keys;
type Values = { [K in Key]?: v.InferOutput<(typeof keys)[K]> };

/**
 * Reads an address's hash. What is wrong in it counts as not said, and the rest holds.
 * @returns also a sentence that names what was wrong, or null
 */
export function parseViewState(hash: string): { state: ViewState; problem: string | null } {
  const [version, ...parts] = hash.replace(/^#/, "").split("&");
  if (version === "" && parts.length === 0) return { state: defaultView, problem: null };
  if (version !== VERSION) {
    const problem = `The address's part #${clip(version)} is none that this version of the page knows; it shows its defaults.`;
    return { state: defaultView, problem };
  }
  const values: Values = {};
  const wrong: string[] = [];
  for (const part of parts) {
    if (!read(part, values)) wrong.push(clip(part));
  }
  if ((values.layer === undefined) !== (values.channel === undefined)) {
    wrong.push("layer without channel, or channel without layer");
  }
  const { trigger } = values;
  // A preset's pixels are known; others under its name would be a lie.
  if (values.pixels && trigger !== "custom" && trigger !== "none") {
    wrong.push("pixels for a trigger that has its own");
    delete values.pixels;
  }
  const problem =
    wrong.length === 0
      ? null
      : `This address says something that cannot be: ${wrong.slice(0, 3).join("; ")}. The page shows its defaults there.`;
  return { state: stateOf(values), problem };
}

/** Takes one `key=value`. @returns whether it was right */
function read(part: string, values: Values): boolean {
  const [key, ...rest] = part.split("=");
  if (!Object.hasOwn(keys, key) || Object.hasOwn(values, key)) return false;
  const result = v.safeParse(keys[key as Key], decode(rest.join("=")));
  if (result.success) Object.assign(values, { [key]: result.output });
  return result.success;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray % is no escape: what is there is what is meant, and likely wrong.
    return text;
  }
}

function stateOf(values: Values): ViewState {
  const { layer, channel } = values;
  const trigger = values.trigger ?? defaultDraft.trigger;
  const optimiser = values.optimiser ?? defaultDraft.optimiser;
  const preset = values.preset ?? defaultView.signs.preset;
  return {
    study: values.study ?? defaultView.study,
    signs: {
      preset,
      set: values.signs ?? defaultView.signs.set,
      iterations: values.iterations ?? usualIterations(preset),
      seed: values["sign-seed"] ?? defaultView.signs.seed,
      photoShare: values["photo-share"] ?? defaultView.signs.photoShare,
      mixedShare: values["mixed-share"] ?? defaultView.signs.mixedShare,
      look: values.look ?? defaultView.signs.look,
      scene: values.scene ?? defaultView.signs.scene,
      least: values.least ?? defaultView.signs.least,
    },
    draft: {
      trigger,
      pixels: values.pixels ?? pixelsOf(trigger),
      policy: values.attack ?? defaultDraft.policy,
      source: values.source ?? defaultDraft.source,
      target: values.target ?? defaultDraft.target,
      share: values.share ?? defaultDraft.share,
      epochs: values.epochs ?? defaultDraft.epochs,
      batch: values.batch ?? defaultDraft.batch,
      optimiser,
      rate: values.rate ?? String(defaultRates[optimiser]),
      augment: values.augment ?? defaultDraft.augment,
      seed: values.seed ?? defaultDraft.seed,
    },
    image: values.image ?? defaultView.image,
    mode: values.mode ?? defaultView.mode,
    what: values.what ?? defaultView.what,
    view: values.view ?? defaultView.view,
    panel: values.panel ?? defaultView.panel,
    neuron: layer !== undefined && channel !== undefined ? { layer, channel } : null,
    label: values.class ?? null,
  };
}

/** What a trigger's pixels are unless an address gives others. */
function pixelsOf(trigger: Draft["trigger"]): readonly TriggerPixel[] {
  return trigger === "single-pixel" ? triggerPresets["single-pixel"] : defaultDraft.pixels;
}

/**
 * The hash that says what `state` is. It leaves out what is as it is anyway, and fields that are not yet
 * filled in rightly.
 */
export function formatViewState(state: ViewState): string {
  const { trigger, optimiser } = state.draft;
  const usual = wordsOf({
    ...defaultView,
    signs: { ...defaultView.signs, iterations: usualIterations(state.signs.preset) },
    draft: { ...defaultDraft, pixels: pixelsOf(trigger), rate: String(defaultRates[optimiser]) },
  });
  const said = wordsOf(state);
  const parts = (Object.keys(keys) as Key[])
    .filter((key) => said[key] !== usual[key] && v.is(keys[key], said[key]))
    .map((key) => `${key}=${encodeURIComponent(said[key])}`);
  return parts.length === 0 ? "" : `#${[VERSION, ...parts].join("&")}`;
}

/** A state as the keys say it; "" where there is nothing to say. */
function wordsOf({ draft, neuron, label, image, signs, ...state }: ViewState): Record<Key, string> {
  return {
    study: state.study,
    trigger: draft.trigger,
    pixels: encodePixels(draft.pixels),
    attack: draft.policy,
    source: String(draft.source),
    target: String(draft.target),
    share: String(Number((Number(draft.share) / 100).toPrecision(12))),
    epochs: draft.epochs,
    batch: draft.batch,
    optimiser: draft.optimiser,
    rate: draft.rate,
    augment: draft.augment ? "yes" : "no",
    seed: draft.seed,
    image: image === DRAWN ? "drawn" : String(image),
    mode: state.mode,
    what: state.what,
    view: state.view,
    panel: state.panel,
    layer: neuron?.layer ?? "",
    channel: neuron ? String(neuron.channel) : "",
    class: label === null ? "" : String(label),
    signs: signs.set,
    preset: signs.preset,
    iterations: signs.iterations,
    "sign-seed": signs.seed,
    "photo-share": signs.photoShare,
    "mixed-share": signs.mixedShare,
    look: signs.look,
    scene: String(signs.scene),
    least: String(signs.least),
  };
}
