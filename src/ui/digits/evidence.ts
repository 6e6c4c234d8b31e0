/** The evidence panels of the digit study: digits, curves, neurons and confusion. */
import { html } from "lit";
import {
  DRAWN,
  type AblationMeasure,
  type NeuronId,
  type NeuronScale,
  type Subject,
  type RunView,
  type Sample,
} from "../../studies/digits/port.ts";
import "./confusion-view.ts";
import type { ConfusionView } from "./confusion-view.ts";
import "./digit-gallery.ts";
import "./digit-pad.ts";
import { policyOf } from "./draft.ts";
import "./error-table.ts";
import type { LabController } from "./lab-controller.ts";
import "./loss-chart.ts";
import "./neuron-panel.ts";
import "./success-chart.ts";
import type { ViewController } from "../shell/view-controller.ts";

/** What the panels tell of, and what they call. */
export interface Evidence {
  readonly view: ViewController;
  readonly lab: LabController;
  readonly subject: Subject | null;
  /** The run that the charts tell of. */
  readonly told: RunView | null;
  /** The digits of the gallery. */
  readonly samples: readonly Sample[];
  /** The latest picture of a digit that was opened. */
  readonly given: Uint8Array | null;
  readonly brushed: readonly NeuronId[] | null;
  /** The adapter on which the recording of the shipped BadNet was made. */
  readonly recordedOn: string | null;
  /** The test set is the one that the paper's table is of. */
  readonly mnist: boolean;
  readonly images: ConfusionView["images"];
  readonly draw: (pixels: Uint8Array) => Promise<void>;
  readonly brush: (neurons: readonly NeuronId[] | null) => void;
}

/** The panel that the view names. */
export function evidence(shown: Evidence) {
  return panels[shown.view.state.panel](shown);
}

const panels = { digits, curves, neurons, confusion } as const;

function digits({ view, lab, subject, told, samples, given, draw }: Evidence) {
  const { draft, image } = view.state;
  const { pixels, policy } = attackOf(subject);
  return html`
    <digit-gallery
      .samples=${samples}
      .pixels=${subject ? pixels : draft.pixels}
      .policy=${subject ? policy : policyOf(draft)}
      .view=${told?.gallery ?? null}
      .chosen=${image}
      @pick=${(event: CustomEvent<number>) => view.update({ image: event.detail })}
    ></digit-gallery>
    <digit-pad
      .look=${lab.look?.image === DRAWN ? lab.look : null}
      .policy=${policy}
      .given=${given}
      @draw=${(event: CustomEvent<Uint8Array>) => draw(event.detail)}
    ></digit-pad>
  `;
}

function curves({ told, mnist }: Evidence) {
  return html`
    <success-chart .run=${told}></success-chart>
    <loss-chart .run=${told}></loss-chart>
    <error-table .run=${told} .mnist=${mnist}></error-table>
  `;
}

function neurons({ view, lab, told, brushed, recordedOn, brush }: Evidence) {
  const { label, neuron } = view.state;
  return html`<neuron-panel
    .report=${lab.report}
    .measuring=${lab.progress.neurons ?? null}
    .drawing=${lab.progress.curve ?? null}
    .label=${label}
    .measure=${lab.measure}
    .baseline=${unchanged(told)}
    .curve=${lab.curve}
    .scaled=${lab.scaled}
    .selected=${neuron}
    .chosen=${brushed ?? []}
    .recordedOn=${lab.report?.version === 0 ? recordedOn : null}
    @label-change=${(event: CustomEvent<number | null>) => {
      view.update({ label: event.detail });
      void lab.measureNeurons(event.detail);
    }}
    @measure-request=${() => lab.measureNeurons(label)}
    @brush=${(event: CustomEvent<readonly NeuronId[]>) =>
      brush(event.detail.length > 0 ? event.detail : null)}
    @select=${(event: CustomEvent<NeuronId>) => view.update({ neuron: event.detail })}
    @scale-change=${(event: CustomEvent<readonly NeuronScale[]>) => lab.scale(event.detail)}
    @curve-request=${(event: CustomEvent<readonly NeuronId[]>) => lab.measureCurve(event.detail)}
    @cancel=${() => lab.cancel()}
  ></neuron-panel>`;
}

function confusion({ view, lab, subject, images }: Evidence) {
  const { pixels, policy } = attackOf(subject);
  const { predictions } = lab;
  // The network has changed since it read the test set.
  const stale =
    predictions !== null &&
    predictions.version !== 0 &&
    subject !== null &&
    predictions.version !== subject.version;
  return html`<confusion-view
    .predictions=${predictions}
    ?stale=${stale}
    .policy=${policy}
    .progress=${lab.progress.predictions ?? null}
    .images=${images}
    .trigger=${pixels}
    .step=${subject?.step ?? null}
    @predictions-request=${() => lab.predict()}
    @cancel=${() => lab.cancel()}
    @pick=${(event: CustomEvent<number>) => view.update({ image: event.detail })}
  ></confusion-view>`;
}

function attackOf(subject: Subject | null) {
  const attack = subject?.attack ?? null;
  return { policy: attack?.policy ?? null, pixels: attack?.trigger.pixels ?? [] };
}

/** What the network on view does unchanged, as far as that was measured. */
function unchanged(told: RunView | null): AblationMeasure | null {
  if (!told?.measured) return null;
  const { clean, attack } = told.measured;
  const images = clean.perClass.reduce((sum, one) => sum + one.images, 0);
  return { cleanAccuracy: clean.accuracy, attackSuccess: attack?.success ?? null, images };
}
