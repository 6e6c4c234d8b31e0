/** How pages lie in the frame: a study's three columns over a time bar, or what scrolls as a whole. */
import { css } from "lit";

const framed = css`
  /* The parts are laid out by the frame. */
  :host {
    display: contents;
  }
  main {
    flex: 1;
    min-height: 0;
  }
`;

/** A page that scrolls as a whole, within a screen that is tall enough. */
export const scrollingPage = [
  framed,
  css`
    main {
      padding-bottom: var(--gap);
      /* What is there for screen readers alone scrolls with the rest. */
      position: relative;
    }
    @media (width >= 1024px) and (height >= 700px) {
      main {
        overflow-y: auto;
      }
    }
  `,
];

/** A study's page: three columns over a time bar that fill a projector's screen, or one at a time. */
const columns = css`
  main {
    display: grid;
    gap: var(--gap);
    grid-template-columns: minmax(0, 1fr);
  }
  section {
    /* What is there for screen readers alone scrolls with the rest. */
    position: relative;
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
  /* Narrow: one column at a time. */
  @media (width < 1024px) {
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
  /* Between: the network beside its evidence, or the settings. */
  @media (1024px <= width < 1200px) {
    main {
      grid-template-rows: minmax(0, 1fr);
    }
    main:not([data-column="settings"]) {
      grid-template-columns: minmax(0, 1fr) 430px;
    }
    main:not([data-column="settings"]) .settings,
    main[data-column="settings"] section:not(.settings) {
      display: none;
    }
    .settings {
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
  @media (1200px <= width < 1400px) {
    main {
      grid-template-columns: 276px minmax(0, 1fr) 430px;
    }
  }
  /* A screen tall enough takes all of it at once. */
  @media (width >= 1024px) and (height >= 700px) {
    .settings,
    .network > :last-child {
      position: relative;
      overflow-y: auto;
    }
    .evidence > :not(tab-bar) {
      flex: none;
    }
    .evidence {
      overflow-y: auto;
      /* What sticks below the tabs. */
      --bar: 36px;
    }
    .evidence tab-bar {
      position: sticky;
      top: 0;
      z-index: 1;
      background: var(--ground);
    }
  }
`;

export const pageStyles = [framed, columns];
