/** What is asked for and not yet in a result file, as short as a line of a table. */
import { unmeasured, type Claim, type Study, type Target } from "../claim.ts";

export type Wanted = readonly [id: string, claim: string, unit: string, target: Target | null];

export function claimsWanted(study: Study, wanted: readonly Wanted[]): Claim[] {
  return wanted.map(([id, ...rest]) => unmeasured(study, id, ...rest));
}
