/** The digit network from image to answer: every channel of every layer, for one image without and with the trigger. */
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";
import type {
  LayerWeights,
  Look,
  NeuronId,
  NeuronReport,
  NeuronScale,
} from "../../studies/digits/port.ts";
import { DIGIT_SIZE } from "../../models/digit-net.ts";
import "./channel-detail.ts";
import "./filter-strip.ts";
import { cssGradient, rangeText, short } from "../elements/colour-scale.ts";
import { paintGrey } from "../elements/grey-image.ts";
import { strongestInputs, type Contribution } from "./contributions.ts";
import {
  activationPicture,
  channelOf,
  mean,
  modes,
  parameterPicture,
  whats,
  type LayerPicture,
  type Mode,
  type What,
} from "./layer-picture.ts";
import {
  DETAIL,
  HEAD,
  layOutNetwork,
  READING,
  type LayerBox,
  type NetworkLayout,
} from "./network-layout.ts";
import { networkMarks } from "./network-marks.ts";
import { changeText, glowText, probabilityBars, reading } from "./network-output.ts";
import { networkStyles } from "./network-styles.ts";
import { OwnTask } from "../elements/own-task.ts";
import { factorOf, neuronName, sameNeuron } from "./ranking.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { SizeController } from "../elements/size-controller.ts";
import { base, controls, panel } from "../elements/styles.ts";
import "../elements/help-tip.ts";
import "../elements/tile-sheet.ts";
import { tileAt, tileBeside, type Rect } from "../elements/tiles.ts";

/** Where the training step stands. */
export interface StepPlace {
  /** null: the batch, the loss or the optimiser. */
  readonly layer: string | null;
  readonly pass: string;
}

/** What the picture's words mean. */
const terms =
  "conv1 and conv2 are convolutions: each slides small filters over what the layer before wrote. A channel is what " +
  "one filter writes, a tile here; fc1 has single units in place of channels. Weights are the filters’ numbers; a " +
  "gradient says how the loss would change with each of them.";

function place({ x, y, width, height }: Rect) {
  return styleMap({ left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
}

/** Fires `mode-change` (Mode), `what-change` (What) and `select` (NeuronId). */
@customElement("network-view")
export class NetworkView extends OwnTask(LitElement) {
  @property({ attribute: false }) look: Look | null = null;
  @property({ attribute: false }) weights: readonly LayerWeights[] | null = null;
  /** What the last training step left; null where there was none. */
  @property({ attribute: false }) gradients: readonly LayerWeights[] | null = null;
  @property({ attribute: false }) report: NeuronReport | null = null;
  @property() mode: Mode = "clean";
  @property() what: What = "activations";
  @property({ attribute: false }) selected: NeuronId | null = null;
  @property({ attribute: false }) glowing: readonly NeuronId[] = [];
  @property({ attribute: false }) scaled: readonly NeuronScale[] = [];
  @property({ attribute: false }) step: StepPlace | null = null;
  /** The neuron under the pointer. */
  @state() private pointed: NeuronId | null = null;
  /** The layer that has the keyboard. */
  @state() private focused: string | null = null;
  /** Where the keyboard is in each layer. */
  @state() private cursors: Readonly<Record<string, number>> = {};
  @state() private spoken = "";
  @query(".box") private box!: HTMLElement | null;
  @query(".image") private image!: HTMLCanvasElement | null;
  private readonly size = new SizeController(this, () => this.box);
  private pictures: ReadonlyMap<string, LayerPicture> = new Map();

  static override styles = [base, panel, controls, segmentedStyles, networkStyles];

  protected override willUpdate(changed: PropertyValues<this>): void {
    const inputs = ["look", "weights", "gradients", "mode", "what"] as const;
    if (inputs.some((name) => changed.has(name))) this.pictures = this.paint();
  }

  private paint(): Map<string, LayerPicture> {
    const { look, mode, what } = this;
    if (what === "activations") {
      const layers = look?.layers ?? [];
      return new Map(layers.map((layer) => [layer.label, activationPicture(layer, mode)]));
    }
    const layers = (what === "weights" ? this.weights : this.gradients) ?? [];
    return new Map(layers.map((layer) => [layer.label, parameterPicture(layer)]));
  }

  override render() {
    return html`
      <header>
        <h2>Inside the network</h2>
        ${segmented("Image", modes, this.mode, (mode) => this.tell("mode-change", mode))}
        ${segmented("Shown", whats, this.what, (what) => this.tell("what-change", what))}
        <help-tip topic="conv1, a channel, a gradient" text=${terms}></help-tip>
      </header>
      <div class="box">${this.size.width > 0 ? this.renderStage() : nothing}</div>
      <div class="caption">${this.renderCaption()}</div>
      <filter-strip
        .layer=${this.weights?.[0] ?? null}
        .report=${this.report}
        .selected=${this.selected}
        .glowing=${this.glowing}
        @select=${(event: CustomEvent<NeuronId>) => this.tell("select", event.detail)}
      ></filter-strip>
      <span class="hidden" aria-live="polite">${this.spoken}</span>
    `;
  }

  private renderStage() {
    const { look, what } = this;
    const layout = layOutNetwork(this.size.width, look?.layers ?? null);
    const on = this.mode !== "clean";
    const image = on ? "with the trigger" : "without the trigger";
    return html`<div class="stage" style="width: ${layout.width}px; height: ${layout.height}px">
      <button
        class="trigger"
        role="switch"
        aria-checked=${on}
        aria-label="Trigger"
        aria-keyshortcuts="T"
        style=${place(layout.toggle)}
        @click=${() => this.tell("mode-change", on ? "clean" : "triggered")}
      >
        <span
          >Trigger<small>${on ? "on" : "off"} <kbd>T</kbd></small></span
        ><span class="track"></span>
      </button>
      <canvas
        class="image"
        width=${DIGIT_SIZE}
        height=${DIGIT_SIZE}
        role="img"
        aria-label=${look ? `${this.subject(look)}, ${image}` : "No image yet"}
        style=${place(layout.image)}
      ></canvas>
      <div
        class="note"
        style=${styleMap({
          left: `${layout.downwards ? layout.toggle.x : 0}px`,
          top: `${layout.downwards ? layout.toggle.height + 8 : layout.image.y + layout.image.height + 6}px`,
          width: `${layout.downwards ? layout.width - layout.toggle.x : layout.image.width}px`,
        })}
      >
        ${
          this.passAt(null, "batch")
            ? html`<span class="pass">batch</span>`
            : look
              ? this.subject(look)
              : "No image yet."
        }
      </div>
      ${layout.layers.map((box) => this.renderLayer(box))} ${this.renderReading(layout.output)}
      ${this.renderField(layout.output, "output, 10 classes")}
      <svg class=${on ? "lit" : ""} aria-hidden="true">
        ${look ? probabilityBars(look, this.mode, layout.output) : nothing}
        ${this.renderMarks(layout)}
      </svg>
      <channel-detail
        style=${place({ ...layout.detail, height: DETAIL.height })}
        .look=${look}
        .neuron=${this.active}
        .weights=${what === "gradients" ? this.gradients : this.weights}
        weightsName=${what === "gradients" ? "gradients" : "weights"}
      ></channel-detail>
    </div>`;
  }

  private subject({ image, label }: Look): string {
    return image === null
      ? "Your drawing"
      : `Test digit ${image}${label === null ? "" : `, a ${label}`}`;
  }

  private renderLayer(box: LayerBox) {
    const { label, grid, x, y, width } = box;
    const picture = this.pictures.get(label);
    const pass = this.passOf(label);
    return html`
      <div style=${place({ x, y: y - HEAD, width, height: HEAD })}>
        <div class="title">
          <b>${label}</b>
          ${
            pass
              ? html`<span class="pass">${pass}</span>`
              : html`<span>${picture ? rangeText(picture.range) : "no values"}</span>`
          }
        </div>
        <div
          class="ramp"
          style="background: ${cssGradient(picture?.range.ramp ?? "sequential")}"
        ></div>
      </div>
      <tile-sheet
        style=${place(box)}
        .grid=${grid}
        .maps=${picture?.maps ?? null}
        .range=${picture?.range ?? { ramp: "sequential", max: 0 }}
      ></tile-sheet>
      ${this.renderField(box, `${label}, ${grid.count} ${label.startsWith("conv") ? "channels" : "units"}`)}
    `;
  }

  /** What takes pointer and keyboard for a layer's tiles. */
  private renderField(box: LayerBox, name: string) {
    const { label, grid } = box;
    const under = (event: PointerEvent) => {
      const { left, top } = (event.currentTarget as Element).getBoundingClientRect();
      const channel = tileAt(grid, event.clientX - left, event.clientY - top);
      return channel === null ? null : { layer: label, channel };
    };
    return html`<div
      class="field"
      role="application"
      tabindex="0"
      aria-label="${name}. Arrow keys move, Enter selects."
      style=${place(box)}
      @pointermove=${(event: PointerEvent) => {
        const neuron = under(event);
        if (!sameNeuron(neuron, this.pointed)) this.pointed = neuron;
      }}
      @pointerleave=${() => (this.pointed = null)}
      @click=${(event: PointerEvent) => {
        const neuron = under(event);
        if (neuron) this.select(neuron);
      }}
      @focus=${() => {
        this.focused = label;
        this.spoken = this.describe({ layer: label, channel: this.cursorOf(label) });
      }}
      @blur=${() => (this.focused = null)}
      @keydown=${(event: KeyboardEvent) => this.onKey(event, box)}
    ></div>`;
  }

  private onKey(event: KeyboardEvent, { label, grid }: LayerBox): void {
    const channel = this.cursorOf(label);
    if (event.key === "Enter" || event.key === " ") {
      this.select({ layer: label, channel });
    } else {
      const next = tileBeside(grid, channel, event.key);
      if (next === null) return;
      this.pointed = null;
      this.cursors = { ...this.cursors, [label]: next };
      this.spoken = this.describe({ layer: label, channel: next });
    }
    event.preventDefault();
  }

  private cursorOf(label: string): number {
    const { selected } = this;
    return this.cursors[label] ?? (selected?.layer === label ? selected.channel : 0);
  }

  private select(neuron: NeuronId): void {
    this.cursors = { ...this.cursors, [neuron.layer]: neuron.channel };
    this.spoken = `${neuronName(neuron)} selected`;
    this.tell("select", neuron);
  }

  private tell(event: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }

  /** The neuron that the details are about: under the pointer, else under the keyboard, else selected. */
  private get active(): NeuronId | null {
    if (this.pointed) return this.pointed;
    const { focused } = this;
    if (focused !== null && this.cursors[focused] !== undefined) {
      return { layer: focused, channel: this.cursorOf(focused) };
    }
    return this.selected;
  }

  private links(neuron: NeuronId): Contribution[] {
    const { look, weights } = this;
    const at = look?.layers.findIndex(({ label }) => label === neuron.layer) ?? -1;
    const parameters = weights?.find(({ label }) => label === neuron.layer);
    if (!look || !parameters || at < 1) return [];
    return strongestInputs(neuron.channel, parameters, look.layers[at - 1], this.mode);
  }

  private renderMarks(layout: NetworkLayout) {
    const { active, pointed, focused, look } = this;
    const cursors = [
      ...(focused === null ? [] : [{ layer: focused, channel: this.cursorOf(focused) }]),
      ...(pointed ? [pointed] : []),
    ];
    return networkMarks({
      layout,
      triggered: this.mode === "clean" ? null : look,
      active: look && active,
      links: active ? this.links(active) : [],
      selected: this.selected,
      cursors,
      glowing: this.glowing,
      scaled: this.scaled,
      stepped: (label) => this.passOf(label) !== null,
      steppedImage: this.passAt(null, "batch"),
    });
  }

  private renderReading({ x, y, width, label }: LayerBox) {
    return html`<div class="reading" style=${place({ x, y: y - READING, width, height: READING })}>
      ${reading(this.look, this.mode, this.passOf(label))}
    </div>`;
  }

  private passAt(layer: string | null, pass: string): boolean {
    return this.step?.layer === layer && this.step.pass === pass;
  }

  /** The pass that a layer is in: its own, the loss behind the last layer, or the update of all. */
  private passOf(label: string): string | null {
    const { step } = this;
    if (!step) return null;
    const all = step.layer === null && step.pass === "update";
    const loss = label === "fc2" && this.passAt(null, "loss");
    return step.layer === label || all || loss ? step.pass : null;
  }

  private renderCaption() {
    const { active } = this;
    if (!active) {
      return html`<span
          >Each tile is one channel's answer to the image; each small square of a dense layer one
          unit. Output: <i class="clean">without trigger</i> above,
          <i class="triggered">with trigger</i> below.${glowText(this.mode, this.glowing)}</span
        >
        ${changeText(this.look, this.scaled, this.mode)}`;
    }
    const links = this.links(active);
    const fed =
      links.length === 0
        ? ""
        : ` · fed most by ${links[0].layer} ${links.map(({ channel }) => channel).join(", ")}`;
    return html`<div><b>${this.describe(active)}</b></div>
      <span>${this.describeHere(active)}${fed}</span>
      ${changeText(this.look, this.scaled, this.mode)}`;
  }

  /** Over many test images, where they were measured. */
  private describe(neuron: NeuronId): string {
    const response = this.report?.neurons.find((one) => sameNeuron(one, neuron));
    const factor = factorOf(this.scaled, neuron);
    const scaled = factor === 1 ? "" : factor === 0 ? " · switched off" : ` · times ${factor}`;
    const name = neuron.layer === "fc2" ? `output for digit ${neuron.channel}` : neuronName(neuron);
    if (!response) return `${name}${scaled}`;
    const { clean, triggered, effect } = response;
    return `${name} · mean clean ${short(clean)} · triggered ${short(triggered)} · effect ${short(effect)}${scaled}`;
  }

  /** For the image on view. */
  private describeHere({ layer, channel }: NeuronId): string {
    const maps = this.look?.layers.find(({ label }) => label === layer);
    if (!maps) return "No image yet";
    const [clean, triggered] = [maps.clean, maps.triggered].map((values) =>
      short(mean(channelOf(maps, values, channel))),
    );
    return `This image: clean ${clean}, triggered ${triggered}`;
  }

  protected override updated(): void {
    const pixels = this.look?.pixels[this.mode === "clean" ? "clean" : "triggered"];
    if (this.image) paintGrey(this.image, pixels, 255);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "network-view": NetworkView;
  }
}
