/** Styles of the profiler's view. */
import { css } from "lit";

export const kernelViewStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 10px;
    font-variant-numeric: tabular-nums;
  }
  .empty {
    display: grid;
    gap: 12px;
    justify-items: start;
    max-width: 52ch;
    padding: 24px 8px;
    font-size: 15px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 10px;
  }
  header h2 {
    flex: 1 1 200px;
  }
  header button {
    font-size: 13px;
    min-height: 28px;
    padding: 2px 10px;
  }
  .files {
    display: flex;
    gap: 4px;
  }
  p {
    font-size: 12px;
  }
  .timeline {
    display: flex;
    gap: 1px;
    height: 30px;
    flex: none;
  }
  .timeline span {
    min-width: 1px;
    overflow: hidden;
    background: var(--pass);
    color: var(--panel);
    font-size: 10px;
    line-height: 30px;
    text-align: center;
    white-space: nowrap;
  }
  .timeline .pointed {
    outline: 2px solid var(--ink);
  }
  .passes {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    list-style: none;
    margin: 0;
    padding: 0;
    font-size: 12px;
  }
  i {
    display: inline-block;
    width: 9px;
    height: 9px;
    margin-right: 5px;
    border-radius: 2px;
    background: var(--pass);
  }
  .scroll {
    overflow-x: auto;
    flex: none;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 12.5px;
  }
  th,
  td {
    padding: 2px 8px 2px 0;
    border-bottom: 1px solid var(--line);
    text-align: right;
    font-weight: 400;
    white-space: nowrap;
  }
  th:first-child {
    text-align: left;
  }
  table button {
    border: 0;
    background: none;
    padding: 0 2px;
    min-height: 24px;
    font-size: 12.5px;
  }
  thead button {
    color: var(--muted);
  }
  thead [aria-sort="ascending"] button,
  thead [aria-sort="descending"] button {
    color: var(--ink);
    font-weight: 700;
  }
  tr.pointed {
    background: var(--sunken);
  }
  .share span {
    display: inline-block;
    height: 9px;
    margin-right: 6px;
    background: var(--pass);
  }
  roofline-chart {
    height: 280px;
    flex: none;
  }
  dialog {
    width: min(860px, calc(100vw - 28px));
  }
  .top {
    display: flex;
    justify-content: space-between;
    align-items: center;
  }
  .bindings {
    margin: 6px 0;
    padding-left: 18px;
    font-size: 12px;
  }
`;
