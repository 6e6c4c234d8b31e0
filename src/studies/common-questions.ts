/** Questions that every study answers: the training step's tensors, its profile, the kernels' WGSL. */
import type { Profile } from "../gpu/profile.ts";
import { profileStep } from "../training/profile-step.ts";
import type { TensorView } from "./port.ts";
import type { Question } from "./questions.ts";
import { SOFTWARE } from "./software.ts";
import type { Study, StudyHost, StudyTypes } from "./study.ts";
import { readTensor } from "./step-view.ts";
import { UserError } from "../errors.ts";

/** What these questions are asked of: the engine's run and study, whichever it is. */
export interface RunSubject<T extends StudyTypes = StudyTypes> {
  readonly study: Study<T>;
  readonly source: T["source"];
  readonly host: StudyHost;
  readonly trainer: T["trainer"] | null;
  /** @throws UserError while a run goes on that would spoil figures */
  assertStill(): void;
}

type Ask<Arguments, Answer, Progress = never> = Question<RunSubject, Arguments, Answer, Progress>;

/** A tensor of the training step. */
const tensor: Ask<{ readonly label: string }, TensorView> = async ({ trainer }, { label }) => {
  if (!trainer) throw new UserError("There is no training step to look into yet.");
  return await readTensor(trainer.gpu, trainer.trainStep, label);
};

/**
 * Times every kernel of a training step of this recipe, on a trainer of its own.
 * @throws UserError while a run goes on, which would spoil the figures
 */
const profile: Question<RunSubject, { readonly recipe: unknown }, Profile> = async (
  subject,
  { recipe },
  { onProgress, signal },
) => {
  const { study, source, host } = subject;
  subject.assertStill();
  const { task, recipe: planned } = await study.plan(study.parse(recipe), source);
  const gpu = await host.scope();
  try {
    // A run may have begun while there was something to wait for.
    subject.assertStill();
    const trainer = await task.build(gpu);
    return await profileStep(trainer, {
      title: study.profileTitle(planned),
      software: SOFTWARE,
      signal,
      onProgress: (done, secondsLeft) => onProgress({ done, secondsLeft }),
    });
  } finally {
    gpu.destroy();
  }
};

/** The WGSL of every shader by name. */
const shaders: Ask<object, ReadonlyMap<string, string>> = ({ study }) => study.shaders;

export const commonQuestions = { tensor, profile, shaders };
export type CommonQuestions = typeof commonQuestions;
