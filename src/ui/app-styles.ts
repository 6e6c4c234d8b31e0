/** The page's layout: one column, two, or three that fill a projector's screen without scrolling. */
import { css } from "lit";

export const appStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 100dvh;
    padding: 0 20px 16px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 10px;
    padding: 10px 0;
  }
  strong {
    font-size: 17px;
    margin-right: 8px;
  }
  .chip {
    border: 1px solid var(--line);
    border-radius: 999px;
    background: var(--panel);
    padding: 2px 12px;
    font-size: 13px;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .small {
    font-size: 13px;
    min-height: 28px;
    padding: 2px 12px;
  }
  .grow {
    flex: 1;
  }
  main {
    display: grid;
    flex: 1;
    min-height: 0;
    gap: var(--gap);
    grid-template-columns: minmax(0, 1fr);
  }
  h1 {
    font-size: 22px;
    line-height: 1.2;
    margin: 0;
    letter-spacing: -0.01em;
  }
  .intro {
    display: grid;
    gap: 4px;
  }
  .intro p {
    max-width: 100ch;
  }
  em {
    font-style: normal;
    font-weight: 650;
    color: var(--attack);
  }
  .left,
  .middle,
  .right {
    display: grid;
    gap: var(--gap);
    min-width: 0;
    min-height: 0;
    align-content: start;
    grid-template-columns: minmax(0, 1fr);
  }
  success-chart {
    height: 340px;
  }
  loss-chart {
    height: 240px;
  }
  @media (width >= 820px) {
    main {
      grid-template-columns: 330px minmax(0, 1fr);
      align-items: start;
    }
    .intro,
    .right {
      grid-column: 1 / -1;
    }
    .right {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
  @media (width >= 1200px) {
    main {
      grid-template-columns: 330px minmax(0, 1fr) 456px;
      grid-template-rows: auto minmax(0, 1fr);
      align-items: stretch;
    }
    .intro {
      grid-template-columns: 330px 1fr;
      gap: var(--gap);
      align-items: center;
    }
    .intro p {
      max-width: none;
    }
    .left {
      grid-template-rows: minmax(0, 1fr) auto;
    }
    .middle {
      grid-template-rows: auto minmax(260px, 1.5fr) minmax(180px, 1fr);
    }
    .middle > * {
      height: auto;
    }
    .right {
      grid-column: auto;
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr) auto;
    }
  }
  /* A screen tall enough takes all of it at once. */
  @media (width >= 1200px) and (height >= 820px) {
    :host {
      height: 100dvh;
    }
    recipe-form,
    digit-gallery {
      overflow: auto;
    }
  }
  /* One column: what a run leaves behind comes last. */
  @media (width < 820px) {
    .left,
    .middle,
    .right {
      display: contents;
    }
    download-bar {
      order: 1;
    }
  }
  @media (width < 820px) {
    :host {
      padding: 0 14px 16px;
    }
  }
`;
