/** Styles that pictures of findings share. */
import { css } from "lit";
import { drawingStyles } from "../elements/drawing.ts";
import { base, controls } from "../elements/styles.ts";

/** Of what pictures are made of. */
export const findingParts = [
  drawingStyles,
  css`
    h3 {
      margin: 0;
      font-size: 12px;
      font-weight: 650;
    }
    .row {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px 10px;
    }
    .drawing {
      width: 100%;
      max-width: 560px;
    }
    .pictures {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 14px;
    }
    figure {
      margin: 0;
    }
    figcaption {
      max-width: 150px;
      font-size: 12px;
      color: var(--muted);
    }
    .pictures digit-image,
    .pictures tile-sheet {
      width: 112px;
      height: 112px;
    }
  `,
];

/** Of an element that is a picture. */
export const findingStyles = [
  base,
  controls,
  findingParts,
  css`
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 8px;
      font-size: 13px;
    }
    button {
      font-size: 12px;
      min-height: 28px;
      padding: 2px 10px;
    }
    input[type="range"] {
      flex: 1 1 140px;
    }
  `,
];
