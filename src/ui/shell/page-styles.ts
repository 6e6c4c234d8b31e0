/** A study's page: three columns over a time bar that fill a projector's screen, or one at a time. */
import { css } from "lit";

export const pageStyles = css`
  /* The parts are laid out by the frame. */
  :host {
    display: contents;
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
  /* Narrow: one column at a time. */
  @media (width < 1200px) {
    main[data-column="settings"] section:not(.settings),
    main[data-column="network"] section:not(.network),
    main[data-column="evidence"] section:not(.evidence) {
      display: none;
    }
    .settings,
    .evidence {
      max-width: 720px;
      width: 100%;
      margin: 0 auto;
    }
  }
  @media (width >= 1200px) {
    .columns {
      display: none;
    }
    main {
      grid-template-columns: 300px minmax(0, 1fr) 440px;
      grid-template-rows: minmax(0, 1fr);
    }
  }
  /* A screen tall enough takes all of it at once. */
  @media (width >= 1200px) and (height >= 700px) {
    .settings,
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
`;
