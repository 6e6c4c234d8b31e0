/** Questions: what a page, a test or the command line asks of a study, each a function with an answer. */

/** How far a long piece of work is. */
export interface TaskProgress {
  /** Of 1. */
  readonly done: number;
  readonly secondsLeft: number | null;
}

/** How a question is asked. */
export interface Asking<Progress = TaskProgress> {
  /** Told now and then how far it is. */
  readonly onProgress: (progress: Progress) => void;
  /** Ends it: the promise rejects with Cancelled. */
  readonly signal: AbortSignal;
}

/** @param subject the network on view and its data */
export type Question<Subject, Arguments, Answer, Progress = TaskProgress> = (
  subject: Subject,
  args: Arguments,
  asking: Asking<Progress>,
) => Answer | Promise<Answer>;

/** A study's questions by name. */
// Each has arguments of its own, which only the caller's side knows.
export type Questions = Readonly<Record<string, Question<any, any, any, any>>>;

export type ArgumentsOf<Q> = Q extends Question<any, infer A, any, any> ? A : never;
export type AnswerOf<Q> = Q extends (...args: any[]) => infer A ? Awaited<A> : never;
export type ProgressOf<Q> = Q extends Question<any, any, any, infer P> ? P : never;

/** Asks by name: the page's end of a table of questions. */
export type Ask<Table extends Questions> = <Name extends keyof Table & string>(
  name: Name,
  args: ArgumentsOf<Table[Name]>,
  asking?: Partial<Asking<ProgressOf<Table[Name]>>>,
) => Promise<AnswerOf<Table[Name]>>;
