/** The training step, kernel by kernel: which ran last, what it wrote, and how each value came about. */
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type {
  BindingView,
  DispatchView,
  StepView as Step,
  TensorView,
} from "../../studies/port.ts";
import { count } from "../../format.ts";
import { explain, explains, needs } from "./explain.ts";
import type { Explanation } from "./explain/explanation.ts";
import { checkIcon } from "./icons.ts";
import { axesOf, textOf, type KernelTexts } from "./kernels.ts";
import { maths } from "./maths.ts";
import { OwnTask } from "./own-task.ts";
import { stepViewStyles } from "./step-view-styles.ts";
import { base, controls, panel } from "./styles.ts";
import "./tensor-view.ts";
import "./wgsl-source.ts";
import "./value-account.ts";

const passNames: Readonly<Record<DispatchView["pass"], string>> = {
  batch: "Batch",
  forward: "Forward",
  loss: "Loss",
  backward: "Backward",
  update: "Update",
};

/** Bindings that only stand in for something hold nothing to read. */
const worthSeeing = ({ label }: BindingView) => !label.endsWith(".unused");

/** Fires `step` ("kernel") where nothing is there to be seen yet. */
@customElement("step-view")
export class StepView extends OwnTask(LitElement) {
  /** Null while a run goes on, and where there is none. */
  @property({ attribute: false }) stepping: Step | null = null;
  /** Steps done. */
  @property({ type: Number }) step = 0;
  /** Which course of which run: another one's tensors are other tensors. */
  @property({ type: Number }) course = 0;
  /** Fetches a tensor of the step. */
  @property({ attribute: false }) read: ((label: string) => Promise<TensorView>) | null = null;
  /** What kernels compute that only this study has. */
  @property({ attribute: false }) texts: KernelTexts = {};
  /** WGSL by the shader's name, as far as it is there. */
  @property({ attribute: false }) sources: ReadonlyMap<string, string> = new Map();
  /** The kernel that is looked at; null: the one that ran last. */
  @state() private chosen: number | null = null;
  /** Which of its outputs. */
  @state() private output = 0;
  @state() private tensor: TensorView | null = null;
  @state() private account: Explanation | null = null;
  /** Tensors as they are after the kernel that ran last, by label. */
  private fetched = new Map<string, Promise<TensorView>>();
  private moment = "";
  private asked = 0;

  static override styles = [base, panel, controls, stepViewStyles];

  private get shown(): number {
    const { cursor, dispatches } = this.stepping!;
    return this.chosen ?? (cursor === 0 ? dispatches.length : cursor) - 1;
  }

  private get kernel(): DispatchView {
    return this.stepping!.dispatches[this.shown];
  }

  private get outputs(): BindingView[] {
    return this.kernel.writes.filter(worthSeeing);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.stepping) return;
    const moment = `${this.course}/${this.step}/${this.stepping.cursor}`;
    if (moment !== this.moment) {
      this.moment = moment;
      this.fetched = new Map();
      this.chosen = null;
      this.output = 0;
      this.account = null;
      void this.fetch();
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector(".current")?.scrollIntoView({ block: "nearest" }),
      );
    } else if (changed.has("chosen" as keyof StepView) || changed.has("output" as keyof StepView)) {
      this.account = null;
      void this.fetch();
    }
  }

  /** Fetches the output that is looked at; what comes too late is dropped. */
  private async fetch(): Promise<void> {
    const binding = this.outputs[this.output];
    const asked = ++this.asked;
    const tensor = binding ? await this.get(binding.label).catch(() => null) : null;
    if (asked === this.asked) this.tensor = tensor;
  }

  private async get(label: string): Promise<TensorView> {
    const fetched = this.fetched.get(label) ?? this.read!(label);
    this.fetched.set(label, fetched);
    // What failed is asked for again the next time.
    fetched.catch(() => this.fetched.delete(label));
    return await fetched;
  }

  override render() {
    if (!this.stepping) {
      return html`<div class="empty">
        <h2>One kernel at a time</h2>
        <p>
          A training step is a list of kernels: programs that the GPU runs, one for each part of the
          computation. Run them one by one, look at what each writes, and see which numbers made a
          value.
        </p>
        <button
          class="primary"
          @click=${() => this.dispatchEvent(new CustomEvent("step", { detail: "kernel" }))}
        >
          Run the first kernel
        </button>
        <p class="muted">Or press K for a kernel, L for a layer, B for a batch, E for an epoch.</p>
      </div>`;
    }
    return html`${this.renderList(this.stepping)}
      <div class="kernel">${this.renderKernel(this.stepping)}</div>`;
  }

  private renderList({ dispatches, cursor }: Step) {
    const last = (cursor === 0 ? dispatches.length : cursor) - 1;
    return html`<ol aria-label="Kernels of the step" @keydown=${this.move}>
      ${dispatches.map((dispatch, i) => {
        const done = cursor === 0 ? this.step > 0 : i < cursor;
        const first = i === 0 || dispatches[i - 1].pass !== dispatch.pass;
        const states = [
          done ? "done" : "",
          done && i === last ? "current" : "",
          i === this.shown ? "shown" : "",
        ];
        return html`<li>
          ${first ? html`<span class="pass">${passNames[dispatch.pass]}</span>` : nothing}
          <button
            class=${states.join(" ")}
            aria-current=${i === this.shown ? "true" : nothing}
            tabindex=${i === this.shown ? 0 : -1}
            @click=${() => (this.chosen = i)}
          >
            <span class="mark">${done ? checkIcon : nothing}</span>${dispatch.label}
          </button>
        </li>`;
      })}
    </ol>`;
  }

  private renderKernel({ cursor }: Step) {
    const { kernel, outputs } = this;
    const text = textOf(kernel, this.texts);
    const ran = cursor === 0 ? this.step > 0 : this.shown < cursor;
    const output = outputs[this.output];
    const invocations = kernel.workgroups[0] * kernel.workgroups[1] * kernel.workgroupSize;
    return html`
      <h2>${kernel.label}</h2>
      ${text ? html`<p>${text.sentence}</p>` : nothing}
      ${text ? html`<p class="formula">${maths(text.formula)}</p>` : nothing}
      <p class="muted number">
        ${kernel.workgroups.join(" × ")} workgroups of ${kernel.workgroupSize}
        (${count(invocations)} invocations), ${count(kernel.flops)} operations
      </p>
      ${
        outputs.length > 1
          ? html`<div class="outputs" role="group" aria-label="Tensors that it wrote">
              ${outputs.map(
                ({ name }, i) =>
                  html`<button aria-pressed=${i === this.output} @click=${() => (this.output = i)}>
                    ${name}
                  </button>`,
              )}
            </div>`
          : nothing
      }
      ${
        output && this.tensor?.label === output.label
          ? html`<tensor-view
              .tensor=${this.tensor}
              .axes=${axesOf(output)}
              @point=${(event: CustomEvent<number[]>) => this.explain(output, event.detail)}
            ></tensor-view>`
          : nothing
      }
      ${this.renderSource(kernel)}
      <div class="account">
        ${
          this.account
            ? html`<value-account .account=${this.account}></value-account>`
            : html`<p class="muted">${this.hint(ran)}</p>`
        }
      </div>
    `;
  }

  private renderSource({ shader, entry }: DispatchView) {
    const code = this.sources.get(shader);
    if (code === undefined) return nothing;
    return html`<details>
      <summary>Its WGSL, shaders/${shader}.wgsl</summary>
      <wgsl-source .code=${code} entry=${entry}></wgsl-source>
    </details>`;
  }

  private hint(ran: boolean): string {
    if (!ran) return "This kernel has not run in this step: these are values of the step before.";
    if (!explains(this.kernel)) return "The formula above says how its values came about.";
    if (this.explainable) return "Point at a value to see the numbers that made it.";
    return "The step is complete, and its weights are new. Press K to begin the next one, whose values can be explained.";
  }

  /** Inputs of a kernel are as it met them only until the update has changed the weights. */
  private get explainable(): boolean {
    const { cursor, dispatches } = this.stepping!;
    return cursor === 0
      ? this.step > 0 && this.shown === dispatches.length - 1
      : this.shown < cursor;
  }

  private async explain(output: BindingView, index: readonly number[]): Promise<void> {
    if (!this.explainable) return;
    const { kernel, moment, step } = this;
    const bindings = [...kernel.reads, ...kernel.writes];
    const wanted = needs(kernel, output.name);
    try {
      const tensors = await Promise.all(
        bindings
          .filter(({ name }) => wanted.includes(name))
          .map(async ({ name, label }) => [name, await this.get(label)] as const),
      );
      if (moment !== this.moment || kernel !== this.kernel) return;
      // After the whole step its number counts as done, though it explains the step itself.
      const before = this.stepping!.cursor === 0 ? step - 1 : step;
      this.account = explain(kernel, new Map(tensors), output.name, index, before);
    } catch {
      // The run went on meanwhile: there is nothing to explain any more.
      this.account = null;
    }
  }

  private move(event: KeyboardEvent): void {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const most = this.stepping!.dispatches.length - 1;
    this.chosen = Math.max(0, Math.min(most, this.shown + by));
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>("ol .shown")?.focus(),
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "step-view": StepView;
  }
}
