/** The paper view's questions: what was run of the paper's tables and figures, and running more. */
import type { Question } from "../../questions.ts";
import type { InstanceFile } from "./instance-file.ts";
import type { ItemId } from "./items.ts";
import type { Reproducer, ReproductionNews } from "./reproducer.ts";

interface Subject {
  readonly source: { readonly reproducer: Reproducer };
}

type Ask<Arguments, Answer, Progress = never> = Question<Subject, Arguments, Answer, Progress>;

/** All instances of a seed that the browser keeps, and those that go on from where they were. */
const reproduced: Ask<
  { readonly seed: number },
  { finished: InstanceFile[]; begun: string[] }
> = async ({ source: { reproducer } }, { seed }) => ({
  finished: await reproducer.finished(seed),
  begun: await reproducer.begun(seed),
});

/** Runs what is not finished of an item. @returns whether all of it is finished now */
const reproduce: Ask<
  { readonly item: ItemId; readonly seed: number },
  boolean,
  ReproductionNews
> = async ({ source: { reproducer } }, { item, seed }, { onProgress, signal }) => {
  signal.addEventListener("abort", () => reproducer.stop());
  return await reproducer.run(item, seed, onProgress);
};

/** Throws away what the browser keeps of the instances that an item shows. */
const discardReproduced: Ask<{ readonly item: ItemId; readonly seed: number }, void> = async (
  { source: { reproducer } },
  { item, seed },
) => await reproducer.discard(item, seed);

export const paperQuestions = { reproduced, reproduce, discardReproduced };
