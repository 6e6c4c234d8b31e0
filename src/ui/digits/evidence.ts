/** The evidence panels of the digit study: digits, curves, neurons and confusion. */
import { html } from "lit";
import { triggerPresets } from "../../backdoor/trigger.ts";
import type { AblationMeasure, NeuronId, NeuronScale, Sample } from "../../studies/digits/port.ts";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { History, Subject } from "../../studies/port.ts";
import "./confusion-view.ts";
import type { ConfusionView } from "./confusion-view.ts";
import "./digit-gallery.ts";
import "./digit-pad.ts";
import type { DigitView } from "./address.ts";
import { policyOf, type Draft } from "./draft.ts";
import "./error-table.ts";
import type { Ink } from "./ink.ts";
import type { LabController } from "./lab-controller.ts";
import "./loss-chart.ts";
import "./neuron-panel.ts";
import "./success-chart.ts";

/** What the panels tell of, and what they call. */
export interface Evidence {
  readonly view: DigitView;
  readonly lab: LabController;
  readonly subject: Subject<DigitPort> | null;
  /** How the network on view came about; null where nobody knows. */
  readonly history: History<DigitPort> | null;
  /** The digits of the gallery. */
  readonly samples: readonly Sample[];
  /** What is on the pad. */
  readonly ink: Ink;
  readonly brushed: readonly NeuronId[] | null;
  /** The adapter on which the neurons were measured; null: this one. */
  readonly recordedOn: string | null;
  /** The test set is the one that the paper's table is of. */
  readonly mnist: boolean;
  readonly images: ConfusionView["images"];
  readonly change: (part: Partial<DigitView>) => void;
  readonly draw: (pixels: Uint8Array) => void;
  readonly brush: (neurons: readonly NeuronId[] | null) => void;
}

/** The panel that the view names. */
export function evidence(shown: Evidence) {
  const { lab, view } = shown;
  const { length } = lab.scaled;
  if (length === 0) return panels[view.panel](shown);
  const changed = `${length} ${length === 1 ? "neuron" : "neurons"} changed`;
  return html`<p class="which" role="note">${whichNetwork[view.panel](lab, changed)}</p>
    ${panels[view.panel](shown)}`;
}

/** Of which network a panel tells while neurons are changed. */
const whichNetwork: Readonly<
  Record<DigitView["panel"], (lab: LabController, changed: string) => string>
> = {
  digits: (_, changed) => `Shown: the network with ${changed}.`,
  curves: (_, changed) => `Shown: the network as it was trained. Now it has ${changed}.`,
  neurons: (_, changed) => `Accuracies: with ${changed}. Chart and ranking: as they were measured.`,
  confusion: (lab, changed) =>
    lab.predictions === null || lab.stale
      ? `Shown: the network as it was read last. Now it has ${changed}.`
      : `Shown: the network with ${changed}.`,
};

const panels = { digits, curves, neurons, confusion } as const;

function digits({ view, lab, subject, samples, ink, change, draw }: Evidence) {
  const { draft, image } = view;
  const { pixels, policy } = attackOf(subject);
  return html`
    <digit-gallery
      .samples=${samples}
      .pixels=${subject ? pixels : markOf(draft)}
      .policy=${subject ? policy : policyOf(draft)}
      .readings=${lab.readings}
      .chosen=${image}
      @pick=${(event: CustomEvent<number>) => change({ image: event.detail })}
    ></digit-gallery>
    <digit-pad
      .look=${lab.look?.image === null ? lab.look : null}
      .policy=${policy}
      .ink=${ink}
      .digit=${typeof image === "number" ? null : image}
      @draw=${(event: CustomEvent<Uint8Array>) => draw(event.detail)}
    ></digit-pad>
  `;
}

function curves({ subject, history, mnist }: Evidence) {
  return html`
    <success-chart .history=${history}></success-chart>
    <loss-chart .history=${history}></loss-chart>
    <error-table
      .attack=${subject ? (subject.recipe.attack?.policy.kind ?? "none") : "all-to-all"}
      .measured=${history?.details.measured ?? null}
      ?paper=${mnist && isOfPaper(subject)}
    ></error-table>
  `;
}

function neurons({ view, lab, subject, history, brushed, recordedOn, change, brush }: Evidence) {
  const { label, neuron } = view;
  return html`<neuron-panel
    .report=${lab.report}
    .measuring=${lab.progress.neurons ?? null}
    .drawing=${lab.progress.curve ?? null}
    .label=${label}
    .measure=${lab.measure}
    .baseline=${lab.baseline ?? unchanged(history)}
    .asking=${lab.measuring}
    .measuredAt=${lab.baseline || history?.details.measured?.step === subject?.step ? null : (history?.details.measured?.step ?? null)}
    .curve=${lab.curve}
    .scaled=${lab.scaled}
    .top=${lab.top}
    @count-change=${(event: CustomEvent<number>) => (lab.top = event.detail)}
    .selected=${neuron}
    .chosen=${brushed ?? []}
    .recordedOn=${recordedOn}
    @label-change=${(event: CustomEvent<number | null>) => {
      change({ label: event.detail });
      void lab.measureNeurons(event.detail);
    }}
    @measure-request=${() => lab.measureNeurons(label)}
    @baseline-request=${() => lab.measureBaseline()}
    @brush=${(event: CustomEvent<readonly NeuronId[]>) =>
      brush(event.detail.length > 0 ? event.detail : null)}
    @select=${(event: CustomEvent<NeuronId>) => change({ neuron: event.detail })}
    @scale-change=${(event: CustomEvent<readonly NeuronScale[]>) => lab.scale(event.detail)}
    @curve-request=${(event: CustomEvent<readonly NeuronId[]>) => lab.measureCurve(event.detail)}
    @cancel=${() => lab.cancel()}
  ></neuron-panel>`;
}

function confusion({ lab, subject, images, change }: Evidence) {
  const { pixels, policy } = attackOf(subject);
  return html`<confusion-view
    .predictions=${lab.predictions}
    ?stale=${lab.stale}
    .policy=${policy}
    .progress=${lab.progress.predictions ?? null}
    .images=${images}
    .trigger=${pixels}
    .step=${subject?.step ?? null}
    @predictions-request=${() => lab.predict()}
    @cancel=${() => lab.cancel()}
    @pick=${(event: CustomEvent<number>) => change({ image: event.detail })}
  ></confusion-view>`;
}

function attackOf(subject: Subject<DigitPort> | null) {
  const attack = subject?.recipe.attack ?? null;
  // An honest network is shown the paper's pattern, as its inspection does.
  return {
    policy: attack?.policy ?? null,
    pixels: attack?.trigger.pixels ?? triggerPresets.pattern,
  };
}

/** Whether the network's trigger is one that the paper has figures of; an honest one has none. */
function isOfPaper(subject: Subject<DigitPort> | null): boolean {
  const name = subject?.recipe.attack?.trigger.name ?? "pattern";
  return name in triggerPresets;
}

const markOf = ({ trigger, pixels }: Draft) =>
  trigger === "none" ? triggerPresets.pattern : pixels;

/** What the network on view does unchanged, as far as that was measured. */
function unchanged(history: History<DigitPort> | null): AblationMeasure | null {
  const { measured } = history?.details ?? { measured: null };
  if (!measured) return null;
  const { clean, attack } = measured;
  const images = clean.perClass.reduce((sum, one) => sum + one.images, 0);
  return { cleanAccuracy: clean.accuracy, attackSuccess: attack?.success ?? null, images };
}
