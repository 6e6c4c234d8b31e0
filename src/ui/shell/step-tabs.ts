/** The views of the training step, which every study has: step by step, and its kernels measured. */
import { html, type TemplateResult } from "lit";
import type { RunView, StepUnit, StudyPort, TensorView } from "../../studies/port.ts";
import type { StudyId } from "../../studies/table.ts";
import type { KernelTexts } from "../elements/kernels.ts";
import type { ProfileController, ProfileFormat } from "./profile-controller.ts";

/** Loaded when they are first wanted. */
export const stepTabs = [
  { id: "step", name: "Step by step", load: async () => await import("../elements/step-view.ts") },
  { id: "kernels", name: "Kernels", load: async () => await import("../elements/kernel-view.ts") },
] as const;

/** Loads what shows a view, where it is one of the training step. */
export async function loadStepTab(tab: string): Promise<void> {
  await stepTabs.find(({ id }) => id === tab)?.load();
}

export interface StepTab {
  readonly tab: string;
  readonly study: StudyId;
  readonly run: RunView<StudyPort> | null;
  /** Another number when another run is on view. */
  readonly course: number;
  readonly texts: KernelTexts;
  readonly profiler: ProfileController;
  readonly read: (label: string) => Promise<TensorView>;
  readonly step: (unit: StepUnit) => void;
  readonly measure: () => void;
  readonly compare: (file: File) => void;
}

/** The view that the tab names; null where it is none of the training step. */
export function renderStepTab(shown: StepTab): TemplateResult | null {
  const { tab, study, run, course, texts, profiler, read } = shown;
  if (stepTabs.some(({ id }) => id === tab)) void profiler.wantSources();
  if (tab === "step") {
    return html`<step-view
      .stepping=${run?.stepping ?? null}
      .step=${run?.step ?? 0}
      .course=${course}
      .texts=${texts}
      .sources=${profiler.sources}
      .read=${read}
      @step=${(event: CustomEvent<StepUnit>) => shown.step(event.detail)}
    ></step-view>`;
  }
  if (tab !== "kernels") return null;
  return html`<kernel-view
    study=${study}
    .profile=${profiler.profile}
    .saved=${profiler.saved}
    .progress=${profiler.progress}
    .sources=${profiler.sources}
    @profile-run=${shown.measure}
    @profile-cancel=${() => profiler.cancel()}
    @profile-export=${(event: CustomEvent<ProfileFormat>) => profiler.export(event.detail, study)}
    @profile-compare=${(event: CustomEvent<File>) => shown.compare(event.detail)}
  ></kernel-view>`;
}
