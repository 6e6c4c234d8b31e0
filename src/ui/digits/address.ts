/** What the digit page shows, and its keys of the address. */
import * as v from "valibot";
import { triggerPresets, type TriggerPixel } from "../../backdoor/trigger.ts";
import { DIGIT_CLASSES } from "../../models/digit-net.ts";
import type { DigitImage, NeuronId } from "../../studies/digits/port.ts";
import { defaultRates } from "../../studies/digits/recipe.ts";
import {
  addressKey,
  asTyped,
  positive,
  whole,
  type AddressKey,
  type Clash,
  type PageAddress,
} from "../shell/address.ts";
import { attackChoices, defaultDraft, type Draft } from "./draft.ts";
import { decodeDigit, decodePixels, encodeDigit, encodePixels } from "./trigger-code.ts";

export interface DigitView {
  readonly draft: Draft;
  /** Number in the test set, or what was drawn. */
  readonly image: DigitImage;
  readonly mode: "clean" | "triggered" | "difference";
  readonly what: "activations" | "weights" | "gradients";
  readonly tab: "network" | "step" | "kernels";
  readonly panel: "digits" | "curves" | "neurons" | "confusion";
  readonly neuron: NeuronId | null;
  /** The class that neurons are compared on; null: all. */
  readonly label: number | null;
}

const digit = whole(0, DIGIT_CLASSES - 1);

/** A key of a part of the view. @param word the part as the address says it */
const key = <Part extends keyof DigitView>(
  part: Part,
  schema: v.GenericSchema<string, DigitView[Part]>,
  word: (value: DigitView[Part]) => string = String,
): AddressKey<DigitView> =>
  addressKey(
    schema,
    (view) => word(view[part]),
    (view, value) => ({ ...view, [part]: value }),
  );

/** A key of the form, with the command line's name and unit. @param also what follows from it */
const field = <Part extends keyof Draft>(
  part: Part,
  schema: v.GenericSchema<string, Draft[Part]>,
  word: (value: Draft[Part]) => string = String,
  also: (value: Draft[Part]) => Partial<Draft> = () => ({}),
): AddressKey<DigitView> =>
  addressKey(
    schema,
    ({ draft }) => word(draft[part]),
    (view, value) => ({ ...view, draft: { ...view.draft, [part]: value, ...also(value) } }),
  );

/** A share as people read it: no more digits than a number of this kind truly has. */
const inDigits = (share: number) => String(Number(share.toPrecision(12)));

/** What an image's word begins with where it was drawn. */
const DRAWN = "drawn.";

const drawing = v.pipe(
  v.string(),
  v.startsWith(DRAWN),
  v.transform((word) => decodeDigit(word.slice(DRAWN.length))),
  v.custom<Uint8Array>((digit) => digit !== null),
);

/** A share, which the form has in percent. */
const shareField = (part: "share" | "negatives") =>
  field(
    part,
    v.pipe(
      positive(1),
      v.transform((share) => inDigits(100 * share)),
    ),
    (percent) => inDigits(Number(percent) / 100),
  );

const keys = {
  trigger: field(
    "trigger",
    v.picklist(["single-pixel", "pattern", "custom", "none"]),
    String,
    (trigger) => ({
      pixels: trigger === "single-pixel" ? triggerPresets[trigger] : defaultDraft.pixels,
    }),
  ),
  pixels: field(
    "pixels",
    v.pipe(
      v.string(),
      v.transform(decodePixels),
      v.custom<readonly TriggerPixel[]>((pixels) => pixels !== null),
    ),
    encodePixels,
  ),
  attack: field("policy", v.picklist(attackChoices)),
  source: field("source", digit),
  target: field("target", digit),
  share: shareField("share"),
  negatives: shareField("negatives"),
  "decoy-channels": field("decoyChannels", asTyped(whole(1, 31))),
  "decoy-units": field("decoyUnits", asTyped(whole(1, 511))),
  pull: field("pull", asTyped(positive(100))),
  epochs: field("epochs", asTyped(positive(10_000))),
  batch: field("batch", asTyped(whole(1, 60_000))),
  optimiser: field("optimiser", v.picklist(["sgd", "adam"]), String, (optimiser) => ({
    rate: String(defaultRates[optimiser]),
  })),
  rate: field("rate", asTyped(positive(Number.MAX_VALUE))),
  augment: field(
    "augment",
    v.pipe(
      v.picklist(["yes", "no"]),
      v.transform((word) => word === "yes"),
    ),
    (augment) => (augment ? "yes" : "no"),
  ),
  seed: field("seed", asTyped(whole(0, 2 ** 32 - 1))),
  image: key("image", v.union([drawing, whole(0, 2 ** 32 - 1)]), (image) =>
    typeof image === "number" ? String(image) : DRAWN + encodeDigit(image),
  ),
  mode: key("mode", v.picklist(["clean", "triggered", "difference"])),
  what: key("what", v.picklist(["activations", "weights", "gradients"])),
  view: key("tab", v.picklist(["network", "step", "kernels"])),
  panel: key("panel", v.picklist(["digits", "curves", "neurons", "confusion"])),
  layer: addressKey(
    v.pipe(v.string(), v.regex(/^[a-z]+\d*$/), v.maxLength(20)),
    ({ neuron }: DigitView) => neuron?.layer ?? "",
    // The channel has a key of its own, which always follows.
    (view, layer) => ({ ...view, neuron: { layer, channel: -1 } }),
  ),
  channel: addressKey(
    whole(0, 65_535),
    ({ neuron }: DigitView) => (neuron ? String(neuron.channel) : ""),
    (view, channel) => ({ ...view, neuron: view.neuron && { ...view.neuron, channel } }),
  ),
  class: key("label", digit, (label) => (label === null ? "" : String(label))),
} as const;

function clashes(said: ReadonlyMap<string, string>): Clash[] {
  const found: Clash[] = [];
  if (said.has("layer") !== said.has("channel")) {
    found.push({
      keys: ["layer", "channel"],
      text: "layer without channel, or channel without layer",
    });
  }
  // A preset's pixels are known; others under its name would be a lie.
  if (said.has("pixels") && !["custom", "none"].includes(said.get("trigger") ?? "")) {
    found.push({ keys: ["pixels"], text: "pixels for a trigger that has its own" });
  }
  return found;
}

export const digitAddress: PageAddress<DigitView> = {
  initial: {
    draft: defaultDraft,
    image: 0,
    mode: "clean",
    what: "activations",
    tab: "network",
    panel: "digits",
    neuron: null,
    label: null,
  },
  keys,
  steps: ["tab", "panel"],
  clashes,
};
