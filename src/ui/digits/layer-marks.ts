/** A layer's mark in charts and lists: its own shape and its own colour. */
import { symbol, symbolCircle, symbolSquare, symbolTriangle, type SymbolType } from "d3";
import { css, html, svg, type TemplateResult } from "lit";

const shapes: readonly SymbolType[] = [symbolCircle, symbolSquare, symbolTriangle];

export const layerMarkStyles = css`
  :host {
    --layer-0: light-dark(#6b3fb0, #c4a7ff);
    --layer-1: light-dark(#8a6100, #e6b84a);
    --layer-2: light-dark(#3d5a75, #9fc0dc);
  }
  .layer-0 {
    fill: var(--layer-0);
    stroke: var(--layer-0);
  }
  .layer-1 {
    fill: var(--layer-1);
    stroke: var(--layer-1);
  }
  .layer-2 {
    fill: var(--layer-2);
    stroke: var(--layer-2);
  }
  svg.mark {
    width: 12px;
    height: 12px;
    flex: none;
    overflow: visible;
  }
`;

/** @param at the layer's number; @param size area in square pixels */
export function markPath(at: number, size: number): string {
  return symbol(shapes[at % shapes.length], size)() ?? "";
}

/** For a legend or a list. */
export function layerMark(at: number): TemplateResult {
  return html`<svg class="mark" viewBox="-6 -6 12 12" aria-hidden="true">
    ${svg`<path class="layer-${at % shapes.length}" d=${markPath(at, 56)}></path>`}
  </svg>`;
}
