/**
 * Which class of sign the names of label files stand for: those of LISA, Mapillary, the German benchmarks,
 * COCO and the authors, read through one by one. What is not here is for the reader to say.
 */
import { signSets, type SignSet } from "../sign-atlas.ts";

/** Names as they are compared: words in small letters, whatever parted them. */
export const wordsOf = (name: string): string =>
  name
    .normalize("NFC")
    .slice(0, MOST_LETTERS)
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toLowerCase();

/** Letters of a name that are looked at. */
const MOST_LETTERS = 200;

/** Behind a name of Mapillary's stands which of its drawings it is. */
const DRAWING = "( g\\d+)?";

const pattern = (text: string) => new RegExp(`^(${text})$`);

/**
 * For each class the names that stand for it. "Stop here on red", "stop signals" and "end of speed limit" are
 * none of these, nor is a plate that only advises a speed.
 */
const names: Readonly<Record<SignSet, Readonly<Record<string, readonly RegExp[]>>>> = {
  us: {
    stop: [pattern(`(regulatory |traffic )?stop ?(signs?)?${DRAWING}`)],
    "speed limit": [
      pattern(
        `(regulatory )?(maximum |truck )?speed ?limits?( signs?)?( ?\\d+)?( ?(mph|kmh|km h|kph))?( signs?)?${DRAWING}`,
      ),
      // LISA's, of which nobody could read the number.
      pattern("speed limit urdbl"),
    ],
    warning: [
      // A category, or Mapillary's names.
      /^warnings?( |$)/,
      // LISA's yellow diamonds, and plates below them, which advise.
      pattern(
        [
          "added lane|curve left|curve right|dip|intersection|lane ends|merge|pedestrian crossing",
          "ramp speed advisory( ?\\d+| urdbl)?|roundabout|round about|school|school speed limit ?\\d*|signal ahead|slow",
          "speed bumps?( ahead)?|stop ahead|thru merge left|thru merge right|thru traffic merge left",
          "turn left|turn right|yield ahead|zone ahead ?\\d*",
        ].join("|"),
      ),
    ],
  },
  eu: {
    information: [/^informat(ion|ive)( |$)/],
    mandatory: [/^mandatory( |$)/],
    prohibitory: [/^prohibit(ory|ion|ive)?( |$)/],
    warning: [/^(warnings?|danger)( |$)/],
    other: [/^others?( |$)/],
  },
};

/** The class that a collection's name stands for; undefined where nobody said so. */
export function classOf(set: SignSet, name: string): number | undefined {
  const words = wordsOf(name);
  const label = (signSets[set] as readonly string[]).findIndex((title) =>
    names[set][title].some((one) => one.test(words)),
  );
  return label < 0 ? undefined : label;
}
