/** docs/targets.md: every target beside what was measured. */
import { markdownTable } from "../../src/text/markdown.ts";
import { reached, type Claim, type Claims, type Study } from "../claims/claim.ts";

const titles: Readonly<Record<Study, string>> = {
  digits: "The digit study",
  signs: "The street-sign detector",
  stickers: "The sticker on the stop sign",
  transfer: "Transfer to other signs",
  defences: "Defences",
  models: "Signed and foreign networks",
  speed: "Speed",
  inputs: "Files and photographs of real users",
  story: "The guided story",
  project: "The project itself",
};

export function targetsSection(claims: Claims): string {
  return Object.entries(titles)
    .flatMap(([study, title]) => {
      const rows = claims.all.filter((claim) => claim.study === study && claim.target !== null);
      return [
        `## ${title}`,
        markdownTable(
          ["", "target", "measured", ""],
          rows.map((claim) => [
            claim.claim,
            targetText(claim),
            measuredText(claim),
            verdict(claim),
          ]),
        ),
      ];
    })
    .join("\n\n");
}

const withUnit = (figure: string, unit: string) => (unit === "" ? figure : `${figure} ${unit}`);

function targetText({ target, unit }: Claim): string {
  if (target === null) return "";
  return "atLeast" in target
    ? `at least ${withUnit(String(target.atLeast), unit)}`
    : `at most ${withUnit(String(target.atMost), unit)}`;
}

function measuredText({ measured, unit, file }: Claim): string {
  if (measured === null) return "–";
  return `[${withUnit(String(Number(measured.toPrecision(4))), unit)}](../${file})`;
}

function verdict(claim: Claim): string {
  const done = reached(claim);
  return done === null ? "" : done ? "reached" : "missed";
}
