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
  /** Told how far each is. */
  readonly onProgress?: (defence: Defence, done: number, total: number) => void;
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
  { onProgress, onResult, signal }: DefendHooks = {},
): Promise<Defended> {
  const results: DefenceResult[] = [];
  let before: Standing | null = null;
  try {
    before = await judge.stands(subject.parameters, { signal });
    for (const defence of chosen) {
      const report = (done: number, total: number) => onProgress?.(defence, done, total);
      const start = performance.now();
      const answer = await defence.answer(gpu, subject, materials, { report, signal });
      signal?.throwIfAborted();
      const seconds = (performance.now() - start) / 1000;
      const { findings, flagged, evidence, mended } = answer;
      const after = mended && (await judge.stands(mended, { signal }));
      const result = { id: defence.id, findings, flagged, evidence, seconds, after };
      results.push(result);
      await onResult?.(defence, result, mended);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
  return { before, results };
}
