/** A photograph of the reader's, with a sticker to drag over the signs that are found in it. */
import { css, html, LitElement, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { paperPlace, type StickerPlace } from "../../data/sticker.ts";
import type { PictureView } from "../../studies/signs/port.ts";
import type { Box, Detection } from "../../training/detection.ts";
import { base, controls } from "../elements/styles.ts";
import "./sign-picture.ts";

/** A sticker on one of the signs that are found without it. */
interface Stuck {
  readonly sign: Detection;
  readonly place: StickerPlace;
}

/** What finds signs in a photograph with a sticker on one of them. */
export type Dress = (sign: Detection, place: StickerPlace) => Promise<PictureView>;

/** How far an arrow key moves the sticker, as a share of the sign. */
const KEY_STEP = 0.03;

/** Fires `trouble` with the error where the sticker's answer could not be had. */
@customElement("sticker-photograph")
export class StickerPhotograph extends LitElement {
  /** The photograph as it is, with what is found in it. */
  @property({ attribute: false }) view!: PictureView;
  @property({ attribute: false }) classes: readonly string[] = [];
  @property({ type: Number }) least = 0.5;
  @property() heading = "";
  /** null: there is no engine. */
  @property({ attribute: false }) dress: Dress | null = null;
  @state() private stuck: Stuck | null = null;
  /** With the sticker; null until it was looked at. */
  @state() private worn: PictureView | null = null;
  /** What is looked at, and whether something else is to be seen by now. */
  private looking = false;

  static override styles = [
    base,
    controls,
    css`
      .photograph {
        touch-action: none;
      }
      .photograph.worn {
        cursor: crosshair;
      }
      .photograph:focus-visible {
        outline: 2px solid var(--focus);
        outline-offset: 2px;
        border-radius: 6px;
      }
      button {
        font-size: 12px;
        min-height: 26px;
        padding: 1px 8px;
      }
    `,
  ];

  /** Signs that are shown without the sticker, the surest first. */
  private get signs(): readonly Detection[] {
    return this.view.found.filter(({ score }) => score >= this.least);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Another network may find it elsewhere, or not at all.
    if (changed.has("view") && this.stuck) this.stick(this.signs[0] ?? null, this.stuck.place);
  }

  override render() {
    const { stuck, worn, classes, least, heading } = this;
    return html`<div
        class="photograph ${stuck ? "worn" : ""}"
        role=${stuck ? "application" : "group"}
        tabindex=${stuck ? 0 : -1}
        aria-label=${stuck ? `${heading}: arrow keys move the sticker` : heading}
        @pointerdown=${this.drag}
        @pointermove=${(event: PointerEvent) => event.buttons > 0 && this.drag(event)}
        @keydown=${this.move}
      >
        <sign-picture
          .view=${(stuck && worn) ?? this.view}
          .classes=${classes}
          .least=${least}
          heading=${heading}
        ></sign-picture>
      </div>
      <button
        aria-pressed=${stuck ? "true" : "false"}
        ?disabled=${!this.dress || this.signs.length === 0}
        title=${this.signs.length === 0 ? "No sign is found to put it on" : "Then drag it over a sign"}
        @click=${() => this.stick(stuck ? null : this.signs[0], paperPlace)}
      >
        ${stuck ? "Take the sticker off" : "Put a sticker on"}
      </button>`;
  }

  private stick(sign: Detection | null, place: StickerPlace): void {
    this.stuck = sign && { sign, place };
    if (!sign) this.worn = null;
    else if (!this.looking) void this.look();
  }

  /** Looks until the sticker lies where it was last put. */
  private async look(): Promise<void> {
    this.looking = true;
    try {
      for (let seen: Stuck | null = null; this.stuck && seen !== this.stuck;) {
        seen = this.stuck;
        this.worn = await this.dress!(seen.sign, seen.place);
      }
    } catch (error) {
      this.stuck = null;
      this.dispatchEvent(new CustomEvent("trouble", { detail: error }));
    } finally {
      this.looking = false;
    }
  }

  /** Puts the sticker under the pointer, on the sign that lies there. */
  private drag(event: PointerEvent): void {
    if (!this.stuck) return;
    const picture = this.renderRoot.querySelector("sign-picture")!.renderRoot;
    const { left, top, width, height } = picture.querySelector("canvas")!.getBoundingClientRect();
    const x = ((event.clientX - left) / width) * this.view.width;
    const y = ((event.clientY - top) / height) * this.view.height;
    const sign = this.signs.find(({ box }) => holds(box, x, y));
    if (!sign) return;
    const [x1, y1, x2, y2] = sign.box;
    this.stick(sign, [(x - x1) / (x2 - x1), (y - y1) / (y2 - y1)]);
  }

  private move(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, StickerPlace>> = {
      ArrowLeft: [-KEY_STEP, 0],
      ArrowRight: [KEY_STEP, 0],
      ArrowUp: [0, -KEY_STEP],
      ArrowDown: [0, KEY_STEP],
    };
    const step = steps[event.key];
    if (!this.stuck || !step) return;
    event.preventDefault();
    event.stopPropagation();
    const within = (value: number) => Math.min(1, Math.max(0, value));
    const { sign, place } = this.stuck;
    this.stick(sign, [within(place[0] + step[0]), within(place[1] + step[1])]);
  }
}

const holds = ([x1, y1, x2, y2]: Box, x: number, y: number) =>
  x >= x1 && x <= x2 && y >= y1 && y <= y2;

declare global {
  interface HTMLElementTagNameMap {
    "sticker-photograph": StickerPhotograph;
  }
}
