/** The paper view's questions: what was run of the paper's tables and figures, and running more. */
import type { Question } from "../questions.ts";
import type { ReproductionTypes } from "./reproduction.ts";
import type { Reproducer, ReproductionNews } from "./reproducer.ts";

interface Subject {
  readonly source: { readonly reproducers: Reproducers };
}

/** By the section of the paper: see Reproduction's study. */
export type Reproducers = Readonly<Record<string, Reproducer<any>>>;

/** Which section of the paper is asked about. */
interface Of {
  readonly section: string;
}

type Ask<Arguments, Answer, Progress = never> = Question<Subject, Arguments, Answer, Progress>;

export type ReproductionQuestions<T extends ReproductionTypes> = {
  /** All instances of a seed that the browser keeps, and those that go on from where they were. */
  readonly reproduced: Ask<
    Of & { readonly seed: number },
    { finished: T["file"][]; begun: string[] }
  >;
  /** Runs what is not finished of an item. @returns whether all of it is finished now */
  readonly reproduce: Ask<
    Of & { readonly item: T["item"]; readonly seed: number },
    boolean,
    ReproductionNews<T>
  >;
  /** Throws away what the browser keeps of the instances that an item shows. */
  readonly discardReproduced: Ask<Of & { readonly item: T["item"]; readonly seed: number }, void>;
};

/** They are the same of every study that reproduces something. */
export const reproductionQuestions = <T extends ReproductionTypes>(): ReproductionQuestions<T> => ({
  reproduced: async ({ source: { reproducers } }, { section, seed }) => ({
    finished: await reproducers[section].finished(seed),
    begun: await reproducers[section].begun(seed),
  }),
  reproduce: async ({ source }, { section, item, seed }, { onProgress, signal }) => {
    const reproducer = source.reproducers[section];
    signal.addEventListener("abort", () => reproducer.stop());
    return await reproducer.run(item, seed, onProgress);
  },
  discardReproduced: async ({ source: { reproducers } }, { section, item, seed }) =>
    await reproducers[section].discard(item, seed),
});
