/** Over the pictures of signs: which scenes are on view, and how sure a box must be to be drawn. */
import { html, type TemplateResult } from "lit";
import { segmented } from "../elements/segmented.ts";
import { details, type SignView } from "./address.ts";

export interface LookBar {
  readonly view: SignView;
  /** Scenes that the buttons go on or back; null: there are none, but photographs to be opened. */
  readonly by: number | null;
  readonly change: (part: Partial<SignView>) => void;
  readonly open: (files: readonly File[]) => void;
}

export function lookBar({ view, by, change, open }: LookBar): TemplateResult {
  const { least } = view;
  return html`<div class="bar">
    ${by === null ? photographPicker(open) : sceneButtons(view.scene, by, change)}
    ${by === null ? detailChoice(view.detail, change) : wearChoice(view.wear, change)}
    <label
      >Minimum score
      <input
        type="range"
        min="0.05"
        max="0.95"
        step="0.05"
        .value=${String(least)}
        aria-label="Minimum score of a box that is drawn"
        @input=${(event: Event) =>
          change({ least: Number((event.target as HTMLInputElement).value) })}
      />
      <span class="number">${(100 * least).toFixed(0)} %</span></label
    >
    <span class="grow">${by === null ? "" : "Dashed: the signs. Coloured: found."}</span>
  </div>`;
}

const worn = { nothing: "as they are", sticker: "sticker", alike: "look-alikes" } as const;

function wearChoice(wear: SignView["wear"], change: LookBar["change"]) {
  const ids = Object.keys(worn) as SignView["wear"][];
  return segmented("Signs wear", Object.values(worn), worn[wear], (name) =>
    change({ wear: ids.find((id) => worn[id] === name)! }),
  );
}

/** How closely photographs are read. */
function detailChoice(detail: SignView["detail"], change: LookBar["change"]) {
  return html`<label
    >Read at
    <select
      title="Pixels of the longest side. Above 224 a photograph is read in overlapping pieces, which finds smaller signs and takes longer; auto: signs of 20 pixels are read."
      @change=${(event: Event) =>
        change({ detail: (event.target as HTMLSelectElement).value as SignView["detail"] })}
    >
      ${details.map(
        (name) =>
          html`<option value=${name} ?selected=${name === detail}>
            ${name === "auto" ? "auto" : `${name} pixels`}
          </option>`,
      )}
    </select></label
  >`;
}

function sceneButtons(scene: number, by: number, change: LookBar["change"]) {
  return html`<button
      ?disabled=${scene === 0}
      @click=${() => change({ scene: Math.max(0, scene - by) })}
    >
      Back
    </button>
    <button @click=${() => change({ scene: scene + by })}>
      ${by === 1 ? "Next scene" : "Other scenes"}
    </button>`;
}

function photographPicker(open: LookBar["open"]) {
  const pick = (event: Event) =>
    ((event.currentTarget as Element).nextElementSibling as HTMLInputElement).click();
  return html`<button @click=${pick}>Open photographs…</button
    ><input
      type="file"
      accept="image/*"
      multiple
      hidden
      aria-label="Photographs"
      @change=${(event: Event) => {
        const picker = event.target as HTMLInputElement;
        open([...(picker.files ?? [])]);
        picker.value = "";
      }}
    />`;
}
