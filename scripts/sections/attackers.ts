/** docs/defences.md: what the defences make of attackers that answer them. */
import { markdownTable } from "../../src/text/markdown.ts";
import { attackerFigures, attackerId, attackers } from "../claims/attackers.ts";
import type { Claims } from "../claims/claim.ts";

export function attackersSection(claims: Claims): string {
  const cell = (attacker: string, figure: string, unit: string, digits: number) => {
    const id = attackerId(attacker, figure);
    const found = claims.below(id).find((claim) => claim.id === id);
    if (!found || found.measured === null) return "–";
    const text = claims.figure(id, digits);
    return unit === "%" ? `${text} %` : text;
  };
  const row = (words: string, figure: string, unit: string) => [
    words,
    ...Object.keys(attackers).map((attacker) =>
      cell(attacker, figure, unit, unit === "%" || unit === "" ? 2 : 0),
    ),
  ];
  return markdownTable(
    ["", ...Object.values(attackers)],
    [
      row("clean accuracy", "accuracy", "%"),
      row("attack success", "success", "%"),
      row("other triggered digits read correctly", "others", "%"),
      ...attackerFigures.map(([id, words, unit]) => row(words, id, unit)),
    ],
  );
}
