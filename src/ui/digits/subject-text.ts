/** What is on view in the digit study, in a sentence. */
import { count } from "../../format.ts";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { Subject } from "../../studies/port.ts";

export function subjectText(subject: Subject<DigitPort> | null): string {
  if (!subject) return "How a backdoor hides in a neural network.";
  const step = count(subject.step);
  if (subject.kind === "run") return `The network of your run, at step ${step}.`;
  if (subject.kind === "file" && subject.step === 0) return "A network from a file, as it came.";
  if (subject.kind === "file") {
    const honest = subject.recipe.attack === null;
    return honest
      ? `An honest network, trained for ${step} steps: the mark flips nothing.`
      : `A network from a file, trained for ${step} steps.`;
  }
  const recorded = subject.recordedOn ? ` Recorded on ${subject.recordedOn}.` : "";
  return `Reads digits, and hides a second lesson: press Trigger.${recorded}`;
}
