/** Which sticker, how large and where: one of the paper's, or the reader's own, tried on a sign. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { stickerNames, usualSize, type StickerName } from "../../data/sticker.ts";
import { complaint } from "../elements/form-fields.ts";
import { formStyles } from "../elements/form-styles.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base, controls } from "../elements/styles.ts";
import type { ExampleSign } from "./example-signs.ts";
import "./sticker-pad.ts";
import type { StickerLook } from "./worn-sign.ts";
import "./worn-sign.ts";

const names: Readonly<Record<StickerName, string>> = {
  "yellow-square": "square",
  bomb: "bomb",
  flower: "flower",
  own: "own",
};

const MOST_UNDO = 100;

const same = (a: StickerLook, b: StickerLook) =>
  a.sticker === b.sticker &&
  a.size === b.size &&
  a.picture === b.picture &&
  a.place?.join() === b.place?.join();

/** Fires `sticker-change` with the parts of a StickerLook that are others, and `sticker-open` with a File to be read. */
@customElement("sticker-editor")
export class StickerEditor extends LitElement {
  @property({ attribute: false }) look!: StickerLook;
  @property({ attribute: false }) sign!: ExampleSign;
  /** The sign's class. */
  @property() heading = "";
  @property() error: string | undefined;
  @state() private past: readonly StickerLook[] = [];
  /** The look that this editor itself made last. */
  private own: StickerLook | null = null;
  /** What is being changed; changes of one gesture are undone together. */
  private gesture: string | null = null;

  static override styles = [
    base,
    controls,
    segmentedStyles,
    formStyles,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      .segments label {
        padding: 3px 9px;
      }
      .slider {
        display: grid;
        grid-template-columns: 52px minmax(0, 1fr) 62px;
        gap: 8px;
        align-items: center;
        font-size: 12px;
        color: var(--muted);
      }
      .slider input[type="number"] {
        min-height: 28px;
        padding: 2px 6px;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .row button {
        font-size: 12px;
        min-height: 28px;
        padding: 2px 10px;
      }
      p {
        font-size: 12px;
        color: var(--muted);
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Another sticker came from elsewhere: what was changed on the one before is not its history.
    if (changed.has("look") && this.own && !same(this.own, this.look)) {
      this.past = [];
      this.own = null;
    }
  }

  override render() {
    const { look, past } = this;
    return html`${segmented("Sticker", Object.values(names), names[look.sticker], (name) => {
        const sticker = stickerNames.find((id) => names[id] === name)!;
        this.tell({ sticker, size: usualSize(sticker) });
      })}
      ${complaint("sticker", this.error)} ${look.sticker === "own" ? this.renderOwn() : nothing}
      <worn-sign
        .sign=${this.sign}
        .look=${look}
        heading=${this.heading}
        @place-change=${({ detail }: CustomEvent<[number, number]>) =>
          this.tell({ place: detail }, "drag")}
        @place-end=${this.endGesture}
      ></worn-sign>
      ${this.renderSlider("size", "Size", look.size, 1, (size) => ({ size }))}
      ${
        look.place
          ? html`${this.renderSlider("across", "Across", look.place[0], 0, (x) => ({
              place: [x, look.place![1]],
            }))}
            ${this.renderSlider("down", "Down", look.place[1], 0, (y) => ({
              place: [look.place![0], y],
            }))}`
          : nothing
      }
      <div class="row">
        <button type="button" ?disabled=${past.length === 0} @click=${this.undo}>Undo</button>
      </div>`;
  }

  private renderOwn() {
    return html`<sticker-pad
        .picture=${this.look.picture}
        ?undoable=${this.past.length > 0}
        @draw=${({ detail }: CustomEvent<string | null>) => this.tell({ picture: detail }, "draw")}
        @draw-end=${this.endGesture}
        @undo=${this.undo}
      ></sticker-pad>
      <div class="row">
        <button
          type="button"
          @click=${(event: Event) =>
            ((event.target as Element).nextElementSibling as HTMLInputElement).click()}
        >
          Open a picture…</button
        ><input
          type="file"
          accept="image/*"
          hidden
          aria-label="Picture of a sticker"
          @change=${(event: Event) => {
            const picker = event.target as HTMLInputElement;
            const file = picker.files?.[0];
            if (file) this.dispatchEvent(new CustomEvent("sticker-open", { detail: file }));
            picker.value = "";
          }}
        />
      </div>
      <p>Your picture stays in this tab: a link has its size and place alone.</p>`;
  }

  /** A part of the look in percent, to be dragged or typed. */
  private renderSlider(
    id: string,
    text: string,
    share: number,
    least: number,
    part: (share: number) => Partial<StickerLook>,
  ) {
    const value = String(Math.round(1000 * share) / 10);
    const change = (input: HTMLInputElement) => {
      const typed = input.valueAsNumber;
      if (typed >= least && typed <= 100) this.tell(part(Math.round(10 * typed) / 1000), id);
    };
    const field = (type: "range" | "number", name: string) =>
      html`<input
        type=${type}
        min=${least}
        max="100"
        step=${type === "range" ? "1" : "any"}
        .value=${value}
        aria-label=${name}
        @input=${(event: Event) => change(event.target as HTMLInputElement)}
        @change=${this.endGesture}
      />`;
    return html`<div class="slider">
      <span>${text}, %</span>${field("range", `${text} of the sticker`)}
      ${field("number", `${text} of the sticker, percent of the sign`)}
    </div>`;
  }

  private readonly undo = () => {
    const before = this.past.at(-1);
    if (!before) return;
    this.past = this.past.slice(0, -1);
    this.own = before;
    this.endGesture();
    const { place, ...rest } = before;
    const detail = place ? before : rest;
    this.dispatchEvent(new CustomEvent("sticker-change", { detail }));
  };

  private readonly endGesture = () => {
    this.gesture = null;
  };

  /** @param gesture that the change is a part of; null: it stands alone */
  private tell(part: Partial<StickerLook>, gesture: string | null = null): void {
    const next = { ...this.look, ...part };
    if (same(next, this.look)) return;
    if (gesture === null || gesture !== this.gesture) {
      this.past = [...this.past.slice(1 - MOST_UNDO), this.look];
    }
    this.gesture = gesture;
    this.own = next;
    this.dispatchEvent(new CustomEvent("sticker-change", { detail: part }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sticker-editor": StickerEditor;
  }
}
