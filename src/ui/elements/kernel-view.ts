/** The profiler: what each kernel of the training step costs, and how near it is to the adapter's best. */
import { html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { TaskProgress } from "../../studies/port.ts";
import { adapterName } from "../../gpu/adapter.ts";
import type { KernelProfile, Profile } from "../../gpu/profile.ts";
import { percent } from "../../format.ts";
import { short } from "./colour-scale.ts";
import { crossIcon } from "./icons.ts";
import { kernelViewStyles } from "./kernel-view-styles.ts";
import { OwnTask } from "./own-task.ts";
import { passColours } from "./pass-colours.ts";
import "./roofline-chart.ts";
import { base, controls, dialogs, panel } from "./styles.ts";
import "./task-progress.ts";
import "./wgsl-source.ts";

type Order = "step" | "milliseconds" | "gflops" | "gigabytesPerSecond";

const columns: readonly { order: Order; name: string }[] = [
  { order: "step", name: "kernel" },
  { order: "milliseconds", name: "ms" },
  { order: "gflops", name: "GFLOP/s" },
  { order: "gigabytesPerSecond", name: "GB/s" },
];

/**
 * Fires `profile-run`, `profile-cancel`, `profile-export` ("json", "csv" or "trace") and
 * `profile-compare` (File).
 */
@customElement("kernel-view")
export class KernelView extends OwnTask(LitElement) {
  /** Whose kernels they are, for the names of files. */
  @property() study = "";
  @property({ attribute: false }) profile: Profile | null = null;
  /** To compare with; on view by itself while nothing was measured here. */
  @property({ attribute: false }) saved: Profile | null = null;
  @property({ attribute: false }) progress: TaskProgress | null = null;
  /** WGSL by the shader's name. */
  @property({ attribute: false }) sources: ReadonlyMap<string, string> = new Map();
  @state() private order: Order = "step";
  @state() private pointed: string | null = null;
  @state() private opened: KernelProfile | null = null;
  /** The source that is read without measuring. */
  @state() private shader = "";
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("input[type=file]") private picker!: HTMLInputElement;

  static override styles = [base, panel, controls, dialogs, passColours, kernelViewStyles];

  override render() {
    const { progress, saved } = this;
    const own = this.profile;
    const profile = own ?? saved;
    const run = progress
      ? html`<task-progress
          heading="Measuring the kernels"
          .progress=${progress}
          @cancel=${() => this.fire("profile-cancel")}
        ></task-progress>`
      : html`<button class="primary" @click=${() => this.fire("profile-run")}>
          ${own ? "Measure again" : "Measure the kernels"}
        </button>`;
    if (!profile) {
      return html`<div class="empty">
        <h2>What each kernel costs</h2>
        <p>
          Every kernel of a training step is timed by itself, many times over, and held against what
          this adapter computes and moves at its best. Nothing may train meanwhile.
        </p>
        ${run} ${this.renderShaders()}
      </div>`;
    }
    return html`
      <header>
        <h2>Kernels of a step: ${profile.title}</h2>
        ${run}
        <div class="files" role="group" aria-label="Save the profile">
          ${
            own
              ? (["json", "csv", "trace"] as const).map(
                  (format) =>
                    html`<button
                      title=${format === "trace" ? "For Perfetto and chrome://tracing" : ""}
                      @click=${() => this.fire("profile-export", format)}
                    >
                      ${format === "trace" ? "Trace" : format.toUpperCase()}
                    </button>`,
                )
              : nothing
          }
          <button @click=${() => this.picker.click()}>Compare…</button>
          <input
            type="file"
            accept=".json"
            hidden
            aria-label="A saved profile"
            @change=${() => {
              const [file] = this.picker.files ?? [];
              if (file) this.fire("profile-compare", file);
              this.picker.value = "";
            }}
          />
        </div>
      </header>
      <p class="muted">
        ${adapterName(profile.adapter)}. ${profile.method} One step alone takes
        ${short(profile.milliseconds)} ms as the sum of its kernels,
        ${short(profile.togetherMilliseconds)} ms in one piece.
        ${
          own && saved
            ? html`Compared with ${saved.title} of ${saved.date.slice(0, 10)}.`
            : saved
              ? html`From a file, of ${saved.date.slice(0, 10)}: measure here to compare.`
              : nothing
        }
      </p>
      ${this.renderTimeline(profile)} ${this.renderTable(profile, own ? saved : null)}
      <roofline-chart
        .profile=${profile}
        study=${this.study}
        .pointed=${this.pointed}
        @point=${(event: CustomEvent<string | null>) => (this.pointed = event.detail)}
      ></roofline-chart>
      ${this.renderSource()}
    `;
  }

  private renderTimeline({ kernels, passes, milliseconds }: Profile) {
    return html`<div class="timeline" role="img" aria-label="Timeline of the step">
        ${kernels.map(
          (kernel) =>
            html`<span
              class="pass-${kernel.pass} ${kernel.label === this.pointed ? "pointed" : ""}"
              style="flex: ${kernel.milliseconds}"
              title="${kernel.label}: ${short(kernel.milliseconds)} ms, ${percent(kernel.share, 1)}"
              @pointerenter=${() => (this.pointed = kernel.label)}
              @pointerleave=${() => (this.pointed = null)}
              >${kernel.share > 0.09 ? kernel.label : nothing}</span
            >`,
        )}
      </div>
      <ul class="passes">
        ${passes.map(
          ({ pass, milliseconds: own }) =>
            html`<li class="pass-${pass}">
              <i></i>${pass} ${short(own)} ms, ${percent(own / milliseconds, 0)}
            </li>`,
        )}
      </ul>`;
  }

  private renderTable({ kernels }: Profile, saved: Profile | null) {
    const { order } = this;
    const sorted = order === "step" ? kernels : kernels.toSorted((a, b) => b[order] - a[order]);
    const largest = Math.max(...kernels.map(({ share }) => share));
    const before = new Map(saved?.kernels.map((kernel) => [kernel.label, kernel]));
    return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            ${columns.map(
              ({ order: key, name }) =>
                html`<th
                  scope="col"
                  aria-sort=${key === order ? (key === "step" ? "ascending" : "descending") : "none"}
                >
                  <button @click=${() => (this.order = key)}>${name}</button>
                </th>`,
            )}
            <th scope="col">share</th>
            ${saved ? html`<th scope="col">against saved</th>` : nothing}
            <th scope="col">workgroups</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map((kernel) => {
            const old = before.get(kernel.label);
            return html`<tr
              class="pass-${kernel.pass} ${kernel.label === this.pointed ? "pointed" : ""}"
              @pointerenter=${() => (this.pointed = kernel.label)}
              @pointerleave=${() => (this.pointed = null)}
            >
              <th scope="row">
                <button
                  title="Its WGSL and its bindings"
                  @focus=${() => (this.pointed = kernel.label)}
                  @click=${() => this.open(kernel)}
                >
                  <i></i>${kernel.label}
                </button>
              </th>
              <td>${short(kernel.milliseconds)}</td>
              <td>${kernel.flops > 0 ? short(kernel.gflops) : "–"}</td>
              <td>${short(kernel.gigabytesPerSecond)}</td>
              <td class="share">
                <span style="width: ${(60 * kernel.share) / largest}px"></span>
                ${percent(kernel.share, 1)}
              </td>
              ${
                saved
                  ? html`<td>
                      ${old ? `× ${short(kernel.milliseconds / old.milliseconds)}` : "–"}
                    </td>`
                  : nothing
              }
              <td>${kernel.workgroups.join(" × ")} of ${kernel.workgroupSize}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  /** The sources, for those who read and do not measure. */
  private renderShaders() {
    const names = [...this.sources.keys()];
    if (names.length === 0) return nothing;
    const shader = this.sources.has(this.shader) ? this.shader : names[0];
    return html`<label
        >Or read them:
        <select
          @change=${(event: Event) => (this.shader = (event.target as HTMLSelectElement).value)}
        >
          ${names.map(
            (name) =>
              html`<option value=${name} ?selected=${name === shader}>
                shaders/${name}.wgsl
              </option>`,
          )}
        </select></label
      >
      <wgsl-source .code=${this.sources.get(shader)!}></wgsl-source>`;
  }

  private renderSource() {
    const kernel = this.opened;
    const bindings = kernel
      ? [
          ...kernel.reads.map((use) => ({ ...use, how: "reads" })),
          ...kernel.writes.map((use) => ({ ...use, how: "writes" })),
        ]
      : [];
    return html`<dialog aria-label="A kernel's source" @close=${() => (this.opened = null)}>
      ${
        kernel
          ? html`<div class="top">
                <h2>${kernel.label}</h2>
                <button aria-label="Close" @click=${() => this.dialog.close()}>${crossIcon}</button>
              </div>
              <p class="muted">
                shaders/${kernel.shader}.wgsl, function ${kernel.entry}:
                ${kernel.workgroups.join(" × ")} workgroups of ${kernel.workgroupSize}
              </p>
              <ul class="bindings">
                ${bindings.map(
                  ({ how, name, label, shape, type }) =>
                    html`<li>${how} <b>${name}</b> = ${label} [${shape.join(" × ")}] ${type}</li>`,
                )}
              </ul>
              ${
                this.sources.has(kernel.shader)
                  ? html`<wgsl-source
                      .code=${this.sources.get(kernel.shader)!}
                      entry=${kernel.entry}
                    ></wgsl-source>`
                  : html`<p>Its source comes with the engine, which needs WebGPU.</p>`
              }`
          : nothing
      }
    </dialog>`;
  }

  private open(kernel: KernelProfile): void {
    this.opened = kernel;
    this.dialog.showModal();
  }

  private fire(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "kernel-view": KernelView;
  }
}
