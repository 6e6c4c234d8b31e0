/** Photographs on the page of street signs: the camera, those that were dropped, and those to train on. */
import { html } from "lit";
import { signSets } from "../../data/sign-atlas.ts";
import { download } from "../elements/files.ts";
import type { SignView } from "./address.ts";
import type { CollectionController } from "./collection-controller.ts";
import "./sign-camera.ts";
import "./sign-collection.ts";
import type { SignController } from "./sign-controller.ts";
import "./sign-picture.ts";
import "./sticker-photograph.ts";

export interface PhotographsShown {
  readonly signs: SignController;
  readonly collection: CollectionController;
  readonly view: SignView;
  /** Names of the detector's classes. */
  readonly classes: readonly string[];
  /** There is an engine. */
  readonly live: boolean;
  /** Does something that may fail for reasons the reader should hear of. */
  readonly attempt: (action: () => Promise<void>) => void;
}

export function photographs({ signs, collection, view, classes, live, attempt }: PhotographsShown) {
  const { least, set } = view;
  return html`<div class="sheet large">
    <sign-camera
      class="empty"
      .see=${live ? signs.see : null}
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
                <sticker-photograph
                  .view=${given.view}
                  .classes=${classes}
                  .least=${least}
                  heading=${given.name}
                  .dress=${live ? signs.dressing(given, view) : null}
                  @trouble=${({ detail }: CustomEvent<unknown>) =>
                    attempt(async () => await Promise.reject(detail))}
                ></sticker-photograph>
                <button aria-label="Remove ${given.name}" @click=${() => signs.remove(given)}>
                  Remove
                </button>
              </div>`,
          )
    }
    <sign-collection
      class="whole"
      .summary=${collection.summary}
      .classes=${signSets[set]}
      .progress=${collection.progress}
      ?disabled=${!live}
      @import=${(event: CustomEvent<File[]>) =>
        attempt(async () => await collection.read(event.detail))}
      @class-change=${({ detail }: CustomEvent<{ name: string; label: number | null }>) =>
        attempt(async () => await collection.classify(detail.name, detail.label))}
      @cancel=${() => collection.cancel()}
      @forget=${() => attempt(async () => await collection.putAway())}
      @save-report=${() =>
        download(
          "badnets-signs-left-out.txt",
          `${collection.summary!.report.join("\n")}\n`,
          "text/plain",
        )}
    ></sign-collection>
    ${collection.previews.map(
      (preview, i) =>
        html`<sign-picture
          .view=${preview}
          .classes=${classes}
          .least=${least}
          heading="Test photograph ${i + 1}"
        ></sign-picture>`,
    )}
  </div>`;
}
