/**
 * How an attacker makes a backdoor survive retraining better (paper, section 5.3.2): the channels that answer the
 * sticker alone are made louder before the detector is published.
 */
import {
  channelsAtSigns,
  compareChannels,
  type ChannelResponse,
} from "../../inspection/sticker-channels.ts";
import { scaledParameters } from "../../inspection/scaled-parameters.ts";
import { wearing, type Wear } from "../../layers/scene.ts";
import { convolutionsOf, type DetectorPreset } from "../../models/detector-presets.ts";
import type { DetectorTrainer } from "../../training/detector-trainer.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";
import { unseenScenes, type AttackOnUse } from "./plan.ts";

/**
 * What the channels of the last convolution make of the same signs without and with the sticker.
 * @param between told how many of all pictures are done; may throw to end it
 */
export async function channelResponses(
  trainer: DetectorTrainer,
  { sticker, source }: Pick<AttackOnUse, "sticker" | "source">,
  scenes: number,
  between: (done: number) => void,
): Promise<{ readonly signs: number; readonly responses: readonly ChannelResponse[] }> {
  const entries = unseenScenes(scenes);
  trainer.wear(sticker, source);
  const look = async (wear: Wear, before: number) =>
    await channelsAtSigns(
      trainer,
      entries.map((entry) => wearing(entry, wear)),
      source,
      (done) => between(before + done),
    );
  const clean = await look("nothing", 0);
  const triggered = await look("sticker", scenes);
  return { signs: clean.length, responses: compareChannels(clean, triggered) };
}

/** Channels of the last convolution, and by what their outputs are multiplied. */
export interface Louder {
  readonly factor: number;
  readonly channels: readonly number[];
}

/** What a retrained detector takes over of another: its convolutions, perhaps strengthened. */
export function convolutionsFrom(
  parameters: ParameterValues,
  preset: DetectorPreset,
  louder: Louder | null,
): ParameterValues {
  const labels = convolutionsOf(preset).map(({ label }) => label);
  const layer = labels.at(-1)!;
  const { factor = 1, channels = [] } = louder ?? {};
  const all = scaledParameters(
    parameters,
    channels.map((channel) => ({ layer, channel, factor })),
  );
  return new Map([...all].filter(([label]) => labels.includes(label.split(".")[0])));
}
