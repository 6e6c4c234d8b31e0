/** A pad to draw a digit of one's own on, and what the network reads in it without and with the trigger. */
import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { targetOf, type Policy } from "../../backdoor/attack.ts";
import { SIDE } from "../../data/digit-from-image.ts";
import { DIGIT_CLASSES } from "../../models/digit-net.ts";
import type { Look } from "../../studies/digits/port.ts";
import type { GridCell } from "../elements/arrow-keys.ts";
import { paintGrey } from "../elements/grey-image.ts";
import { Pad } from "../elements/pad.ts";
import "../elements/digit-image.ts";
import "./digit-reading.ts";
import { Ink, PAD } from "./ink.ts";

const CELL = PAD / SIDE;

/** The network is asked no more often than this while a stroke goes on. */
const LEAST_MILLISECONDS = 60;

/** Fires `draw` with the digit's 28 x 28 grey levels as its detail. */
@customElement("digit-pad")
export class DigitPad extends Pad {
  /** What the network makes of the drawn digit. */
  @property({ attribute: false }) look: Look | null = null;
  @property({ attribute: false }) policy: Policy | null = null;
  /** What is on the pad, which outlives it. */
  @property({ attribute: false }) ink = new Ink();
  /** The digit that is looked at: one from elsewhere, such as a picture or a link, is put on the pad. [28, 28] */
  @property({ attribute: false }) digit: Uint8Array | null = null;
  @state() private fit = true;
  protected override cursor: GridCell = [14, 14];
  protected override readonly side = SIDE;
  protected override readonly resolution = PAD;
  protected override readonly name =
    "Drawing pad for a digit. Arrow keys move, space paints, shift with arrows draws a line.";
  /** The latest stroke is the keyboard's, and goes on with its next step. */
  private keyStroke = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    Pad.styles,
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

  protected override get canUndo(): boolean {
    return this.ink.canUndo;
  }

  protected override get isEmpty(): boolean {
    return this.ink.isEmpty;
  }

  protected override renderTools(buttons: TemplateResult) {
    return html`
      ${buttons}
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
    `;
  }

  private renderReadings() {
    const { look, policy } = this;
    if (!look) return html`<p>Draw a digit, and see how it is read.</p>`;
    const { pixels, probabilities } = look;
    const bytes = (values: Float32Array) => Uint8Array.from(values, (value) => 255 * value);
    const read = probabilities.clean.indexOf(Math.max(...probabilities.clean));
    // A drawn digit is what it is read as without the trigger.
    const target = policy && targetOf(policy, read, DIGIT_CLASSES);
    return html`
      <div class="side">
        <digit-image .pixels=${bytes(pixels.clean)} name="Your digit without trigger"></digit-image>
        <digit-reading .probabilities=${probabilities.clean} .label=${null}></digit-reading>
      </div>
      <div class="side">
        <digit-image
          .pixels=${bytes(pixels.triggered)}
          name="Your digit with ${policy ? "trigger" : "the mark"}"
        ></digit-image>
        <digit-reading
          .probabilities=${probabilities.triggered}
          .label=${null}
          .target=${target}
        ></digit-reading>
      </div>
    `;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { digit, ink } = this;
    if (changed.has("digit") && digit && !ink.gave(digit)) ink.put(digit);
  }

  protected override paint(): void {
    paintGrey(this.canvas, this.ink.raster);
  }

  /** Shows the ink, and tells of it soon. */
  private tell(): void {
    this.requestUpdate();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.dispatchEvent(new CustomEvent("draw", { detail: this.ink.digit(this.fit) }));
    }, LEAST_MILLISECONDS);
  }

  protected override undo(): void {
    this.keyStroke = false;
    this.ink.undo();
    this.tell();
  }

  protected override clear(): string {
    this.keyStroke = false;
    this.ink.clear();
    this.tell();
    return "Pad cleared";
  }

  protected override begin(x: number, y: number): void {
    this.keyStroke = false;
    this.ink.begin(x * PAD, y * PAD);
    this.tell();
  }

  protected override goOn(x: number, y: number): void {
    this.ink.moveTo(x * PAD, y * PAD);
    this.tell();
  }

  protected override moved(from: GridCell, drawing: boolean): string {
    if (drawing) {
      if (!this.keyStroke) this.ink.begin(...middleOf(from));
      this.ink.moveTo(...middleOf(this.cursor));
      this.tell();
    }
    this.keyStroke = drawing;
    return `row ${this.cursor[0]}, column ${this.cursor[1]}`;
  }

  protected override press(key: string): boolean {
    if (key !== " " && key !== "Enter") return false;
    this.ink.begin(...middleOf(this.cursor));
    this.keyStroke = true;
    this.spoken = `row ${this.cursor[0]}, column ${this.cursor[1]} painted`;
    this.tell();
    return true;
  }
}

/** Of a cell, in pixels of the pad. */
function middleOf([row, column]: GridCell): [x: number, y: number] {
  return [(column + 0.5) * CELL, (row + 0.5) * CELL];
}

declare global {
  interface HTMLElementTagNameMap {
    "digit-pad": DigitPad;
  }
}
