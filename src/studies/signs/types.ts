/** The sign study's types: what its page sees, and what stays in the worker. */
import type { DetectorInspector } from "../../inspection/detector-inspector.ts";
import type { DetectorEvaluation } from "../../training/detector-evaluation.ts";
import type { DetectorTrainer } from "../../training/detector-trainer.ts";
import type { StudyPort } from "../port.ts";
import type { Planned } from "../study.ts";
import type { SignDetails } from "./port.ts";
import type { SignQuestions } from "./questions.ts";
import type { SignRecipe } from "./recipe.ts";
import type { SignSource } from "./source.ts";

export interface SignPort extends StudyPort {
  readonly recipe: SignRecipe;
  /** Drawn scenes are always there; what the reader opened is asked for. */
  readonly data: object;
  readonly details: SignDetails;
  readonly questions: SignQuestions;
}

/** What a detector has seen. */
export interface SignOrigin {
  /** Hashes of the photographs that it was trained on (see differenceHash); null: not known. */
  readonly seen: readonly bigint[] | null;
}

export interface SignTypes extends SignPort {
  readonly trainer: DetectorTrainer;
  readonly evaluation: DetectorEvaluation;
  readonly source: SignSource;
  readonly inspector: DetectorInspector;
  readonly origin: SignOrigin;
  readonly planned: Planned<SignTypes>;
}
