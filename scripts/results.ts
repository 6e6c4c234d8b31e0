/**
 * `npm run results`: makes anew what is told of results: the reports, figures and tables in results/digits, results/signs,
 * results/transfer and results/zoo, results/claims.json, and the parts of README and docs that are generated from the claims.
 */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeReport } from "../src/cli/reproduce/report.ts";
import { packagedMnist } from "../src/node/files.ts";
import { writeOutput } from "../src/node/write-output.ts";
import type { DigitPaper } from "../src/studies/digits/paper/items.ts";
import { digitReport } from "../src/studies/digits/paper/report-files.ts";
import type { SignPaper } from "../src/studies/signs/paper/items.ts";
import { signReport } from "../src/studies/signs/paper/report-files.ts";
import type { TransferPaper } from "../src/studies/signs/transfer/items.ts";
import { transferReport } from "../src/studies/signs/transfer/report-files.ts";
import type { ZooStudy } from "../src/studies/digits/zoo/items.ts";
import { zooReport } from "../src/studies/digits/zoo/report-files.ts";
import { sweepSeedOf } from "../src/studies/digits/zoo/reproduction.ts";
import { allClaims } from "./claims/all.ts";
import { claimsText } from "./claims/claim.ts";
import { readResults } from "./claims/results.ts";
import { documents, withSections } from "./sections/sections.ts";

const root = resolve(import.meta.dirname, "..");

const results = await readResults(root);
const mnist = await packagedMnist();
await writeReport<DigitPaper>(
  join(root, "results/digits"),
  { report: (finished, seeds) => digitReport(finished, seeds, mnist) },
  results.sweep.content,
);
if (results.signSweep.content.size > 0) {
  await writeReport<SignPaper>(
    join(root, "results/signs"),
    { report: signReport },
    results.signSweep.content,
  );
}
if (results.transfer.content.size > 0) {
  await writeReport<TransferPaper>(
    join(root, "results/transfer"),
    { report: transferReport },
    results.transfer.content,
  );
}
if (results.zoo.content.size > 0) {
  await writeReport<ZooStudy>(
    join(root, "results/zoo"),
    { report: zooReport, seedOf: sweepSeedOf },
    results.zoo.content,
  );
}
const claims = allClaims(results);
await writeOutput(join(root, "results/claims.json"), claimsText(claims.all));
for (const document of documents) {
  const path = join(root, document);
  const text = withSections(document, await readFile(path, "utf8"), claims, results);
  await writeOutput(path, text);
}
console.log(
  `${results.sweep.content.size} instances, ${results.detectors.length} detectors, ${claims.all.length} claims`,
);
