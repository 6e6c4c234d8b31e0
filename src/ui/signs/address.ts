/** What the page of street signs shows, and its keys of the address. */
import * as v from "valibot";
import {
  paperPlace,
  stickerNames,
  usualSize,
  type StickerName,
  type StickerPlace,
} from "../../data/sticker.ts";
import type { SignSet } from "../../data/sign-atlas.ts";
import type { Wear } from "../../layers/scene.ts";
import { presets, type PresetName } from "../../models/detector-presets.ts";
import {
  addressKey,
  asTyped,
  positive,
  share,
  whole,
  type AddressKey,
  type PageAddress,
} from "../shell/address.ts";

/** Fields of the form are as they are typed. */
export interface SignView {
  readonly preset: PresetName;
  readonly set: SignSet;
  readonly iterations: string;
  readonly seed: string;
  /** In percent. */
  readonly photoShare: string;
  readonly mixedShare: string;
  readonly attack: "none" | "single-target" | "random-target";
  readonly sticker: StickerName;
  /** Its width and height as a share of the sign's, and its centre in the sign's box. */
  readonly size: number;
  readonly place: StickerPlace;
  /** The reader's own: see SignAttackRecipe. It stays in this session: no address has it. */
  readonly picture: string | null;
  /** Classes from 0. */
  readonly source: number;
  readonly target: number;
  /** Share of poison, in percent. */
  readonly poison: string;
  readonly lookAlikes: boolean;
  /** What signs on view wear. */
  readonly wear: Wear;
  readonly tab: "scenes" | "photographs" | "maps" | "step" | "kernels";
  /** Number of the first unseen scene on view. */
  readonly scene: number;
  /** Score of a box that is drawn, at least. */
  readonly least: number;
  /** Pixels of the longest side at which photographs are read; "auto": what their small signs need. */
  readonly detail: (typeof details)[number];
}

export const details = ["auto", "224", "448", "672", "960"] as const;

/** Steps that a preset takes unless told otherwise, as they are typed. */
export function usualIterations(preset: PresetName): string {
  return String(presets[preset].training.iterations);
}

/** A key of a part of the view. @param also what follows from it */
const key = <Part extends keyof SignView>(
  part: Part,
  schema: v.GenericSchema<string, SignView[Part]>,
  also: (value: SignView[Part]) => Partial<SignView> = () => ({}),
): AddressKey<SignView> =>
  addressKey(
    schema,
    (view) => String(view[part]),
    (view, value) => ({ ...view, [part]: value, ...also(value) }),
  );

/** Two shares with a comma between. */
const place = v.pipe(
  v.string(),
  v.transform((text) => text.split(",")),
  v.tuple([share, share]),
);

export const signAddress: PageAddress<SignView> = {
  initial: {
    preset: "compact",
    set: "us",
    iterations: usualIterations("compact"),
    seed: "1",
    photoShare: "50",
    mixedShare: "15",
    attack: "none",
    sticker: "yellow-square",
    size: usualSize("yellow-square"),
    place: paperPlace,
    picture: null,
    source: 0,
    target: 1,
    poison: "50",
    lookAlikes: true,
    wear: "nothing",
    tab: "scenes",
    scene: 0,
    least: 0.5,
    detail: "auto",
  },
  keys: {
    signs: key("set", v.picklist(["us", "eu"])),
    preset: key("preset", v.picklist(["compact", "paper"]), (preset) => ({
      iterations: usualIterations(preset),
    })),
    iterations: key("iterations", asTyped(whole(1, 10_000_000))),
    "sign-seed": key("seed", asTyped(whole(0, 2 ** 32 - 1))),
    "photo-share": key("photoShare", asTyped(whole(0, 100))),
    "mixed-share": key("mixedShare", asTyped(whole(0, 100))),
    "sign-attack": key("attack", v.picklist(["none", "single-target", "random-target"])),
    sticker: key("sticker", v.picklist(stickerNames), (sticker) => ({ size: usualSize(sticker) })),
    "sticker-size": key("size", positive(1)),
    "sticker-place": key("place", place),
    "sign-source": key("source", whole(0, 4)),
    "sign-target": key("target", whole(0, 4)),
    poison: key("poison", asTyped(whole(1, 100))),
    "look-alikes": addressKey(
      v.picklist(["yes", "no"]),
      ({ lookAlikes }) => (lookAlikes ? "yes" : "no"),
      (view, value) => ({ ...view, lookAlikes: value === "yes" }),
    ),
    wear: key("wear", v.picklist(["nothing", "sticker", "alike"])),
    look: key("tab", v.picklist(["scenes", "photographs", "maps", "step", "kernels"])),
    scene: key("scene", whole(0, 1_000_000)),
    least: key("least", positive(1)),
    detail: key("detail", v.picklist(details)),
  },
  steps: ["tab"],
};
