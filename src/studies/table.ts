/** The table of studies: a row says how one is loaded. */
import type { StudyPort } from "./port.ts";
import type { Study } from "./study.ts";

export const studies = {
  digits: async () => (await import("./digits/study.ts")).digitStudy,
  signs: async () => (await import("./signs/study.ts")).signStudy,
};

export type StudyId = keyof typeof studies;

type PortOf<Loaded> = Loaded extends () => Promise<Study<infer Types>>
  ? Pick<Types, keyof StudyPort>
  : never;

/** What crosses the worker's boundary, by study. */
export type Ports = { readonly [Id in StudyId]: PortOf<(typeof studies)[Id]> };
