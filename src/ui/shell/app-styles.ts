/** The page's layout: three columns over a time bar that fill a projector's screen, or one at a time. */
import { css } from "lit";

export const appStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 100dvh;
    padding: 0 16px;
  }
  main {
    flex: 1;
    display: grid;
    min-height: 0;
    gap: var(--gap);
    grid-template-columns: minmax(0, 1fr);
  }
  section {
    display: flex;
    flex-direction: column;
    gap: 8px;
    min-width: 0;
    min-height: 0;
  }
  .network > :last-child {
    flex: 1;
    min-height: 0;
  }
  .changed {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    align-items: center;
    border: 1px solid var(--attack);
    border-radius: var(--radius);
    background: var(--attack-soft);
    padding: 8px 12px;
    font-size: 13px;
  }
  .changed p {
    flex: 1 1 100%;
  }
  .changed button {
    font-size: 13px;
    min-height: 30px;
    padding: 3px 12px;
  }
  success-chart {
    height: 300px;
  }
  loss-chart {
    height: 220px;
  }
  footer {
    position: sticky;
    bottom: 0;
    z-index: 2;
    margin: 8px -16px 0;
  }
  /* Narrow: one part at a time. */
  @media (width < 1200px) {
    main[data-section="attack"] section:not(.attack),
    main[data-section="network"] section:not(.network),
    main[data-section="evidence"] section:not(.evidence) {
      display: none;
    }
    .attack,
    .evidence {
      max-width: 720px;
      width: 100%;
      margin: 0 auto;
    }
  }
  @media (width >= 1200px) {
    .sections {
      display: none;
    }
    main {
      grid-template-columns: 300px minmax(0, 1fr) 440px;
      grid-template-rows: minmax(0, 1fr);
    }
    /* The paper's tables and figures take all of it. */
    main[data-view="paper"] {
      grid-template-columns: minmax(0, 1fr);
    }
    main[data-view="paper"] section:not(.network) {
      display: none;
    }
  }
  /* A screen tall enough takes all of it at once. */
  @media (width >= 1200px) and (height >= 700px) {
    :host {
      height: 100dvh;
    }
    .attack,
    .network > :last-child {
      overflow-y: auto;
    }
    .evidence > :not(tab-bar) {
      flex: none;
    }
    .evidence {
      overflow-y: auto;
    }
    .evidence tab-bar {
      position: sticky;
      top: 0;
      z-index: 1;
      background: var(--ground);
    }
  }
  @media (width < 820px) {
    :host {
      padding: 0 12px;
    }
    footer {
      margin: 8px -12px 0;
    }
    .lead {
      order: 1;
      flex-basis: 100%;
    }
  }
`;
