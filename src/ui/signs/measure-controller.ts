/** Something that is measured when asked for: how far it is, a way to end it, and what came of it. */
import {
  html,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from "lit";
import type { TaskProgress } from "../../studies/port.ts";
import type { Asking } from "../../studies/questions.ts";
import "../elements/task-progress.ts";
import { wasCancelled } from "../shell/errors.ts";

/** Its host fires `trouble` with the error where it could not be measured. */
export class MeasureController<Answer> implements ReactiveController {
  answer: Answer | null = null;
  private progress: TaskProgress | null = null;
  private ending: AbortController | null = null;

  constructor(private readonly host: ReactiveControllerHost & EventTarget) {
    host.addController(this);
  }

  async begin(measure: (asking: Asking) => Promise<Answer>): Promise<void> {
    this.ending?.abort();
    const own = (this.ending = new AbortController());
    this.tell({ done: 0, secondsLeft: null });
    try {
      const onProgress = (progress: TaskProgress) => {
        if (this.ending === own) this.tell(progress);
      };
      const answer = await measure({ onProgress, signal: own.signal });
      if (this.ending === own) this.answer = answer;
    } catch (error) {
      if (!wasCancelled(error)) {
        this.host.dispatchEvent(new CustomEvent("trouble", { detail: error }));
      }
    } finally {
      if (this.ending === own) this.tell(null);
    }
  }

  /** What was measured is of something else by now. */
  clear(): void {
    this.ending?.abort();
    this.ending = null;
    this.answer = null;
    this.tell(null);
  }

  /**
   * The button that begins it, or how far it is.
   * @param begin null: there is no engine to ask
   */
  render(heading: string, text: string, begin: (() => void) | null): TemplateResult {
    if (this.progress) {
      return html`<task-progress
        heading=${heading}
        .progress=${this.progress}
        @cancel=${() => this.ending?.abort()}
      ></task-progress>`;
    }
    return html`<button type="button" ?disabled=${!begin} @click=${begin}>${text}</button>`;
  }

  hostDisconnected(): void {
    this.ending?.abort();
  }

  private tell(progress: TaskProgress | null): void {
    this.progress = progress;
    this.host.requestUpdate();
  }
}
