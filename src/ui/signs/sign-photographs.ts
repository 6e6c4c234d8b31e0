/** Photographs in the sign study: the camera, those that were dropped, and those to train on. */
import { html } from "lit";
import { signSets } from "../../data/sign-atlas.ts";
import { download } from "../elements/files.ts";
import "./sign-camera.ts";
import "./sign-collection.ts";
import type { SignController } from "./sign-controller.ts";
import "./sign-picture.ts";
import type { SignViewState } from "../view-state.ts";

/** @param classes names of the detector's on view */
export function photographs(
  signs: SignController,
  { least, set }: SignViewState,
  classes: readonly string[],
) {
  return html`<div class="sheet large">
    <sign-camera
      class="empty"
      .see=${signs.client ? signs.see.bind(signs) : null}
      .classes=${classes}
      .least=${least}
    ></sign-camera>
    ${
      signs.given.length === 0
        ? html`<p class="empty">
            Drop photographs of streets anywhere on the page. They stay on this machine: the
            detector looks at them here.
          </p>`
        : signs.given.map(
            (given) =>
              html`<div class="given">
                <sign-picture
                  .view=${given.view}
                  .classes=${classes}
                  .least=${least}
                  heading=${given.name}
                ></sign-picture>
                <button aria-label="Put ${given.name} away" @click=${() => signs.remove(given)}>
                  Put away
                </button>
              </div>`,
          )
    }
    <sign-collection
      class="whole"
      .summary=${signs.photos}
      .classes=${signSets[set]}
      .progress=${signs.reading}
      ?disabled=${!signs.client}
      @import=${(event: CustomEvent<File[]>) => signs.importPhotos(event.detail)}
      @class-change=${({ detail }: CustomEvent<{ name: string; label: number | null }>) =>
        signs.setClass(detail.name, detail.label)}
      @cancel=${() => signs.cancelImport()}
      @forget=${() => signs.forgetPhotos()}
      @save-report=${() =>
        download(
          "badnets-signs-left-out.txt",
          `${signs.photos!.report.join("\n")}\n`,
          "text/plain",
        )}
    ></sign-collection>
    ${signs.previews.map(
      (preview, i) =>
        html`<sign-picture
          .view=${preview}
          .classes=${classes}
          .least=${least}
          heading="Photograph ${i + 1} that measures"
        ></sign-picture>`,
    )}
  </div>`;
}
