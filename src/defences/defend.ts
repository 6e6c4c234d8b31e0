/** Runs defences on a network, one after the other, and judges what they leave behind. */
import type { Gpu } from "../gpu/gpu.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import type { Defence, Materials, Verdict } from "./defence.ts";
import type { Judge, Standing } from "./judge.ts";
import type { Subject } from "./subject.ts";

/** What one of them came to; plain data. */
export interface DefenceResult extends Verdict {
  readonly id: string;
  readonly findings: object;
  /** Time that it took, without the judging. */
  readonly seconds: number;
  /** Of the network that it leaves behind; null where it changes nothing. */
  readonly after: Standing | null;
}

export interface DefendHooks {
  /** How the network stands as it was given, where that is known. */
  readonly before?: Standing | null;
  /** Told how far each is. */
  readonly onProgress?: (defence: Defence, done: number, total: number) => void;
  /** Told how far the judging is of what a defence leaves behind, or, where that is null, of what was given. */
  readonly onJudging?: (defence: Defence | null, done: number, total: number) => void;
  /** Told how the network stands as it was given, as soon as that is known. */
  readonly onBefore?: (before: Standing) => void;
  /** Told what each came to, as soon as it has, and the network that it leaves behind, if it changed it. */
  readonly onResult?: (
    defence: Defence,
    result: DefenceResult,
    mended: ParameterValues | null,
  ) => void | Promise<void>;
  /** Ends the work; what was finished is kept. */
  readonly signal?: AbortSignal;
}

export interface Defended {
  /** The network as it was given; null where the work ended before it was judged. */
  readonly before: Standing | null;
  /** Of those that came to their end, in their order. */
  readonly results: readonly DefenceResult[];
}

export async function defend(
  gpu: Gpu,
  subject: Subject,
  materials: Materials,
  chosen: readonly Defence[],
  judge: Judge,
  { before: known = null, onProgress, onJudging, onBefore, onResult, signal }: DefendHooks = {},
): Promise<Defended> {
  const results: DefenceResult[] = [];
  const judged = async (defence: Defence | null, parameters: ParameterValues) =>
    await judge.stands(parameters, {
      report: (done, total) => onJudging?.(defence, done, total),
      signal,
    });
  let before = known;
  try {
    before ??= await judged(null, subject.parameters);
    onBefore?.(before);
    for (const defence of chosen) {
      const report = (done: number, total: number) => onProgress?.(defence, done, total);
      const start = performance.now();
      const answer = await defence.answer(gpu, subject, materials, { report, signal });
      signal?.throwIfAborted();
      const seconds = (performance.now() - start) / 1000;
      const { findings, flagged, evidence, missed = null, mended } = answer;
      const after = mended && (await judged(defence, mended));
      const result = { id: defence.id, findings, flagged, evidence, missed, seconds, after };
      results.push(result);
      await onResult?.(defence, result, mended);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
  return { before, results };
}
