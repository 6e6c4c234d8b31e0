/** docs/signs.md: what each detector in results/signs was trained on, and what it finds. */
import { duration } from "../../src/format.ts";
import { markdownTable } from "../../src/text/markdown.ts";
import type { SignResult } from "../../src/studies/signs/result.ts";
import { slug, type Claims } from "../claims/claim.ts";
import type { Recorded, Results } from "../claims/results.ts";
import { detectorId, sizesOf } from "../claims/signs.ts";

export function detectorsSection(claims: Claims, { detectors }: Results): string {
  return detectors
    .map((detector) =>
      [
        inWords(claims, detector, detectors),
        classTable(claims, detector),
        ...bySize(claims, detector),
      ].join("\n\n"),
    )
    .join("\n\n");
}

function inWords(
  claims: Claims,
  { file, content: { recipe, parametersSha256 } }: Recorded<SignResult>,
  all: Results["detectors"],
): string {
  const share = (value: number) => `${Math.round(100 * value)} %`;
  const data =
    recipe.photographs === null
      ? "drawn scenes alone"
      : `${share(1 - recipe.photoShare - recipe.mixedShare)} scenes, ${share(recipe.photoShare)} ` +
        `photographs, ${share(recipe.mixedShare)} photographs with signs placed in them`;
  const steps = (one: string) => `${claims.figure(`${detectorId(one)}.steps`)} steps`;
  const before = all.find(({ content }) => content.parametersSha256 === recipe.start);
  const begun = recipe.start
    ? `from the detector ${recipe.start.slice(0, 8)}${before ? ` (${steps(before.file)})` : ""}`
    : "from scratch";
  const { measured, adapter, seeds } = claims.get(`${detectorId(file)}.minutes`);
  return (
    `**${recipe.preset}, ${recipe.set} signs, on ${data}**, ${begun}: ${steps(file)} in ` +
    `${duration(60 * (measured ?? Number.NaN))} on ${adapter}, seed ${seeds.join(", ")}; detector ` +
    `${parametersSha256.slice(0, 8)} ([result](../${file})).`
  );
}

function classTable(claims: Claims, { file, content }: Recorded<SignResult>): string {
  const figures = [
    ["signs", 0],
    ["average-precision", 1],
    ["recall", 1],
    ["accuracy", 1],
  ] as const;
  return markdownTable(
    ["measured on", "class", "signs", "average precision, %", "recall, %", "accuracy, %"],
    Object.entries(content.scores).flatMap(([where, { classes }]) =>
      classes.flatMap(({ signs }, label) => {
        if (signs === 0) return [];
        const name = content.classes[label];
        const id = `${detectorId(file)}.${slug(where)}.${slug(name)}`;
        return [
          [where, name, ...figures.map(([what, digits]) => claims.figure(`${id}.${what}`, digits))],
        ];
      }),
    ),
  );
}

/** A sentence for each place that was measured on. */
function bySize(claims: Claims, { file, content }: Recorded<SignResult>): string[] {
  return Object.entries(content.scores).flatMap(([where, score]) => {
    const parts = sizesOf(score).map(({ least, most }) => {
      const id = `${detectorId(file)}.${slug(where)}.height-${least}`;
      const heights = most === null ? `from ${least}` : `${least} to ${most}`;
      return `${heights} pixels ${claims.figure(`${id}.right`)} % of ${claims.figure(`${id}.signs`)}`;
    });
    return parts.length === 0
      ? []
      : [`Signs of ${where} found under their right names, by height: ${parts.join(", ")}.`];
  });
}
