/** Questions about what a sticker does to the detector on view: its channels, and the sticker's place and size. */
import {
  brightestPictures,
  compareChannels,
  type ChannelResponse,
} from "../../inspection/sticker-channels.ts";
import { wearing, type Wear } from "../../layers/scene.ts";
import { scoreAttack } from "../../training/attack-score.ts";
import { scoreDetections } from "../../training/detection.ts";
import { assertWanted, timed } from "../task-queue.ts";
import type { Question } from "../questions.ts";
import { looking, putOn, unchanged, type StickerOnSigns, type Subject } from "./looking.ts";
import { unseenScenes } from "./plan.ts";
import { classNames, ownStickerOf } from "./recipe.ts";
import { sweepSticker } from "./sticker-sweep.ts";
import type { StickerVariant, Sweep } from "./sticker-variants.ts";

/** A sticker, and as what the signs that wear it are to be read. */
export interface StickerGoal extends StickerOnSigns {
  /** Class from 0; null: any wrong one. */
  readonly target: number | null;
}

/** How a channel of the backbone's last layer answers the sticker, and where. */
export interface RankedChannel extends ChannelResponse {
  /** Numbers of the scenes whose signs light it most with the sticker, the brightest first. */
  readonly scenes: readonly number[];
}

export interface ChannelReport {
  /** The backbone's last layer. */
  readonly layer: string;
  readonly signs: number;
  /** The largest difference first. */
  readonly responses: readonly RankedChannel[];
}

/** Scenes named for each channel. */
const BRIGHTEST = 3;

/** What the channels of the backbone's last layer make of the same signs without and with the sticker. */
const channels: Question<
  Subject,
  { readonly count: number; readonly worn: StickerOnSigns },
  ChannelReport
> = async (subject, { count, worn }, asking) =>
  await looking(subject, "channels", unchanged, asking, async ({ inspector }, signal) => {
    const entries = unseenScenes(count);
    const report = timed(2 * count, asking.onProgress);
    putOn(inspector, worn);
    const measure = async (wear: Wear, before: number) =>
      await inspector.channelsAtSigns(
        entries.map((entry) => wearing(entry, wear)),
        worn.source,
        (done) => {
          assertWanted(signal);
          report(before + done);
        },
      );
    const clean = await measure("nothing", 0);
    const triggered = await measure("sticker", count);
    return {
      layer: inspector.lastLayer,
      signs: clean.length,
      responses: compareChannels(clean, triggered).map((one) => ({
        ...one,
        scenes: brightestPictures(triggered, one.channel, BRIGHTEST),
      })),
    };
  });

/** A detector with its first channels of a ranking scaled. */
export interface ScaledPoint {
  /** Channels that are scaled. */
  readonly n: number;
  /** Without the sticker: the paper's accuracy over all signs, and the mean of the classes' average precisions. */
  readonly accuracy: number | null;
  readonly averagePrecision: number | null;
  /** With it. */
  readonly success: number | null;
}

/** How many channels of a ranking of so many are scaled for the points of a curve: dense at first, and all at last. */
export function curveCounts(channels: number): number[] {
  const counts = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192];
  return [...counts.filter((n) => n < channels), channels];
}

/** What is left of accuracy and attack when the first n channels of a ranking are scaled, against n. */
const channelCurve: Question<
  Subject,
  {
    readonly ranking: readonly number[];
    readonly factor: number;
    readonly count: number;
    readonly worn: StickerGoal;
  },
  readonly ScaledPoint[]
> = async (subject, { ranking, factor, count, worn }, asking) =>
  await looking(
    subject,
    "channelCurve",
    unchanged,
    asking,
    async ({ inspector, recipe }, signal) => {
      const entries = unseenScenes(count);
      const counts = curveCounts(ranking.length);
      const report = timed(2 * count * counts.length, asking.onProgress);
      let before = 0;
      const detect = async (wear: Wear) => {
        const dressed = entries.map((entry) => wearing(entry, wear));
        const judged = await inspector.detect(dressed, (done) => {
          assertWanted(signal);
          report(before + done);
          return true;
        });
        before += count;
        return judged;
      };
      putOn(inspector, worn);
      const points: ScaledPoint[] = [];
      let scaled = 0;
      for (const n of counts) {
        // On top of those before: all points are of the same parameters, even while the detector trains on.
        const more = ranking.slice(scaled, n);
        inspector.scale(more.map((channel) => ({ layer: inspector.lastLayer, channel, factor })));
        scaled = n;
        const clean = scoreDetections(await detect("nothing"), classNames(recipe.set).length);
        const { success } = scoreAttack(await detect("sticker"), worn);
        const { accuracy, meanAveragePrecision: averagePrecision } = clean;
        points.push({ n, accuracy, averagePrecision, success });
      }
      return points;
    },
  );

/** How sure the detector is of what the attacker wants, with the sticker at other places and of other sizes. */
const stickerSweep: Question<
  Subject,
  {
    readonly variants: readonly StickerVariant[];
    readonly scenes: number;
    readonly worn: StickerGoal;
  },
  Sweep
> = async (subject, { variants, scenes, worn }, asking) =>
  await looking(subject, "stickerSweep", unchanged, asking, async ({ inspector }, signal) => {
    const { sticker, picture, source, target } = worn;
    let report: ReturnType<typeof timed> | null = null;
    return await sweepSticker(
      inspector,
      { sticker, goal: { source, target }, variants, scenes, own: ownStickerOf({ picture }) },
      (done, of) => {
        assertWanted(signal);
        if (done === 0) return;
        report ??= timed(of, asking.onProgress);
        report(done);
      },
    );
  });

export const stickerQuestions = { channels, channelCurve, stickerSweep };
