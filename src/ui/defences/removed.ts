/** What is left where the reader took neurons out in the name of a defence: figures, and the network as a file. */
import { html, nothing, type TemplateResult } from "lit";
import { percent } from "../../format.ts";
import { mendedBy } from "../../studies/digits/defence-report.ts";
import { download } from "../elements/files.ts";
import "../elements/task-progress.ts";
import type { DefenceController } from "./defence-controller.ts";

export function removedPicture(
  id: string,
  asked: DefenceController,
): TemplateResult | typeof nothing {
  const { removing } = asked;
  if (removing?.id === id) {
    return html`<task-progress
      heading="Judging what is left"
      .progress=${removing.progress ?? { done: 0, secondsLeft: null }}
      @cancel=${() => asked.cancel()}
    ></task-progress>`;
  }
  const removed = asked.removed.get(id);
  if (!removed) return nothing;
  const { after, evidence, mended } = removed;
  const success = after.attackSuccess;
  return html`<div class="row removed">
    <p role="status">
      ${evidence} What is left: clean accuracy ${percent(after.cleanAccuracy)}, attack success
      ${success === null ? "not known" : percent(success)}.
    </p>
    <button
      type="button"
      aria-label="Save this network: without these neurons"
      @click=${() => download(mendedBy(`${id}-chosen`), mended, "application/octet-stream")}
    >
      Save this network
    </button>
  </div>`;
}
