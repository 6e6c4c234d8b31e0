/** How long a defence will take: images that go through the network, at the pace that was measured here. */
import type { Defence, ImageCounts } from "./defence.ts";
import type { DefenceResult } from "./defend.ts";
import { median } from "./outliers.ts";

/** A pass forward and back, in passes forward: the gradients of inputs and of weights cost one each. */
const BACK = 3;

/**
 * @param pace images that go forward in a second; null: not measured
 * @param results of those that have run, by which the pace of a pass back is known better
 * @returns null where nothing is known
 */
export function estimateSeconds(
  table: readonly Defence[],
  { id, work }: Pick<Defence, "id" | "work">,
  images: ImageCounts,
  pace: number | null,
  results: readonly Pick<DefenceResult, "id" | "seconds">[],
): number | null {
  // What it took is the best guess at what it takes.
  const own = results.find((result) => result.id === id);
  if (own) return own.seconds;
  if (pace === null) return null;
  const measured = results.flatMap(({ id, seconds }) => {
    const { back = 0 } = table.find((defence) => defence.id === id)?.work(images) ?? {};
    return back > 0 && seconds > 0 ? [back / seconds] : [];
  });
  const backPace = measured.length > 0 ? median(measured) : pace / BACK;
  const { forward, back } = work(images);
  return forward / pace + back / backPace;
}
