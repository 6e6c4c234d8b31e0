/** Library entry: what others import to train, attack and measure networks of their own. */
export { Gpu } from "./gpu/gpu.ts";
export { GpuError, type GpuProblem } from "./gpu/gpu-error.ts";
export { type AdapterReport, type GpuOptions } from "./gpu/adapter.ts";
export { UserError } from "./errors.ts";
export { drawPoison, targetOf, targetTable, type Policy } from "./backdoor/attack.ts";
export {
  definitions,
  measureAttack,
  measureClean,
  type AttackMeasures,
  type CleanMeasures,
} from "./backdoor/measure.ts";
export {
  applyTrigger,
  triggerMask,
  triggerPresets,
  type TriggerPixel,
} from "./backdoor/trigger.ts";
export { readDigitData, type DigitData, type DigitSet, type NamedBytes } from "./data/digits.ts";
export { fetchMnist } from "./data/fetch-mnist.ts";
export { digitNet } from "./models/digit-net.ts";
export { describeParameters, type NetworkDescription } from "./models/description.ts";
export { buildNetwork } from "./models/network.ts";
export {
  digitResult,
  madeWith,
  measure,
  type DigitResult,
  type MadeWith,
} from "./studies/digits/result.ts";
export { parseDigitRecipe, type DigitRecipe } from "./studies/digits/recipe.ts";
export { digitTask, planDigits, type DigitPlan, type RunPlan } from "./studies/digits/plan.ts";
export { decodeCheckpoint, encodeCheckpoint } from "./files/checkpoint.ts";
export type { Evaluation, EvaluationPlan } from "./training/evaluator.ts";
export {
  DivergedError,
  Run,
  type Progress,
  type RunHooks,
  type RunState,
  type RunTask,
} from "./training/run.ts";
export { readSafetensors, writeSafetensors } from "./files/safetensors.ts";
export type { TrainerState } from "./training/step-trainer.ts";
export { Trainer, type TrainingPlan } from "./training/trainer.ts";
