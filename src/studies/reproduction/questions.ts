/** The paper view's questions: what was run of the paper's tables and figures, and running more. */
import type { Question } from "../questions.ts";
import type { ReproductionTypes } from "./reproduction.ts";
import type { Reproducer, ReproductionNews } from "./reproducer.ts";

interface Subject<T extends ReproductionTypes> {
  readonly source: { readonly reproducer: Reproducer<T> };
}

type Ask<T extends ReproductionTypes, Arguments, Answer, Progress = never> = Question<
  Subject<T>,
  Arguments,
  Answer,
  Progress
>;

export type ReproductionQuestions<T extends ReproductionTypes> = {
  /** All instances of a seed that the browser keeps, and those that go on from where they were. */
  readonly reproduced: Ask<
    T,
    { readonly seed: number },
    { finished: T["file"][]; begun: string[] }
  >;
  /** Runs what is not finished of an item. @returns whether all of it is finished now */
  readonly reproduce: Ask<
    T,
    { readonly item: T["item"]; readonly seed: number },
    boolean,
    ReproductionNews<T>
  >;
  /** Throws away what the browser keeps of the instances that an item shows. */
  readonly discardReproduced: Ask<T, { readonly item: T["item"]; readonly seed: number }, void>;
};

/** They are the same of every study that reproduces something. */
export const reproductionQuestions = <T extends ReproductionTypes>(): ReproductionQuestions<T> => ({
  reproduced: async ({ source: { reproducer } }, { seed }) => ({
    finished: await reproducer.finished(seed),
    begun: await reproducer.begun(seed),
  }),
  reproduce: async ({ source: { reproducer } }, { item, seed }, { onProgress, signal }) => {
    signal.addEventListener("abort", () => reproducer.stop());
    return await reproducer.run(item, seed, onProgress);
  },
  discardReproduced: async ({ source: { reproducer } }, { item, seed }) =>
    await reproducer.discard(item, seed),
});
