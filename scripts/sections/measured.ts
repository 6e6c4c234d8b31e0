/** README: what the two single runs of the digit study have reached, beside the paper. */
import { markdownTable } from "../../src/text/markdown.ts";
import { paperAllToAll } from "../../src/studies/digits/paper/published.ts";
import type { Claims } from "../claims/claim.ts";

export function measuredSection(claims: Claims): string {
  const { baselineClean, clean, backdoor } = paperAllToAll.averages;
  const rows = [
    ["digits.honest.accuracy", baselineClean],
    ["digits.badnet.accuracy", clean],
    ["digits.badnet.success", backdoor],
  ] as const;
  return markdownTable(
    ["", "here", "in the paper"],
    rows.map(([id, error]) => {
      const { claim, seeds, file } = claims.get(id);
      return [
        `${claim}, seed ${seeds.join(", ")} ([result](${file}))`,
        `${claims.figure(id, 2)} %`,
        `${(100 - error).toFixed(2)} %`,
      ];
    }),
  );
}
