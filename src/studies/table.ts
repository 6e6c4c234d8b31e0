/** The table of studies: a row says how one is loaded. */
import type { DigitPort } from "./digits/types.ts";
import type { Study } from "./study.ts";
import type { SignPort } from "./signs/types.ts";

// The engine knows a study by what all have in common.
type Loaded = Study<any>;

export const studies = {
  digits: async (): Promise<Loaded> => (await import("./digits/study.ts")).digitStudy,
  signs: async (): Promise<Loaded> => (await import("./signs/study.ts")).signStudy,
} as const;

export type StudyId = keyof typeof studies;

/** What crosses the worker's boundary, by study. */
export interface Ports {
  readonly digits: DigitPort;
  readonly signs: SignPort;
}
