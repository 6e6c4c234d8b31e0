/** What is asked for and not yet in a result file, as short as a line of a table. */
import { unmeasured, type Claim, type Study, type Target } from "../claim.ts";

export type Wanted = readonly [id: string, claim: string, unit: string, target: Target | null];

/** Rows in the order in which they are asked for, with what was measured of them; what else was measured stands behind. */
export function answered(
  study: Study,
  wanted: readonly Wanted[],
  measured: readonly Claim[],
): Claim[] {
  const byId = new Map(measured.map((claim) => [claim.id, claim]));
  const asked = claimsWanted(study, wanted).map((row) => {
    const found = byId.get(row.id);
    byId.delete(row.id);
    return found ? { ...found, claim: row.claim, target: row.target } : row;
  });
  return [...asked, ...byId.values()];
}

export function claimsWanted(study: Study, wanted: readonly Wanted[]): Claim[] {
  return wanted.map(([id, ...rest]) => unmeasured(study, id, ...rest));
}
