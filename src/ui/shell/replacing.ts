/** Asks before a network takes the place of one on view that could not be had again by a press of a button. */
import { count } from "../../format.ts";
import { isActive, type Snapshot, type StudyPort } from "../../studies/port.ts";

/** What would come in its place. */
export type Coming =
  /** An untrained network, to be stepped through. */
  | "steps"
  /** A run. */
  | "run"
  /** A network from a file, or one that ships with the app. */
  | "network";

const questions: Readonly<Record<Coming, string>> = {
  steps: "Begin a new run, to step through it? It starts with an untrained network",
  run: "Begin a new run? It starts with an untrained network",
  network: "Show another network? It is put on view",
};

/**
 * Whether something may come in the place of what is on view, which the reader is asked where need be.
 * @param noun what the study trains
 */
export function mayReplace(
  coming: Coming,
  snapshot: Snapshot<StudyPort> | null,
  noun: string,
): boolean {
  const place = placeOf(coming, snapshot, noun);
  return place === null || window.confirm(`${questions[coming]} in place of ${place}`);
}

/** What is on view, and how it can be had again; null where nobody would miss it. */
function placeOf(
  coming: Coming,
  snapshot: Snapshot<StudyPort> | null,
  noun: string,
): string | null {
  const { run = null, subject = null } = snapshot ?? {};
  if (run && run.phase !== "failed" && run.step > 0) {
    const kept =
      run.keptStep === null
        ? `Save its ${noun} first to keep it.`
        : `Save a checkpoint first to keep what it has learned.`;
    const ends = isActive(run.phase) ? "which ends there. " : "";
    return `the run on view, at step ${count(run.step)}${ends ? `, ${ends}` : ". "}${kept}`;
  }
  if (subject?.kind === "file" && coming !== "network") {
    return `the ${noun} from a file, which you can open again.`;
  }
  // The one that ships with the app is there again by a button; a key that was pressed by chance still asks.
  if (subject?.kind === "showcase" && coming === "steps") {
    return `the ${noun} that ships with the page. “Ready to look at” brings that back.`;
  }
  return null;
}
