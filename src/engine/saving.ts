/** What can be saved of the network on view and its run, as a file's content. */
import { UserError } from "../errors.ts";
import type { Saved, Saving } from "../studies/port.ts";
import type { Study, StudyTypes } from "../studies/study.ts";
import { jsonText } from "../text/json.ts";
import type { Job } from "./job.ts";
import type { OnView } from "./on-view.ts";

/**
 * @param running gives the run, or throws a UserError where there is none
 * @throws UserError for what is not there yet
 */
export async function contentOf<T extends StudyTypes>(
  what: Saving,
  study: Study<T>,
  onView: OnView<T>,
  running: () => Job<T>,
): Promise<Saved> {
  switch (what) {
    case "model": {
      const { recipe, origin, job } = onView;
      if (!recipe || !origin) throw new UserError(`There is no ${study.noun} to save yet.`);
      const of = { recipe, origin, adapter: job?.adapter ?? null };
      return { content: await study.model(of, await onView.standing()), extension: "safetensors" };
    }
    case "checkpoint": {
      const job = running();
      if (!job.state)
        throw new UserError("There is no state to save yet: let it train for a while.");
      return { content: await study.checkpoint(job.savable, job.state), extension: "safetensors" };
    }
    case "result": {
      const result = await study.result(await running().outcome());
      return { content: jsonText(result), extension: "json" };
    }
    case "curves": {
      const { planned, measuredState: state } = running();
      if (!state) throw new UserError("There are no curves to save yet: let it train for a while.");
      return { content: study.curves(planned, state), extension: "csv" };
    }
  }
}
