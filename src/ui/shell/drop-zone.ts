/** Makes the whole page take dropped files, and says so while they hover. */
import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { base } from "../elements/styles.ts";

/** Fires `files` with the dropped files as its detail. */
@customElement("drop-zone")
export class DropZone extends LitElement {
  /** What may be dropped. */
  @property() text = "";
  @state() private hovering = false;

  static override styles = [
    base,
    css`
      div {
        position: fixed;
        inset: 10px;
        z-index: 6;
        display: grid;
        place-items: center;
        pointer-events: none;
        border: 3px dashed var(--clean);
        border-radius: 16px;
        background: color-mix(in srgb, var(--ground) 88%, transparent);
        font-size: 18px;
        font-weight: 650;
        text-align: center;
        padding: 24px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("dragover", this.onOver);
    addEventListener("dragleave", this.onLeave);
    addEventListener("drop", this.onDrop);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("dragover", this.onOver);
    removeEventListener("dragleave", this.onLeave);
    removeEventListener("drop", this.onDrop);
  }

  override render() {
    return this.hovering ? html`<div>${this.text}</div>` : "";
  }

  private readonly onOver = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    // Without this the browser would leave the page and open the file.
    event.preventDefault();
    this.hovering = true;
  };

  private readonly onLeave = (event: DragEvent) => {
    if (event.relatedTarget === null) this.hovering = false;
  };

  private readonly onDrop = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.hovering = false;
    this.dispatchEvent(new CustomEvent("files", { detail: [...event.dataTransfer.files] }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "drop-zone": DropZone;
  }
}
