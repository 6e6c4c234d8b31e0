/**
 * How an attacker makes a backdoor survive retraining better (paper, section 5.3.2): the channels that answer the
 * sticker alone are made louder before the detector is published.
 */
import {
  channelsAtSigns,
  compareChannels,
  type ChannelResponse,
} from "../../inspection/sticker-channels.ts";
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

/** Multiplies the outputs of channels of the last convolution: with a ReLU behind it, its weights and biases. */
export function strengthened(
  parameters: ParameterValues,
  preset: DetectorPreset,
  { factor, channels }: Louder,
): ParameterValues {
  const { label, filters } = convolutionsOf(preset).at(-1)!;
  const louder = ["w", "b"].map((part): [string, Float32Array<ArrayBuffer>] => {
    const values = parameters.get(`${label}.${part}`)!.slice();
    const each = values.length / filters;
    for (const channel of channels) {
      for (let i = channel * each; i < (channel + 1) * each; i++) values[i] *= factor;
    }
    return [`${label}.${part}`, values];
  });
  return new Map([...parameters, ...louder]);
}

/** What a retrained detector takes over of another: its convolutions, perhaps strengthened. */
export function convolutionsFrom(
  parameters: ParameterValues,
  preset: DetectorPreset,
  louder: Louder | null,
): ParameterValues {
  const all = louder ? strengthened(parameters, preset, louder) : parameters;
  const labels = convolutionsOf(preset).map(({ label }) => label);
  return new Map([...all].filter(([label]) => labels.includes(label.split(".")[0])));
}
