/** How the network's view looks. */
import { css } from "lit";

export const networkStyles = css`
  :host {
    container-type: inline-size;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 10px;
    margin-bottom: 10px;
  }
  h2 {
    flex: 1;
    white-space: nowrap;
  }
  .stage {
    position: relative;
    margin: 0 auto;
  }
  .stage > * {
    position: absolute;
  }
  .image {
    image-rendering: pixelated;
    background: #000;
    border-radius: 5px;
    display: block;
  }
  /* The switch that everything is about. */
  .trigger {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 4px;
    padding: 4px 10px;
    border-width: 2px;
    border-radius: var(--radius);
    font-weight: 650;
    text-align: left;
    line-height: 1.15;
  }
  .trigger small {
    display: block;
    font-size: 12px;
    font-weight: 400;
    color: var(--muted);
  }
  .trigger[aria-checked="true"] {
    border-color: var(--attack);
    background: var(--attack-soft);
  }
  .trigger[aria-checked="true"]:hover:not(:disabled) {
    background: var(--attack-soft);
    border-color: var(--ink);
  }
  .trigger[aria-checked="true"] small {
    color: var(--ink);
  }
  .track {
    flex: none;
    width: 34px;
    height: 20px;
    border: 2px solid var(--control);
    border-radius: 10px;
    padding: 2px;
  }
  .track::before {
    content: "";
    display: block;
    width: 12px;
    height: 12px;
    border-radius: 50%;
    background: var(--control);
  }
  .trigger[aria-checked="true"] .track {
    border-color: var(--attack);
    background: var(--attack);
  }
  .trigger[aria-checked="true"] .track::before {
    background: var(--panel);
    margin-left: 14px;
  }
  kbd {
    /* As tall as its line: the word above hangs down to it. */
    font: 600 10px/1 var(--font);
    border: 1px solid var(--control);
    border-radius: 3px;
    padding: 0 4px;
  }
  .note {
    font-size: 12px;
    line-height: 1.35;
    color: var(--muted);
  }
  .title {
    display: flex;
    justify-content: space-between;
    gap: 6px;
    font-size: 11px;
    line-height: 16px;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
    color: var(--muted);
  }
  .title b {
    font-size: 12px;
    color: var(--ink);
  }
  .pass {
    background: var(--focus);
    color: var(--panel);
    border-radius: 3px;
    padding: 0 5px;
    font-weight: 650;
  }
  .ramp {
    height: 5px;
    border-radius: 2px;
    border: 1px solid var(--control);
  }
  /* What lies between the tiles is dark in either theme, as the tiles are. */
  tile-sheet {
    background: #2d323b;
  }
  .field {
    cursor: pointer;
    touch-action: manipulation;
  }
  .field:focus-visible {
    outline-offset: 3px;
    border-radius: 2px;
  }
  .reading {
    font-variant-numeric: tabular-nums;
    line-height: 1.15;
    white-space: nowrap;
  }
  .reading .digit {
    font-size: 28px;
    font-weight: 700;
    line-height: 1;
    color: var(--clean);
  }
  .reading .flipped {
    color: var(--attack);
  }
  .reading small {
    font-size: 11px;
    color: var(--muted);
  }
  .reading .tag {
    color: var(--attack);
    font-weight: 650;
  }
  svg {
    pointer-events: none;
    overflow: visible;
    inset: 0;
    width: 100%;
    height: 100%;
  }
  .link {
    fill: none;
    stroke: var(--focus);
    stroke-linecap: round;
  }
  .halo {
    fill: none;
    stroke: var(--panel);
    stroke-linecap: round;
    opacity: 0.75;
  }
  .source,
  .selected,
  .cursor,
  .glow,
  .scaled {
    fill: none;
  }
  .source {
    stroke: var(--focus);
    stroke-width: 1.5;
  }
  .selected {
    stroke: var(--ink);
    stroke-width: 2.5;
  }
  .cursor {
    stroke: var(--focus);
    stroke-width: 2.5;
  }
  .glow {
    stroke: var(--attack);
    stroke-width: 2;
  }
  .lit .glow {
    filter: drop-shadow(0 0 3px var(--attack)) drop-shadow(0 0 6px var(--attack));
  }
  .cross-ground {
    stroke: #000;
    stroke-width: 3.5;
  }
  .cross {
    stroke: #fff;
    stroke-width: 1.5;
  }
  .scaled {
    stroke: #fff;
    stroke-dasharray: 3 2;
    stroke-width: 1.5;
  }
  .mark {
    fill: none;
    stroke: #ff8a5e;
    stroke-width: 1.5;
  }
  .step {
    fill: none;
    stroke: var(--focus);
    stroke-width: 2;
  }
  .bars text {
    font: 12px var(--font);
    font-variant-numeric: tabular-nums;
    fill: var(--muted);
  }
  .bars .best {
    font-weight: 700;
    fill: var(--ink);
  }
  .bars .slot {
    fill: var(--line);
    opacity: 0.6;
  }
  .bars .clean {
    fill: var(--clean);
  }
  .bars .triggered {
    fill: var(--attack);
  }
  .bars .other {
    opacity: 0.4;
  }
  .caption {
    margin-top: 10px;
    border-top: 1px solid var(--line);
    padding-top: 6px;
    min-height: calc(2 * 18px + 7px);
    font-size: 13px;
    line-height: 18px;
    font-variant-numeric: tabular-nums;
  }
  .caption span {
    color: var(--muted);
  }
  .caption i {
    font-style: normal;
    font-weight: 650;
  }
  .caption .clean {
    color: var(--clean);
  }
  .caption .triggered {
    color: var(--attack);
  }
  @container (440px <= width < 600px) {
    /* The tab above says it, and the row is the network's. */
    h2 {
      position: absolute;
      clip-path: inset(50%);
    }
    header {
      gap: 6px;
    }
    .segments label {
      padding: 3px 8px;
    }
    .trigger {
      padding: 4px 6px;
    }
    .trigger .track {
      display: none;
    }
  }
  @container (width < 440px) {
    h2 {
      flex: 1 0 100%;
    }
    .caption {
      min-height: calc(5 * 18px + 7px);
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .track::before {
      transition: margin-left 120ms;
    }
    .lit .glow {
      animation: glow 1.6s ease-in-out infinite alternate;
    }
    @keyframes glow {
      from {
        stroke-opacity: 1;
      }
      to {
        stroke-opacity: 0.55;
      }
    }
  }
`;
