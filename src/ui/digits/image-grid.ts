/** Test images by number, as many as one cares to see, each a button that asks to look at it. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { applyTrigger, triggerMask, type TriggerPixel } from "../../backdoor/trigger.ts";
import { count } from "../../format.ts";
import { DIGIT_SIZE as SIZE } from "../../models/digit-net.ts";
import "../elements/digit-image.ts";
import { base, controls } from "../elements/styles.ts";

const AT_ONCE = 48;

/** Fires `pick` with an image's number as its detail. */
@customElement("image-grid")
export class ImageGrid extends LitElement {
  @property({ attribute: false }) numbers: readonly number[] = [];
  /** Pixels of test images, [images, 28, 28]. */
  @property({ attribute: false }) images: (numbers: readonly number[]) => Promise<Uint8Array> =
    async () => new Uint8Array(0);
  /** Drawn on each image; empty: none. */
  @property({ attribute: false }) trigger: readonly TriggerPixel[] = [];
  @state() private pixels: readonly Uint8Array[] = [];
  @state() private problem = "";
  /** The one image that the Tab key leads to. */
  @state() private current = 0;
  /** How many of them to show. */
  private most = AT_ONCE;
  /** Grows with each loading, so that an earlier one that ends later is told. */
  private loading = 0;

  static override styles = [
    base,
    controls,
    css`
      ul {
        list-style: none;
        margin: 0;
        padding: 2px;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(60px, 1fr));
        gap: 4px;
      }
      li button {
        display: grid;
        justify-items: center;
        gap: 1px;
        width: 100%;
        padding: 3px 0 1px;
        border-color: transparent;
        font-size: 12px;
        font-variant-numeric: tabular-nums;
        line-height: 1.25;
      }
      digit-image {
        width: 56px;
        height: 56px;
        pointer-events: none;
      }
      .more {
        margin-top: 6px;
        font-size: 13px;
        min-height: 28px;
        padding: 2px 12px;
      }
      p {
        font-size: 13px;
      }
    `,
  ];

  override render() {
    const { numbers, pixels, problem } = this;
    const mask = this.trigger.length > 0 ? triggerMask(this.trigger, SIZE) : null;
    const rest = numbers.length - pixels.length;
    return html`
      <ul @keydown=${this.onKey}>
        ${pixels.map(
          (image, i) =>
            html`<li>
              <button
                type="button"
                tabindex=${i === this.current ? 0 : -1}
                aria-label="Look at test image ${numbers[i]}"
                @focus=${() => (this.current = i)}
                @click=${() => this.dispatchEvent(new CustomEvent("pick", { detail: numbers[i] }))}
              >
                <digit-image
                  aria-hidden="true"
                  .pixels=${mask ? applyTrigger(image, mask) : image}
                ></digit-image>
                ${numbers[i]}
              </button>
            </li>`,
        )}
      </ul>
      ${problem ? html`<p role="alert">${problem}</p>` : nothing}
      ${
        rest > 0 && pixels.length > 0
          ? html`<button type="button" class="more" @click=${this.more}>
              ${count(Math.min(AT_ONCE, rest))} more of ${count(rest)}
            </button>`
          : nothing
      }
    `;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("numbers") && !changed.has("images")) return;
    this.most = AT_ONCE;
    this.current = 0;
    this.pixels = [];
    void this.load();
  }

  private readonly more = () => {
    this.most += AT_ONCE;
    void this.load();
  };

  /** Fetches what is to be shown and not yet here. */
  private async load(): Promise<void> {
    const loading = ++this.loading;
    this.problem = "";
    const have = this.pixels;
    const missing = this.numbers.slice(have.length, this.most);
    try {
      const bytes = missing.length > 0 ? await this.images(missing) : new Uint8Array(0);
      if (loading !== this.loading) return;
      const area = SIZE * SIZE;
      this.pixels = [...have, ...missing.map((_, i) => bytes.subarray(i * area, (i + 1) * area))];
    } catch (error) {
      if (loading !== this.loading) return;
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  private readonly onKey = (event: KeyboardEvent) => {
    const buttons = [...this.renderRoot.querySelectorAll<HTMLButtonElement>("li button")];
    // However many there are in a row at this width.
    const columns = buttons.filter((one) => one.offsetTop === buttons[0].offsetTop).length;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: this.current - 1,
      ArrowRight: this.current + 1,
      ArrowUp: this.current - columns,
      ArrowDown: this.current + columns,
      Home: 0,
      End: buttons.length - 1,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[next]?.focus();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "image-grid": ImageGrid;
  }
}
