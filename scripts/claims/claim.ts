/** A claim: one figure that the project states or was asked for, and what was measured. */

/** What is asked for; the figure itself counts as reached. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** What a claim belongs to: a study of the paper's, or a side of the project. */
export type Study =
  | "digits"
  | "signs"
  | "stickers"
  | "transfer"
  | "defences"
  | "models"
  | "speed"
  | "inputs"
  | "story"
  | "project";

/** A row of results/claims.json. */
export interface Claim {
  /** Words between dots, from the general to the special; unique. */
  readonly id: string;
  readonly study: Study;
  /** What the figure says, as part of a sentence. */
  readonly claim: string;
  /** null: nothing was asked for. */
  readonly target: Target | null;
  /** In `unit`; null: not run, or in no file. */
  readonly measured: number | null;
  /** Such as "%", "points", "s"; empty for a plain number. */
  readonly unit: string;
  /** The result file, or the folder of them, that `measured` was read from, as seen from the project. */
  readonly file: string | null;
  /** What it was measured on, as far as the file says. */
  readonly adapter: string | null;
  /** Seeds of the runs behind it; empty where nothing was drawn, or the file does not say. */
  readonly seeds: readonly number[];
}

/** Where figures come from. */
export type Origin = Pick<Claim, "file" | "adapter" | "seeds">;

export const atLeast = (value: number): Target => ({ atLeast: value });
export const atMost = (value: number): Target => ({ atMost: value });

const nowhere: Origin = { file: null, adapter: null, seeds: [] };

/** A claim that no result file holds. */
export function unmeasured(
  study: Study,
  id: string,
  claim: string,
  unit: string,
  target: Target | null = null,
): Claim {
  return { id, study, claim, target, measured: null, unit, ...nowhere };
}

/** Makes the claims of one study whose figures come from one place. */
export function claimsOf(study: Study, origin: Origin) {
  return (
    id: string,
    claim: string,
    unit: string,
    measured: number | null,
    target: Target | null = null,
  ): Claim => {
    const row = unmeasured(study, id, claim, unit, target);
    return measured === null ? row : { ...row, measured: rounded(measured), ...origin };
  };
}

/** Six digits: more than is ever shown, and none that arithmetic in binary has made up. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** A name as part of an id. */
export const slug = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** In percent. */
export function share(value: number): number;
export function share(value: number | null): number | null;
export function share(value: number | null): number | null {
  return value === null ? null : 100 * value;
}

/** Whether a claim's target is reached; null where there is none, or nothing was measured. */
export function reached({ target, measured }: Claim): boolean | null {
  if (target === null || measured === null) return null;
  return "atLeast" in target ? measured >= target.atLeast : measured <= target.atMost;
}

/** Claims by their id, and their figures as text. */
export class Claims {
  private readonly byId: ReadonlyMap<string, Claim>;

  /** @throws Error if two claims have one id */
  constructor(readonly all: readonly Claim[]) {
    this.byId = new Map(all.map((claim) => [claim.id, claim]));
    const twice = all.find((claim) => this.byId.get(claim.id) !== claim);
    if (twice) throw new Error(`two claims are called ${twice.id}`);
  }

  /** @throws Error if there is none */
  get(id: string): Claim {
    const claim = this.byId.get(id);
    if (!claim) throw new Error(`there is no claim ${id}`);
    return claim;
  }

  /** Those whose id begins so. */
  below(prefix: string): Claim[] {
    return this.all.filter(({ id }) => id.startsWith(prefix));
  }

  /** The figure of a claim, without its unit; a dash where nothing was measured. */
  figure(id: string, digits = 0): string {
    const { measured } = this.get(id);
    return measured === null ? "–" : measured.toFixed(digits);
  }

  /** The same over seeds: "0.41 (0.39 to 0.44, 3 seeds)" where there are several. */
  spread(id: string, digits: number): string {
    const mean = this.figure(id, digits);
    if (!this.byId.has(`${id}.least`)) return mean;
    const [least, most] = ["least", "most"].map((end) => this.figure(`${id}.${end}`, digits));
    return `${mean} (${least} to ${most}, ${this.get(id).seeds.length} seeds)`;
  }

  /** The least and the most of several claims, "80 to 101"; one figure where they look the same. */
  range(ids: readonly string[], digits = 0): string {
    const known = ids.map((id) => this.get(id).measured).filter((value) => value !== null);
    if (known.length === 0) return "–";
    const [least, most] = [Math.min(...known), Math.max(...known)].map((v) => v.toFixed(digits));
    return least === most ? least : `${least} to ${most}`;
  }
}

/** All claims as JSON, one a line. */
export function claimsText(claims: readonly Claim[]): string {
  return `[\n${claims.map((claim) => JSON.stringify(claim)).join(",\n")}\n]\n`;
}
