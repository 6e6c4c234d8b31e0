/** The network that a defence looks at, and how it tells what it is about. */
import type { NetworkDescription } from "../models/description.ts";
import type { ParameterValues } from "../training/parameter-values.ts";

/** The network that is looked at. */
export interface Subject {
  readonly description: NetworkDescription;
  readonly parameters: ParameterValues;
}

export interface Hooks {
  /** Told now and then how far it is, in steps of equal length. */
  readonly report?: (done: number, total: number) => void;
  /** Ends the work early, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}
