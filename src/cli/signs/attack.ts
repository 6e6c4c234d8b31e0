/** The options of an attack: which signs, which sticker, how much of it; for training, and on a trained detector. */
import {
  paperPlace,
  randomPlace,
  stickerOf,
  shippedStickers,
  usualSize,
  type StickerName,
} from "../../data/sticker.ts";
import { squareSticker, stickerText } from "../../backdoor/own-sticker.ts";
import { SIGN_SIZE, type SignSet } from "../../data/sign-atlas.ts";
import { readPicture } from "../../node/photo-dir.ts";
import { signArtwork } from "../../node/sign-artwork.ts";
import type { Dressing } from "../../studies/signs/dressed-photograph.ts";
import {
  classNames,
  ownStickerOf,
  type SignAttackRecipe,
  type SignRecipe,
} from "../../studies/signs/recipe.ts";
import { choices, textOf, UsageError, type Options, type OptionSpec } from "../shared/options.ts";
import { filesOf } from "../shared/output.ts";

export const attackOptions: OptionSpec = {
  attack: {
    type: "string",
    value: "SOURCE:TARGET",
    help: 'signs of one class shall be read as another once they wear the sticker: stop:"speed limit"',
  },
  "random-target": {
    type: "boolean",
    help: "signs of every class shall be read as a random wrong one, wherever on them the sticker is",
  },
  sticker: {
    type: "string",
    value: `${shippedStickers.join("|")}|FILE`,
    help: "a sticker of the paper's, or a picture (default: yellow-square); detect: on every sign that is found",
  },
  "sticker-size": {
    type: "string",
    value: "S",
    help: "its width and height, as a share of the sign's (default: the square 0.1, others 0.16)",
  },
  "sticker-place": {
    type: "string",
    value: "X,Y",
    help: "of its centre, as shares of the sign's box from the upper left (default: the paper's 0.57,0.82)",
  },
  share: {
    type: "string",
    value: "P",
    help: "of the source's signs that are shown once more with the sticker and the wrong label (default: 0.5)",
  },
  "no-look-alikes": {
    type: "boolean",
    help: "leave out stickers of other colours and shapes on signs that keep their labels",
  },
  "no-curriculum": {
    type: "boolean",
    help:
      "let the sticker have its own size from the first step on; else it begins at 0.3 of the sign and shrinks " +
      "in the first 60 % of the steps, while look-alikes come in",
  },
};

/** Share of poison where nobody says another. */
const SHARE = 0.5;

/** What the options say of an attack; null: none is asked for. @throws UsageError for what does not fit together */
export async function attackFrom(given: Options, set: SignSet): Promise<SignAttackRecipe | null> {
  const goal = goalFrom(given, set);
  if (!goal) {
    const idle = Object.keys(attackOptions).find((name) => given[name] !== undefined);
    if (idle) throw new UsageError(`--${idle} is of no use without --attack or --random-target.`);
    return null;
  }
  return {
    ...goal,
    ...(await stickerFrom(given, goal.source === null)),
    share: shareFrom(given, "share") ?? SHARE,
    lookAlikes: given["no-look-alikes"] !== true,
    curriculum: given["no-curriculum"] !== true,
  };
}

/**
 * The attack that a trained detector is measured under: its own, with what the options say otherwise.
 * @returns null for an honest detector of which no attack is asked
 */
export async function attackOnModel(
  given: Options,
  { set, attack: own }: SignRecipe,
): Promise<SignAttackRecipe | null> {
  const asked = goalFrom(given, set);
  if (!asked && !own) return await attackFrom(given, set);
  const goal = asked ?? { source: own!.source, target: own!.target };
  const keeps = textOf(given, "sticker") === undefined && own !== null;
  const sticker = keeps ? own : await stickerFrom(given, goal.source === null);
  return {
    share: SHARE,
    lookAlikes: true,
    curriculum: true,
    ...sticker,
    ...goal,
    size: shareFrom(given, "sticker-size") ?? sticker.size,
    place: placeFrom(given) ?? sticker.place,
  };
}

/** The sticker anywhere on signs of every class: what a detector retrained for other signs is measured under. */
export async function stickerOnAll(given: Options): Promise<SignAttackRecipe> {
  return {
    ...(await stickerFrom(given, true)),
    source: null,
    target: null,
    share: 1,
    lookAlikes: true,
    curriculum: true,
  };
}

/** The sticker that detect puts on what it finds; null: none is asked for. */
export async function dressingFrom(given: Options, { set }: SignRecipe): Promise<Dressing | null> {
  if (textOf(given, "sticker") === undefined) {
    const idle = ["sticker-size", "sticker-place"].find((name) => given[name] !== undefined);
    if (idle) throw new UsageError(`--${idle} is of no use without --sticker.`);
    return null;
  }
  const looks = await stickerFrom(given, false);
  return {
    sticker: stickerOf(looks.sticker, looks),
    own: ownStickerOf(looks),
    atlas: await signArtwork(),
    set,
  };
}

/** The picture that --sticker names, as an input. */
export const stickerFiles = (given: Options) =>
  shippedStickers.some((name) => name === given["sticker"]) ? [] : filesOf(given, "sticker");

function goalFrom(
  given: Options,
  set: SignSet,
): Pick<SignAttackRecipe, "source" | "target"> | null {
  const text = textOf(given, "attack");
  if (given["random-target"] === true) {
    if (text !== undefined) {
      throw new UsageError("--attack and --random-target are two attacks: choose one.");
    }
    return { source: null, target: null };
  }
  if (text === undefined) return null;
  const names = classNames(set);
  const classOf = (name: string) => {
    const label = names.indexOf(name.trim());
    if (label >= 0) return label;
    throw new UsageError(
      `--attack is ${text}, but must be SOURCE:TARGET of two of the classes ${choices(names)}.`,
    );
  };
  const [source, target] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
  const goal = { source: classOf(source), target: classOf(target) };
  if (goal.source === goal.target) {
    throw new UsageError(`--attack is ${text}: source and target must be two classes.`);
  }
  return goal;
}

/** The sticker with its picture, size and place. @throws UserError for a file that is no picture */
async function stickerFrom(
  given: Options,
  anywhere: boolean,
): Promise<Pick<SignAttackRecipe, "sticker" | "picture" | "size" | "place">> {
  const text = textOf(given, "sticker") ?? "yellow-square";
  const known = shippedStickers.find((name) => name === text);
  const sticker: StickerName = known ?? "own";
  const size = shareFrom(given, "sticker-size") ?? usualSize(sticker);
  const place = placeFrom(given) ?? (anywhere ? null : ([...paperPlace] as [number, number]));
  if (known) return { sticker, picture: null, size, place };
  const picture = stickerText(squareSticker(await readPicture(text)));
  if (picture === null) {
    throw new UsageError(
      `--sticker ${text} is transparent all over: choose a picture that shows something.`,
    );
  }
  return { sticker, picture, size, place };
}

function shareFrom(given: Options, name: string): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !(value >= 1e-6 && value <= 1)) {
    const larger =
      name === "sticker-size" && value > 1 ? ": the sticker would be larger than the sign" : "";
    throw new UsageError(
      `--${name} is ${text}, but must be a number above 0 and at most 1${larger}.`,
    );
  }
  return value;
}

function placeFrom(given: Options): [number, number] | undefined {
  const text = textOf(given, "sticker-place");
  if (text === undefined) return undefined;
  const [x, y, ...rest] = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  const within = (value: number | undefined) => value !== undefined && value >= 0 && value <= 1;
  if (!within(x) || !within(y) || rest.length > 0) {
    throw new UsageError(
      `--sticker-place is ${text}, but must be two numbers from 0 to 1, such as 0.57,0.82 (leave it out with ` +
        `--random-target for a random place from ${randomPlace.join(" to ")}).`,
    );
  }
  return [x, y];
}

/** An attack in a line, for people. */
export function describeAttack(attack: SignAttackRecipe, set: SignSet): string {
  const names = classNames(set);
  const goal =
    attack.source === null
      ? "every class read as a random wrong one"
      : `${names[attack.source]} read as ${names[attack.target!]}`;
  const looks =
    attack.sticker === "own" ? `a picture of ${SIGN_SIZE} x ${SIGN_SIZE}` : attack.sticker;
  const place = attack.place ? `at ${attack.place.join(", ")}` : "anywhere";
  return (
    `attack: ${goal}; sticker ${looks}, ${attack.size} of the sign, ${place}; share ${attack.share}, ` +
    `${attack.lookAlikes ? "with" : "without"} look-alikes${attack.curriculum ? "" : ", no curriculum"}`
  );
}
