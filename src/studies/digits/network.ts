/** What the digit study's questions are asked of: the network on view, and how long work takes its turn with it. */
import type { ImportedModel } from "../../files/import-file.ts";
import type { Inspector } from "../../inspection/inspector.ts";
import type { Asking } from "../questions.ts";
import type { QuestionSubject, View } from "../study.ts";
import type { DigitRecipe } from "./recipe.ts";
import type { DigitSource } from "./source.ts";

/** Which data a network has seen, as its checkpoint says. */
export interface DigitOrigin {
  /** "unknown" where the file does not tell, as its digest is then. */
  readonly data: string;
  readonly dataSha256: string;
  /** Of a network that was not made here: its layers, and where it came from. */
  readonly imported?: Pick<ImportedModel, "description" | "origin">;
}

/** What the questions are about. */
export interface DigitNetwork {
  readonly recipe: DigitRecipe;
  readonly source: DigitSource;
  readonly inspector: Inspector;
  readonly origin: DigitOrigin;
}

/** The network on view, and the digits it is looked at with. */
export interface NetworkSubject extends Pick<QuestionSubject<DigitNetwork>, "view"> {
  readonly source: Pick<DigitSource, "digits">;
}

/** Long work on the network on view, one piece after the other. */
export async function inTurn<Answer>(
  subject: NetworkSubject,
  name: string,
  { signal }: Pick<Asking, "signal">,
  work: (view: View<DigitNetwork>, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const { queue } = await subject.view();
  // What is on view is taken when its turn has come.
  return await queue.do(name, signal, async (ended) => await work(await subject.view(), ended));
}
