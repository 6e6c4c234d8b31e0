/** What the time bars of both studies are made of: the main button, steps by a unit, figures. */
import { html, nothing } from "lit";
import { type StepUnit, isActive, type Phase } from "../../studies/port.ts";

export const phaseNames: Readonly<Record<Phase, string>> = {
  starting: "Getting ready",
  training: "Training",
  paused: "Paused",
  measuring: "Measuring what was learned",
  finished: "Finished",
  stopped: "Stopped",
  failed: "Ended by an error",
};

const units: readonly { readonly unit: StepUnit; readonly key: string }[] = [
  { unit: "kernel", key: "K" },
  { unit: "layer", key: "L" },
  { unit: "batch", key: "B" },
  { unit: "epoch", key: "E" },
];

type Fire = (name: string, detail?: unknown) => void;

/**
 * Start, pause or resume, and stop: one button in one place for the first three, so that the focus stays
 * while its meaning changes.
 * @param idle nothing can be started, paused or resumed just now
 */
export function runButtons(phase: Phase | null, idle: boolean, disabled: boolean, fire: Fire) {
  const active = phase !== null && isActive(phase);
  const [text, event] =
    phase === "paused"
      ? ["Resume", "run-resume"]
      : active
        ? ["Pause", "run-pause"]
        : ["Start", "run-start"];
  return html`<div class="buttons">
    <button
      class="primary"
      aria-keyshortcuts="Space"
      aria-disabled=${idle ? "true" : nothing}
      @click=${() => idle || fire(event)}
    >
      ${text}
    </button>
    <button
      ?disabled=${disabled || !active || phase === "measuring"}
      @click=${() => fire("run-stop")}
    >
      Stop
    </button>
  </div>`;
}

/** @param epoch what the study calls its longest unit, and what a step by it is */
export function stepButtons(
  disabled: boolean,
  fire: Fire,
  epoch = { name: "epoch", title: "One epoch further" },
) {
  return html`<div class="step" role="group" aria-label="One step of">
    <span class="label" aria-hidden="true">Step</span>
    ${units.map(({ unit, key }) => {
      const { name, title } =
        unit === "epoch" ? epoch : { name: unit, title: `One ${unit} further` };
      return html`<button
        class="unit"
        title=${title}
        aria-keyshortcuts=${key}
        ?disabled=${disabled}
        @click=${() => fire("step", unit)}
      >
        ${name} <kbd>${key}</kbd>
      </button>`;
    })}
  </div>`;
}

export function figure(name: string, value: string) {
  return html`<div>
    <dt>${name}</dt>
    <dd id=${name === "step" ? "step" : nothing}>${value}</dd>
  </div>`;
}
