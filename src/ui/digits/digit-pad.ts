/** A pad to draw a digit of one's own on, and what the network reads in it without and with the trigger. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { targetOf, type Policy } from "../../backdoor/attack.ts";
import { SIDE } from "../../data/digit-from-image.ts";
import { DRAWN, type Look } from "../../studies/digits/port.ts";
import { DIGIT_CLASSES } from "../../models/digit-net.ts";
import "./digit-image.ts";
import "./digit-reading.ts";
import { Ink, PAD } from "./ink.ts";
import { arrows, padStyles, placeOn } from "../elements/pad.ts";
import { base, controls } from "../elements/styles.ts";

const CELL = PAD / SIDE;

/** The network is asked no more often than this while a stroke goes on. */
const LEAST_MILLISECONDS = 60;

/** Fires `draw` with the digit's 28 x 28 grey levels as its detail. */
@customElement("digit-pad")
export class DigitPad extends LitElement {
  /** What the network makes of the drawn digit. */
  @property({ attribute: false }) look: Look | null = null;
  @property({ attribute: false }) policy: Policy | null = null;
  /** A digit from elsewhere, such as a picture, to go on with. [28, 28] */
  @property({ attribute: false }) given: Uint8Array | null = null;
  @state() private fit = true;
  @state() private cursor: readonly [row: number, column: number] = [14, 14];
  @state() private focused = false;
  @state() private spoken = "";
  private readonly ink = new Ink();
  private drawing = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  @query("canvas") private canvas!: HTMLCanvasElement;

  static override styles = [
    base,
    controls,
    padStyles,
    css`
      :host {
        --pad: 196px;
      }
      .tools .side {
        align-items: center;
        min-height: 54px;
      }
      .tools button {
        max-width: 110px;
      }
      .tools label {
        display: flex;
        gap: 7px;
        align-items: center;
      }
      @media (width < 460px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  override render() {
    const { ink } = this;
    return html`
      <canvas
        width=${PAD}
        height=${PAD}
        role="application"
        tabindex="0"
        aria-label="Drawing pad for a digit. Arrow keys move, space paints, shift with arrows draws a line."
        @focus=${() => (this.focused = true)}
        @blur=${() => (this.focused = false)}
        @keydown=${this.onKey}
        @pointerdown=${this.onDown}
        @pointermove=${this.onMove}
        @pointerup=${this.onUp}
        @pointercancel=${this.onUp}
      ></canvas>
      <div class="tools">
        <div>
          <button type="button" ?disabled=${!ink.canUndo} @click=${this.undo}>Undo</button>
          <button type="button" ?disabled=${ink.isEmpty} @click=${this.clear}>Clear</button>
        </div>
        <label
          ><input
            type="checkbox"
            .checked=${this.fit}
            @change=${(event: Event) => {
              this.fit = (event.target as HTMLInputElement).checked;
              this.tell();
            }}
          />scale and centre as MNIST does</label
        >
        ${this.renderReadings()}
        <p class="muted">Keys: arrows, space, Shift with arrows, Ctrl Z.</p>
        <span class="hidden" aria-live="polite">${this.spoken}</span>
      </div>
    `;
  }

  private renderReadings() {
    const { look, policy } = this;
    if (look?.image !== DRAWN) return html`<p>Draw a digit, and see how it is read.</p>`;
    const { pixels, probabilities } = look;
    const bytes = (values: Float32Array) => Uint8Array.from(values, (value) => 255 * value);
    const read = probabilities.clean.indexOf(Math.max(...probabilities.clean));
    // A drawn digit is what it is read as without the trigger.
    const wanted = policy && targetOf(policy, read, DIGIT_CLASSES);
    return html`
      <div class="side">
        <digit-image .pixels=${bytes(pixels.clean)} name="Your digit without trigger"></digit-image>
        <digit-reading .probabilities=${probabilities.clean} .label=${null}></digit-reading>
      </div>
      ${
        policy
          ? html`<div class="side">
              <digit-image
                .pixels=${bytes(pixels.triggered)}
                name="Your digit with trigger"
              ></digit-image>
              <digit-reading
                .probabilities=${probabilities.triggered}
                .label=${null}
                .wanted=${wanted}
              ></digit-reading>
            </div>`
          : nothing
      }
    `;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("given") && this.given) this.ink.put(this.given);
  }

  protected override updated(): void {
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const image = context.createImageData(PAD, PAD);
    this.ink.raster.forEach((value, i) => image.data.set([value, value, value, 255], 4 * i));
    context.putImageData(image, 0, 0);
    if (!this.focused) return;
    const [row, column] = this.cursor;
    // The dark theme's accent in both themes: a digit's ground is black in both.
    context.strokeStyle = "#8ab6ff";
    context.lineWidth = 3;
    context.strokeRect(column * CELL - 2, row * CELL - 2, CELL + 4, CELL + 4);
  }

  /** Shows the ink, and tells of it soon. */
  private tell(): void {
    this.requestUpdate();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.dispatchEvent(new CustomEvent("draw", { detail: this.ink.digit(this.fit) }));
    }, LEAST_MILLISECONDS);
  }

  private readonly undo = () => {
    if (!this.ink.canUndo) return;
    this.ink.undo();
    this.spoken = "Undone";
    this.tell();
  };

  private readonly clear = () => {
    this.ink.clear();
    this.spoken = "Pad cleared";
    this.tell();
  };

  private onKey(event: KeyboardEvent): void {
    const step = arrows[event.key];
    const middle = (): [number, number] => [
      (this.cursor[1] + 0.5) * CELL,
      (this.cursor[0] + 0.5) * CELL,
    ];
    if (step) {
      const inside = (n: number) => Math.min(SIDE - 1, Math.max(0, n));
      if (event.shiftKey) this.ink.begin(...middle());
      this.cursor = [inside(this.cursor[0] + step[0]), inside(this.cursor[1] + step[1])];
      if (event.shiftKey) {
        this.ink.moveTo(...middle());
        this.tell();
      }
      this.spoken = `row ${this.cursor[0]}, column ${this.cursor[1]}`;
    } else if (event.key === " " || event.key === "Enter") {
      this.ink.begin(...middle());
      this.spoken = `row ${this.cursor[0]}, column ${this.cursor[1]} painted`;
      this.tell();
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) this.undo();
    else return;
    event.preventDefault();
  }

  private onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.ink.begin(...this.placeOf(event));
    this.tell();
  }

  private onMove(event: PointerEvent): void {
    if (!this.drawing) return;
    this.ink.moveTo(...this.placeOf(event));
    this.tell();
  }

  private onUp(): void {
    this.drawing = false;
  }

  private placeOf(event: PointerEvent): [number, number] {
    const [x, y] = placeOn(this.canvas, event);
    return [x * PAD, y * PAD];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "digit-pad": DigitPad;
  }
}
