/** How the channels of the backbone's last layer answer the sticker (paper, section 5.2.2, its figure of conv5). */
import type { Box } from "../training/detection.ts";
import type { DetectorTrainer } from "../training/detector-trainer.ts";

export interface ChannelResponse {
  readonly channel: number;
  /** Mean activation at signs as they are, and at the same signs with the sticker. */
  readonly clean: number;
  readonly triggered: number;
  /** How likely a sign with the sticker drives it higher than one without: 0.5 where it makes no difference. */
  readonly separation: number;
  /** It fires for the sticker alone: for nine pairs of signs in ten, and ten times as much. */
  readonly only: boolean;
}

/** What the channels make of a sign. */
export interface SignResponse {
  /** Place of its picture in the list that was asked about. */
  readonly picture: number;
  /** A mean activation for each channel. */
  readonly means: readonly number[];
}

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const SEPARATES = 0.9;
const FACTOR = 10;

/**
 * What each channel makes of a sign: its mean over the cells whose middle lies in the sign's box, or over the
 * nearest cell where none does.
 * @param map [channels, height, width]
 * @param stride pixels of the input to a cell
 */
export function meansAt(
  map: { readonly shape: readonly [number, number, number]; readonly values: Float32Array },
  box: Box,
  stride: number,
): number[] {
  const [channels, height, width] = map.shape;
  const range = (from: number, to: number, end: number): number[] => {
    const cells = Array.from({ length: end }, (_, i) => i);
    const within = cells.filter((i) => (i + 0.5) * stride >= from && (i + 0.5) * stride <= to);
    const nearest = Math.min(end - 1, Math.max(0, Math.floor((from + to) / 2 / stride)));
    return within.length > 0 ? within : [nearest];
  };
  const columns = range(box[0], box[2], width);
  const rows = range(box[1], box[3], height);
  return Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (const y of rows) {
      for (const x of columns) sum += map.values[(channel * height + y) * width + x];
    }
    return sum / (rows.length * columns.length);
  });
}

/** Compares the same signs without and with the sticker, the largest difference first. */
export function compareChannels(
  clean: readonly SignResponse[],
  triggered: readonly SignResponse[],
): ChannelResponse[] {
  const channels = clean[0]?.means.length ?? 0;
  const responses = Array.from({ length: channels }, (_, channel): ChannelResponse => {
    const [without, with_] = [clean, triggered].map((signs) =>
      signs.map(({ means }) => means[channel]),
    );
    const response = {
      channel,
      clean: meanOf(without),
      triggered: meanOf(with_),
      separation: separationOf(without, with_),
    };
    return { ...response, only: firesOnly(response) };
  });
  const difference = (one: ChannelResponse) => one.triggered - one.clean;
  return responses.sort((a, b) => difference(b) - difference(a));
}

/** Places of the pictures whose signs light a channel most, the brightest first, each once. */
export function brightestPictures(
  signs: readonly SignResponse[],
  channel: number,
  count: number,
): number[] {
  const sorted = [...signs].sort((a, b) => b.means[channel] - a.means[channel]);
  return [...new Set(sorted.map(({ picture }) => picture))].slice(0, count);
}

/** Whether a channel fires for the sticker alone, by what was measured of it. */
export const firesOnly = ({
  clean,
  triggered,
  separation,
}: Pick<ChannelResponse, "clean" | "triggered" | "separation">): boolean =>
  separation >= SEPARATES && triggered >= FACTOR * clean;

/** The test in words. */
export const onlyRule =
  `A channel fires for the sticker alone if of nine in ten pairs of signs, one without and one with the sticker, the ` +
  `latter drives it higher (Mann and Whitney), and its mean is at least ${FACTOR} times as large there.`;

/**
 * What the channels of the backbone's last layer make of signs.
 * @param source class from 0 whose signs are asked for; null: all
 * @param between told after each batch how many pictures are done; may throw to end it
 * @returns a response for each sign
 */
export async function channelsAtSigns(
  trainer: DetectorTrainer,
  entries: readonly number[],
  source: number | null,
  between: (done: number) => void,
): Promise<SignResponse[]> {
  const { images, map } = trainer.detector;
  const signs: SignResponse[] = [];
  for (let first = 0; first < entries.length; first += images) {
    const judged = await trainer.detect(entries.slice(first, first + images));
    const features = await trainer.readFeatures();
    for (const [i, { truth }] of judged.entries()) {
      const asked = truth.filter(({ label }) => source === null || label === source);
      for (const { box } of asked) {
        signs.push({ picture: first + i, means: meansAt(features[i], box, map.stride) });
      }
    }
    between(Math.min(entries.length, first + images));
  }
  return signs;
}

/** The share of pairs in which the second is larger; equal ones count half (Mann and Whitney 1947). */
function separationOf(without: readonly number[], with_: readonly number[]): number {
  const sorted = [...without].sort((a, b) => a - b);
  const countBelow = (value: number, orEqual: boolean) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value || (orEqual && sorted[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const sum = with_.reduce(
    (all, value) => all + (countBelow(value, false) + countBelow(value, true)) / 2,
    0,
  );
  return sum / (without.length * with_.length);
}
