/** The network's answer: what it reads, and how probable each digit is without and with the trigger. */
import { html, nothing, svg } from "lit";
import type { Look, NeuronId, NeuronScale } from "../../studies/digits/port.ts";
import { percent } from "../../format.ts";
import type { Mode } from "./layer-picture.ts";
import type { LayerBox } from "./network-layout.ts";

/**
 * The digit that is read and how surely; in the difference, from which digit to which.
 * @param pass the training step's pass where it is at the output
 */
export function reading(look: Look | null, mode: Mode, pass: string | null) {
  return html`<div class="title">
      <b>output</b>${pass ? html`<span class="pass">${pass}</span>` : html`<span>reads</span>`}
    </div>
    ${look ? answer(look, mode) : html`<span class="digit">–</span>`}`;
}

function answer({ probabilities }: Look, mode: Mode) {
  const clean = bestOf(probabilities.clean);
  const triggered = bestOf(probabilities.triggered);
  const best = mode === "clean" ? clean : triggered;
  const sure = probabilities[mode === "clean" ? "clean" : "triggered"][best];
  const flipped = clean !== triggered;
  const from = mode === "difference" && flipped ? html`${clean}<small> to </small>` : nothing;
  const tells = flipped && mode !== "clean";
  return html`<span class="digit">${from}<span class=${tells ? "flipped" : ""}>${best}</span></span
    ><br /><small
      >${percent(sure, flipped ? 0 : 1)}
      ${tells ? html`<span class="tag">flipped</span>` : nothing}</small
    >`;
}

/** Two bars a digit, as parts of an SVG: without the trigger above, with it below. */
export function probabilityBars({ probabilities }: Look, mode: Mode, { x, y, grid }: LayerBox) {
  const { clean, triggered } = probabilities;
  const best = bestOf(mode === "clean" ? clean : triggered);
  const room = grid.tileWidth - 16;
  const height = Math.floor((grid.tileHeight - 7) / 2);
  return svg`<g class="bars">
    ${[...clean.keys()].map((digit) => {
      const top = y + digit * grid.tileHeight + 3;
      const bar = (values: Float32Array, name: "clean" | "triggered", at: number) => {
        const shown = mode === "difference" || mode === name;
        return svg`<rect class="slot" x=${x + 16} y=${at} width=${room} height=${height} rx="1.5"></rect>
          <rect class="${name} ${shown ? "" : "other"}" x=${x + 16} y=${at} width=${room * values[digit]} height=${height} rx="1.5"></rect>`;
      };
      return svg`<text class=${digit === best ? "best" : ""} x=${x + 2} y=${top + height + 1} dy="0.35em">${digit}</text>
        ${bar(clean, "clean", top)} ${bar(triggered, "triggered", top + height + 1)}`;
    })}
  </g>`;
}

/** What glows, in words; "" where nothing does. */
export function glowText(mode: Mode, glowing: readonly NeuronId[]): string {
  return mode === "clean" || glowing.length === 0
    ? ""
    : " Glowing: what the trigger wakes over many images, and in this one.";
}

/** What the neurons that are changed make of this image's flip. */
export function changeText(look: Look | null, scaled: readonly NeuronScale[], mode: Mode) {
  if (!look || scaled.length === 0 || mode === "clean") return nothing;
  const clean = bestOf(look.probabilities.clean);
  const triggered = bestOf(look.probabilities.triggered);
  const changed = `${scaled.length} ${scaled.length === 1 ? "neuron" : "neurons"} changed: `;
  return html`<div role="status">
    ${changed}${
      clean === triggered
        ? `the trigger no longer flips this image, which is read as ${clean}.`
        : `still flipped from ${clean} to ${triggered}. The backdoor is spread over many neurons: N and X go on ` +
          "with the next, “Neurons” switches many off at once."
    }
  </div>`;
}

function bestOf(values: Float32Array): number {
  return values.indexOf(Math.max(...values));
}
