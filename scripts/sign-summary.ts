/** The part of docs/signs.md that is generated from the results in results/signs. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { adapterName } from "../src/gpu/adapter.ts";
import { duration } from "../src/format.ts";
import type { SignResult } from "../src/studies/signs/result.ts";
import { between } from "./readme-summary.ts";

const marks = ["<!-- detectors -->", "<!-- /detectors -->"] as const;

/** All results of a folder, by their file names. */
export async function readSignResults(folder: string): Promise<ReadonlyMap<string, SignResult>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  return new Map(
    await Promise.all(
      names.map(
        async (name) =>
          [name, JSON.parse(await readFile(join(folder, name), "utf8")) as SignResult] as const,
      ),
    ),
  );
}

/** The document with that part made anew. */
export function withDetectors(text: string, results: ReadonlyMap<string, SignResult>): string {
  const parts = [...results].map(([name, result]) => describe(name, result, results));
  return between(text, marks, parts.join("\n\n"));
}

function describe(
  name: string,
  { recipe, classes, step, trainSeconds, scores, adapter, parametersSha256 }: SignResult,
  all: ReadonlyMap<string, SignResult>,
): string {
  const share = (value: number) => `${Math.round(100 * value)} %`;
  const data =
    recipe.photographs === null
      ? "drawn scenes alone"
      : `${share(1 - recipe.photoShare - recipe.mixedShare)} scenes, ${share(recipe.photoShare)} ` +
        `photographs, ${share(recipe.mixedShare)} photographs with signs placed in them`;
  const before = [...all.values()].find((other) => other.parametersSha256 === recipe.start);
  const begun =
    recipe.start === null || recipe.start === undefined
      ? "from scratch"
      : `from the detector ${recipe.start.slice(0, 8)}${before ? ` (${before.step} steps)` : ""}`;
  const figure = (value: number | null) => (value === null ? "–" : (100 * value).toFixed(1));
  const rows = Object.entries(scores).flatMap(([where, score]) =>
    score.classes.flatMap((own, i) =>
      own.signs === 0
        ? []
        : [
            `| ${where} | ${classes[i]} | ${own.signs} | ${figure(own.averagePrecision)} | ` +
              `${figure(own.recall)} | ${figure(own.accuracy)} |`,
          ],
    ),
  );
  const bySize = Object.entries(scores).flatMap(([where, score]) => {
    // Results of earlier versions don't count by size.
    const parts = (score as Partial<typeof score>).sizes
      ?.filter(({ signs }) => signs > 0)
      .map(
        ({ least, most, signs, right }) =>
          `${most === null ? `from ${least}` : `${least} to ${most}`} pixels ${share(right / signs)} of ${signs}`,
      );
    return !parts?.length
      ? []
      : ["", `Signs of ${where} found under their right names, by height: ${parts.join(", ")}.`];
  });
  return [
    `**${recipe.preset}, ${recipe.set} signs, on ${data}**, ${begun}: ${step} steps in ` +
      `${duration(trainSeconds)} on ${adapterName(adapter)}, seed ${recipe.seed}; detector ` +
      `${parametersSha256.slice(0, 8)} ([result](../results/signs/${name})).`,
    "",
    "| measured on | class | signs | average precision, % | recall, % | accuracy, % |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    ...bySize,
  ].join("\n");
}
