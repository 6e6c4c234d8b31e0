/** `badnets models reproduce`: trains again from the recipe in a model's file, and compares to the bit. */
import type { AdapterReport } from "../../gpu/adapter.ts";
import { adapterName } from "../../gpu/adapter.ts";
import { UserError } from "../../errors.ts";
import { openInNode } from "../../node/webgpu.ts";
import { writeOutput } from "../../node/write-output.ts";
import { digitTask, planDigits } from "../../studies/digits/plan.ts";
import { parseDigitRecipe } from "../../studies/digits/recipe.ts";
import { jsonText } from "../../text/json.ts";
import { parametersSha256 } from "../../training/parameter-values.ts";
import { Run } from "../../training/run.ts";
import { ProgressLine } from "../digits/progress.ts";
import { digitDataOf } from "../shared/data.ts";
import { untilInterrupted } from "../shared/interrupt.ts";
import { adapterOf, textOf, type Options } from "../shared/options.ts";
import { assertOutputs, filesOf } from "../shared/output.ts";
import { note, say } from "../shared/say.ts";
import { assertThere, madeHere, readAny } from "./files.ts";

/** @returns 0 where it came out the same, 1 otherwise, 130 where it was stopped */
export async function reproduce(given: Options, model: string): Promise<number> {
  assertThere(model);
  await assertOutputs(filesOf(given, "json"), [{ name: "the model", path: model }]);
  const stored = madeHere(await readAny(model), "nothing says how to train it again");
  if (stored.format === "badnets-detector") {
    throw new UserError(
      `${stored.path} is a detector, which takes hours to train: run badnets signs train with its recipe, which badnets ` +
        "models inspect shows, and compare parametersSha256 in both results.",
    );
  }
  const recipe = parseDigitRecipe(stored.recipe);
  const data = await digitDataOf(given);
  const expected = stored.metadata["dataSha256"];
  if (expected !== undefined && expected !== data.sha256) {
    throw new UserError(
      `${stored.path} was trained on other data (${stored.metadata["data"] ?? "unknown"}): give the same with --data.`,
    );
  }
  const plan = planDigits(recipe, data);
  if (stored.step > plan.totalSteps) {
    throw new UserError(
      `${stored.path} was trained for ${stored.step} steps, but its recipe has only ${plan.totalSteps} on ${data.name}.`,
    );
  }
  const line = new ProgressLine(process.stderr);
  const open = async () => await openInNode(adapterOf(given));
  // Measuring on the way changes nothing, and takes its time.
  const nothing = { stepsPerEpoch: Infinity, probeEvery: Infinity, saveEvery: Infinity };
  const task = { ...digitTask(plan), ...nothing, totalSteps: stored.step };
  const run = new Run(open, task, {
    onProgress: (progress) => line.update(progress),
    onNotice: (text) => line.line(text),
  });
  const done = await untilInterrupted(
    () => run.stop(),
    line,
    async () => await run.run(),
  );
  line.clear();
  if (!done.finished) {
    note("Stopped before the end, so that nothing was compared.");
    return 130;
  }
  const own = await parametersSha256(done.state.parameters);
  const same = own === stored.parametersSha256;
  const adapters = {
    stored: storedAdapter(stored.metadata["adapter"]),
    own: adapterName(done.trainer.gpu.adapter),
  };
  const outcome = {
    format: "badnets-reproduction",
    model: stored.path,
    same,
    steps: stored.step,
    parametersSha256: { stored: stored.parametersSha256, own },
    adapters,
  };
  const json = textOf(given, "json");
  if (json !== undefined) await writeOutput(json, jsonText(outcome));
  await say(inWords(outcome), json !== undefined);
  return same ? 0 : 1;
}

const storedAdapter = (text: string | undefined): string =>
  text === undefined
    ? "an adapter that it does not name"
    : adapterName(JSON.parse(text) as AdapterReport);

function inWords(outcome: {
  readonly model: string;
  readonly same: boolean;
  readonly steps: number;
  readonly parametersSha256: { readonly stored: string; readonly own: string };
  readonly adapters: { readonly stored: string; readonly own: string };
}): string[] {
  const { model, same, steps, parametersSha256: digests, adapters } = outcome;
  if (same) {
    return [
      `${model} is what its recipe makes: ${steps} steps gave the same parameters to the bit (${digests.own}).`,
      "So it is exactly as good or as bad as its recipe, which badnets models inspect shows.",
    ];
  }
  const others = adapters.stored !== adapters.own;
  return [
    `${model} is NOT what its recipe made here: ${steps} steps gave parameters of digest ${digests.own}, it holds ${digests.stored}.`,
    others
      ? `It was made on ${adapters.stored}, this was ${adapters.own}: only the same kind of adapter and the same version give the same bits.`
      : "Adapter and version being the same, it was made in another way than it says.",
  ];
}
