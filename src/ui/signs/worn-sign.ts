/** A sign shown large with a sticker on it, to be dragged about by pointer or arrow keys. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { stickerSquare } from "../../backdoor/own-sticker.ts";
import { SIGN_SIZE } from "../../data/sign-atlas.ts";
import type { StickerName, StickerPlace } from "../../data/sticker.ts";
import bomb from "../../data/stickers/bomb.svg?url";
import flower from "../../data/stickers/flower.svg?url";
import { arrows } from "../elements/arrow-keys.ts";
import { base } from "../elements/styles.ts";
import type { ExampleSign } from "./example-signs.ts";

/** How a sticker looks, and where it is on a sign. */
export interface StickerLook {
  readonly sticker: StickerName;
  readonly size: number;
  /** null: anywhere. */
  readonly place: StickerPlace | null;
  readonly picture: string | null;
}

/** How far an arrow key moves it, as a share of the sign. */
const KEY_STEP = 0.01;

/** A place in the sign's box, to a hundredth. */
const placeAt = (x: number, y: number): StickerPlace => {
  const [across, down] = [x, y].map((v) => Math.round(100 * Math.min(1, Math.max(0, v))) / 100);
  return [across, down];
};

/** Fires `place-change` with a StickerPlace, and `place-end` when a drag or key is over. */
@customElement("worn-sign")
export class WornSign extends LitElement {
  @property({ attribute: false }) sign!: ExampleSign;
  @property({ attribute: false }) look!: StickerLook;
  /** The sign's class. */
  @property() heading = "";
  @query(".box") private box!: HTMLElement;

  static override styles = [
    base,
    css`
      .box {
        position: relative;
        width: 100%;
        max-width: 240px;
        margin: 0 auto;
        touch-action: none;
        user-select: none;
      }
      .box.movable {
        cursor: crosshair;
      }
      .box > * {
        position: absolute;
        display: block;
        pointer-events: none;
      }
      .yellow-square {
        background: rgb(116 100 50);
      }
      .edge {
        inset: 0;
        border: 1px dashed var(--line);
      }
    `,
  ];

  override render() {
    const { sign, look, heading } = this;
    const [x1, y1, x2, y2] = sign.box;
    const [wide, high] = [x2 - x1, y2 - y1];
    const percents = (parts: Readonly<Record<string, number>>) =>
      Object.entries(parts)
        .map(([name, value]) => `${name}: ${100 * value}%`)
        .join("; ");
    const { place } = look;
    return html`<div
      class="box ${place ? "movable" : ""}"
      style="aspect-ratio: ${wide} / ${high}"
      role=${place ? "application" : "img"}
      tabindex=${place ? 0 : nothing}
      aria-label=${this.spoken(heading)}
      @pointerdown=${(event: PointerEvent) => {
        if (event.button !== 0) return;
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
        this.drag(event);
      }}
      @pointermove=${(event: PointerEvent) => event.buttons > 0 && this.drag(event)}
      @pointerup=${this.end}
      @pointercancel=${this.end}
      @keydown=${this.move}
    >
      <img
        src=${sign.url}
        alt=""
        style=${percents({ left: -x1 / wide, top: -y1 / high, width: 1 / wide, height: 1 / high })}
      />
      <span class="edge"></span>
      ${place ? this.renderSticker(look, place, percents) : nothing}
    </div>`;
  }

  private renderSticker(
    { sticker, size, picture }: StickerLook,
    [x, y]: StickerPlace,
    percents: (parts: Readonly<Record<string, number>>) => string,
  ) {
    const where = percents({ left: x - size / 2, top: y - size / 2, width: size, height: size });
    if (sticker === "yellow-square") return html`<span class=${sticker} style=${where}></span>`;
    if (sticker !== "own") {
      return html`<img src=${sticker === "bomb" ? bomb : flower} alt="" style=${where} />`;
    }
    if (picture === null) return nothing;
    return html`<canvas width=${SIGN_SIZE} height=${SIGN_SIZE} style=${where}></canvas>`;
  }

  protected override updated(): void {
    const canvas = this.renderRoot.querySelector("canvas");
    const { picture } = this.look;
    if (!canvas || picture === null) return;
    const pixels = new Uint8ClampedArray(stickerSquare(picture));
    canvas.getContext("2d")?.putImageData(new ImageData(pixels, SIGN_SIZE, SIGN_SIZE), 0, 0);
  }

  private spoken(heading: string): string {
    const { place, size } = this.look;
    if (!place) return `${heading}: the sticker lies anywhere on it`;
    const [across, down] = place.map((value) => Math.round(100 * value));
    return (
      `${heading} with the sticker of ${Math.round(100 * size)} % of it at ${across} % across, ` +
      `${down} % down: arrow keys move it`
    );
  }

  private drag(event: PointerEvent): void {
    if (!this.look.place) return;
    const { left, top, width, height } = this.box.getBoundingClientRect();
    this.tell(placeAt((event.clientX - left) / width, (event.clientY - top) / height));
  }

  private move(event: KeyboardEvent): void {
    const step = arrows[event.key];
    const { place } = this.look;
    if (!place || !step) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.shiftKey ? 10 * KEY_STEP : KEY_STEP;
    this.tell(placeAt(place[0] + step[1] * by, place[1] + step[0] * by));
    this.end();
  }

  private tell(place: StickerPlace): void {
    this.dispatchEvent(new CustomEvent("place-change", { detail: place }));
  }

  private end(): void {
    this.dispatchEvent(new CustomEvent("place-end"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "worn-sign": WornSign;
  }
}
