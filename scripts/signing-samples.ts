/** Counts which of the specification's vectors and of the reference tool's models are judged rightly: results/project/signing-samples.json. */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { modelAt } from "../src/node/model-folder.ts";
import { writeOutput } from "../src/node/write-output.ts";
import { readBundle } from "../src/signing/bundle.ts";
import { SOFTWARE } from "../src/studies/software.ts";
import { bundleOf, openssf, textAt, trustsAll, verdictOn } from "../test/signing/samples.ts";
import type { SamplesReport } from "./claims/results.ts";

/** The one model whose form the specification has withdrawn: it is to be refused. */
const WITHDRAWN = "v0.2.0-certificate";

const reads = async (work: () => Promise<unknown>): Promise<boolean> =>
  await work().then(
    () => true,
    () => false,
  );

const vectors = readdirSync(openssf("test-vectors", "v1.0"), { recursive: true })
  .map(String)
  .filter((path) => path.endsWith(".json"));
let right = 0;
for (const path of vectors) {
  const is = await reads(async () => await readBundle(textAt("test-vectors", "v1.0", path), path));
  right += Number(is === path.startsWith("valid/"));
}

const models = readdirSync(openssf("signed"));
let judged = 0;
for (const model of models) {
  const verified = await reads(async () => {
    const ignore = model.startsWith("v1.0.1") ? ["ignore-me"] : [];
    const list = modelAt(openssf("signed", model));
    const options = { own: "model.sig", ignore };
    const { outcome } = await verdictOn(await bundleOf(model), list, await trustsAll(), options);
    if (outcome !== "verified") throw new Error(outcome);
  });
  judged += Number(verified === (model !== WITHDRAWN));
}

const report: SamplesReport = {
  software: SOFTWARE,
  vectors: { all: vectors.length, right },
  models: { all: models.length, right: judged },
};
await writeOutput(
  resolve(import.meta.dirname, "../results/project/signing-samples.json"),
  `${JSON.stringify(report, null, 1)}\n`,
);
