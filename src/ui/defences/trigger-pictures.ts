/** A reversed trigger as pictures: where it covers, what it paints there, and the true one beside it. */
import { html, nothing, type TemplateResult } from "lit";
import type { TriggerPixel } from "../../backdoor/trigger.ts";
import type { MeasuredTrigger } from "../../defences/reversed-triggers.ts";
import { percent } from "../../format.ts";
import { DIGIT_SIZE } from "../../models/digit-net.ts";
import "../elements/digit-image.ts";

/** The trigger that the attacker uses, where it is known. */
export type TrueTrigger = readonly TriggerPixel[] | null;

/** A picture under its name. */
export const picture = (image: TemplateResult, caption: string) =>
  html`<figure>
    ${image}
    <figcaption>${caption}</figcaption>
  </figure>`;

const bytes = (values: ArrayLike<number>) =>
  Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));

/**
 * @param of what it does, for those who do not see it: "to 5"
 * @param look leads to the neurons that the true trigger wakes
 */
export function triggerPictures(
  { mask, pattern, l1, success }: Pick<MeasuredTrigger, "mask" | "pattern" | "l1" | "success">,
  of: string,
  trigger: TrueTrigger,
  look: () => void,
): TemplateResult {
  const painted = mask.map((share, i) => share * pattern[i]);
  return html`<div class="pictures">
    ${picture(
      html`<digit-image .pixels=${bytes(mask)} name="Mask of the trigger ${of}"></digit-image>`,
      `where it covers: ${l1.toFixed(1)} pixels`,
    )}
    ${picture(
      html`<digit-image .pixels=${bytes(painted)} name="Reversed trigger ${of}"></digit-image>`,
      `what it paints; it turns ${percent(success, 0)} of the images`,
    )}
    ${
      trigger
        ? picture(
            html`<digit-image
              .pixels=${pixelsOf(trigger)}
              .marked=${trigger}
              name="The true trigger"
            ></digit-image>`,
            `the true trigger: ${trigger.length} ${trigger.length === 1 ? "pixel" : "pixels"}`,
          )
        : html`<p class="muted">The true trigger is not known.</p>`
    }
    ${
      trigger
        ? html`<p><button type="button" @click=${look}>Neurons that it wakes</button></p>`
        : nothing
    }
  </div>`;
}

/** A trigger on a black ground. [28, 28] */
export function pixelsOf(trigger: readonly TriggerPixel[]): Uint8Array {
  const pixels = new Uint8Array(DIGIT_SIZE ** 2);
  for (const { row, column, value } of trigger) pixels[row * DIGIT_SIZE + column] = value;
  return pixels;
}
