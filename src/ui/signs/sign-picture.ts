/** A picture with boxes: what is there (dashed), and what the detector found, with its names and scores. */
import { css, html, LitElement, nothing, svg, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { PictureView } from "../../studies/signs/port.ts";
import { percent } from "../../format.ts";
import { intersectionOverUnion, MATCH, type Box } from "../../training/detection.ts";
import { placeNames } from "../elements/name-places.ts";
import { signColours } from "./sign-colours.ts";
import { SizeController } from "../elements/size-controller.ts";
import { base } from "../elements/styles.ts";

@customElement("sign-picture")
export class SignPicture extends LitElement {
  @property({ attribute: false }) view: PictureView | null = null;
  @property({ attribute: false }) classes: readonly string[] = [];
  /** Score of a box that is drawn, at least. */
  @property({ type: Number }) least = 0.5;
  /** What it is a picture of. */
  @property() heading = "";
  @query("canvas") private canvas!: HTMLCanvasElement;
  private readonly size = new SizeController(this, () => this.canvas);

  static override styles = [
    base,
    signColours,
    css`
      figure {
        margin: 0;
      }
      .picture {
        position: relative;
        display: block;
        border-radius: 6px;
        overflow: hidden;
        background: var(--sunken);
      }
      canvas {
        display: block;
        width: 100%;
        height: auto;
      }
      svg {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
      }
      rect {
        fill: none;
        vector-effect: non-scaling-stroke;
      }
      .truth {
        stroke: #fff;
        stroke-width: 1.5;
        stroke-dasharray: 4 3;
      }
      .under {
        stroke: rgb(0 0 0 / 65%);
        stroke-width: 4.5;
      }
      .found {
        stroke: var(--class);
        stroke-width: 2.5;
      }
      .name {
        position: absolute;
        left: 0;
        top: 0;
        max-width: 100%;
        padding: 0 5px;
        font-size: 11px;
        line-height: 16px;
        font-weight: 650;
        white-space: nowrap;
        color: var(--panel);
        background: var(--class);
        border-radius: 3px;
        font-variant-numeric: tabular-nums;
        pointer-events: none;
      }
      figcaption {
        font-size: 12px;
        color: var(--muted);
        margin-top: 4px;
        min-height: 18px;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  override render() {
    const { view, heading } = this;
    const { width = 224, height = 224, truth = [] } = view ?? {};
    const found = this.drawn;
    const box = ([x1, y1, x2, y2]: Box, name: string) =>
      svg`<rect class=${name} x=${x1} y=${y1} width=${x2 - x1} height=${y2 - y1}></rect>`;
    return html`<figure>
      <div class="picture" style="aspect-ratio: ${width} / ${height}">
        <canvas
          width=${width}
          height=${height}
          role="img"
          aria-label="${heading}. ${this.spoken()}"
        ></canvas>
        <svg viewBox="0 0 ${width} ${height}" aria-hidden="true">
          ${truth
            .filter(({ ignored }) => !ignored)
            .map((sign) => svg`${box(sign.box, "under")}${box(sign.box, "truth")}`)}
          ${found.map(
            (one) =>
              svg`<g class="class-${one.label}">${box(one.box, "under")}${box(one.box, "found")}</g>`,
          )}
        </svg>
        ${found.map(
          ({ label, score, box: [x1, , x2] }) =>
            html`<span
              class="name class-${label}"
              title="${this.classes[label]}, ${percent(score)}, ${Math.round(x2 - x1)} pixels wide"
              aria-hidden="true"
              >${this.classes[label]} ${percent(score, 0)}</span
            >`,
        )}
      </div>
      <figcaption>${view ? this.caption(heading) : nothing}</figcaption>
    </figure>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { view } = this;
    if (!view) return;
    this.placeNames(view);
    if (!changed.has("view")) return;
    const { pixels, width, height } = view;
    this.canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }

  /** Where each name goes depends on how large it is, which is known once it is drawn. */
  private placeNames({ width, height }: PictureView): void {
    const spans = [...this.renderRoot.querySelectorAll<HTMLElement>(".name")];
    const boxes = this.drawn.map(({ box: [x1, y1, x2, y2] }): Box => {
      const [across, down] = [this.size.width / width, this.size.height / height];
      return [x1 * across, y1 * down, x2 * across, y2 * down];
    });
    const sizes = spans.map(({ offsetWidth, offsetHeight }) => ({
      width: offsetWidth,
      height: offsetHeight,
    }));
    for (const [i, { left, top }] of placeNames(boxes, sizes, this.size).entries()) {
      spans[i].style.translate = `${left}px ${top}px`;
    }
  }

  private get drawn() {
    return this.view?.found.filter(({ score }) => score >= this.least) ?? [];
  }

  /** How many of the signs were found under their right names, and how many boxes are of none. */
  private caption(heading: string): string {
    const { truth } = this.view!;
    const { drawn } = this;
    const signs = truth.filter(({ ignored }) => !ignored);
    const meets = (a: Box, b: Box) => intersectionOverUnion(a, b) > MATCH;
    if (signs.length === 0) {
      const none = drawn.length === 0 ? "no signs found" : `${drawn.length} found`;
      return `${heading}: ${none}${cost(this.view!.reading)}`;
    }
    const right = signs.filter((sign) =>
      drawn.some(({ label, box }) => label === sign.label && meets(sign.box, box)),
    ).length;
    const stray = drawn.filter(({ box }) => !truth.some((sign) => meets(sign.box, box))).length;
    return `${heading}: ${right} of ${signs.length} right${stray > 0 ? `, ${falseAlarms(stray)}` : ""}`;
  }

  private spoken(): string {
    if (!this.view) return "On its way.";
    const names = this.drawn.map(({ label, score }) => `${this.classes[label]} ${percent(score)}`);
    return names.length === 0 ? "No signs found." : `Found: ${names.join(", ")}.`;
  }
}

const falseAlarms = (n: number) => (n === 1 ? "1 false alarm" : `${n} false alarms`);

/** What a reading of a photograph cost. */
function cost(reading: PictureView["reading"]): string {
  if (!reading) return "";
  const { detail, tiles, seconds } = reading;
  const pieces = tiles === 1 ? "as a whole" : `in ${tiles} pieces at ${detail} pixels`;
  return `; read ${pieces}, ${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-picture": SignPicture;
  }
}
