/** `badnets showcase`: makes what the page shows before anybody has trained, from a finished run. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { triggerMask } from "../../backdoor/trigger.ts";
import { samplesOf } from "../../studies/digits/gallery.ts";
import type { NetworkSubject } from "../../studies/digits/network.ts";
import { digitQuestions } from "../../studies/digits/questions.ts";
import { TaskQueue } from "../../studies/task-queue.ts";
import { encodeRecording } from "../../studies/digits/recording.ts";
import { adapterName } from "../../gpu/adapter.ts";
import { Inspector } from "../../inspection/inspector.ts";
import { DIGIT_CLASSES, DIGIT_SIZE, digitNet } from "../../models/digit-net.ts";
import { packagedMnist } from "../../node/files.ts";
import { openInNode } from "../../node/webgpu.ts";
import { writeOutput } from "../../node/write-output.ts";
import { parseDigitRecipe } from "../../studies/digits/recipe.ts";
import type { DigitResult } from "../../studies/digits/result.ts";
import { assertMeasured } from "../../training/parameter-values.ts";
import { decodeCheckpoint } from "../../files/checkpoint.ts";
import { encodeModel } from "../../files/model-file.ts";
import {
  adapterOf,
  argumentsUnlessHelp,
  describeOptions,
  textOf,
  UsageError,
  type OptionSpec,
} from "../shared/options.ts";
import { ensureOutputs, filesIn } from "../shared/output.ts";
import { say } from "../shared/say.ts";

const options: OptionSpec = {
  from: { type: "string", value: "DIR", help: "folder of a finished run of badnets digits" },
  out: { type: "string", value: "DIR", help: "where to (default: public/showcase)" },
};

const help = [
  "badnets showcase: make what the page shows before anybody has trained, from a finished run",
  "",
  "Writes model.safetensors (the parameters), result.json (recipe, measures, digest) and",
  "recording.safetensors (what the laboratory shows of it, for browsers without WebGPU).",
  "",
  ...describeOptions(options),
];

/** Runs the command. @returns the exit status */
export async function showcase(args: string[]): Promise<number> {
  const read = await argumentsUnlessHelp("showcase", options, args, help);
  if (!read) return 0;
  const { given } = read;
  const from = textOf(given, "from");
  const out = textOf(given, "out") ?? "public/showcase";
  if (from === undefined) throw new UsageError("--from is missing: name a run's folder.");
  const path = join(from, "checkpoint.safetensors");
  const inputs = [path, join(from, "result.json")].map((file) => ({ name: "--from", path: file }));
  await ensureOutputs(
    out,
    filesIn(out, "model.safetensors", "recording.safetensors", "result.json"),
    inputs,
  );
  const { recipe, state } = await decodeCheckpoint(digitNet, await readFile(path), path);
  const parsed = parseDigitRecipe(recipe);
  const result = await readFile(join(from, "result.json"), "utf8");
  await assertMeasured(
    state.parameters,
    JSON.parse(result) as DigitResult,
    join(from, "result.json"),
  );
  const data = await packagedMnist();
  const gpu = await openInNode(adapterOf(given));
  const inspector = await Inspector.build(gpu, {
    network: digitNet,
    classes: DIGIT_CLASSES,
    test: data.test,
    trigger: triggerMask(parsed.attack?.trigger.pixels ?? [], DIGIT_SIZE),
    tiling: state.tiling,
  });
  const subject: NetworkSubject = {
    source: { digits: () => data },
    view: async () =>
      await Promise.resolve({
        recipe: parsed,
        origin: { data: data.name, dataSha256: data.sha256 },
        file: path,
        inspector,
        queue: new TaskQueue(),
        parameters: () => ({ values: state.parameters }),
        gradients: async () => await Promise.resolve(null),
        step: state.step,
        version: 0,
      }),
  };
  const asking = { onProgress: () => undefined, signal: new AbortController().signal };
  const { look, neurons, predictions } = digitQuestions;
  const looks = [];
  for (const { image, label } of samplesOf(data.test)) {
    looks.push({ ...(await look(subject, { image, scaled: [] }, asking)), image, label });
  }
  const recording = await encodeRecording({
    adapter: adapterName(gpu.adapter),
    looks,
    report: await neurons(subject, { label: null, scaled: [] }, asking),
    predictions: await predictions(subject, { scaled: [] }, asking),
  });
  const adapter = JSON.stringify(gpu.adapter);
  const model = await encodeModel(digitNet, recipe, state, { adapter, data: data.name });
  await writeOutput(join(out, "model.safetensors"), model);
  await writeOutput(join(out, "recording.safetensors"), recording);
  await writeOutput(join(out, "result.json"), result);
  await say(`${out}: model ${model.length} bytes, recording ${recording.length} bytes`, true);
  return 0;
}
