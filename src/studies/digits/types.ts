/** The digit study's types: what its page sees, and what stays in the worker. */
import type { DigitData } from "../../data/digits.ts";
import type { Inspector } from "../../inspection/inspector.ts";
import type { Evaluation } from "../../training/evaluator.ts";
import type { Trainer } from "../../training/trainer.ts";
import type { StudyPort } from "../port.ts";
import type { Planned } from "../study.ts";
import type { DigitOrigin } from "./network.ts";
import type { DigitPlan } from "./plan.ts";
import type { DigitDataView, DigitDetails } from "./port.ts";
import type { DigitQuestions } from "./questions.ts";
import type { DigitRecipe } from "./recipe.ts";
import type { DigitSource } from "./source.ts";

export interface DigitPort extends StudyPort {
  readonly recipe: DigitRecipe;
  readonly data: DigitDataView;
  readonly details: DigitDetails;
  readonly questions: DigitQuestions;
}

export interface DigitTypes extends DigitPort {
  readonly trainer: Trainer;
  readonly evaluation: Evaluation;
  readonly source: DigitSource;
  readonly inspector: Inspector;
  readonly origin: DigitOrigin;
  readonly planned: DigitPlanned;
}

export interface DigitPlanned extends Planned<DigitTypes> {
  readonly plan: DigitPlan;
  readonly digits: DigitData;
}
