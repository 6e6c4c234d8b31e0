/** What all findings on a network come to: which defences take it for backdoored, and what none of them could see. */
import type { Defence } from "./defence.ts";
import type { DefenceResult } from "./defend.ts";

/** A sentence of a defence. */
export interface Told {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

export interface OverallVerdict {
  /** "open": none has judged it yet. */
  readonly outcome: "open" | "clear" | "backdoored";
  /** In a sentence or two. */
  readonly text: string;
  /** Of those that judged it: first those that take it for backdoored. */
  readonly evidence: readonly Told[];
  /** What those cannot see that found nothing, or do not judge. */
  readonly blindSpots: readonly Told[];
  /** Names of those that have not been asked. */
  readonly unasked: readonly string[];
}

/**
 * @param table of defences, in order of cost
 * @param results of those that have answered
 */
export function overallVerdict(
  table: readonly Defence[],
  results: readonly Pick<DefenceResult, "id" | "flagged" | "evidence">[],
): OverallVerdict {
  const byId = new Map(results.map((result) => [result.id, result]));
  const asked = table.flatMap((defence) => {
    const result = byId.get(defence.id);
    return result ? [{ defence, result }] : [];
  });
  const judged = asked.filter(({ result }) => result.flagged !== null);
  const flagged = judged.filter(({ result }) => result.flagged === true);
  const clear = judged.filter(({ result }) => result.flagged === false);
  const told =
    (text: (one: (typeof asked)[number]) => string) => (one: (typeof asked)[number]) => ({
      id: one.defence.id,
      name: one.defence.name,
      text: text(one),
    });
  return {
    outcome: judged.length === 0 ? "open" : flagged.length > 0 ? "backdoored" : "clear",
    text: inWords(asked.length, judged.length, flagged.length),
    evidence: [...flagged, ...clear].map(told(({ result }) => result.evidence)),
    blindSpots: asked
      .filter(({ result }) => result.flagged !== true)
      .map(told(({ defence }) => defence.blindSpots)),
    unasked: table.filter(({ id }) => !byId.has(id)).map(({ name }) => name),
  };
}

function inWords(asked: number, judged: number, flagged: number): string {
  if (asked === 0) return "Not judged: no defence has been asked yet.";
  if (judged === 0) {
    return "Not judged: what has been asked so far looks at single images, or mends, and says nothing of the network as a whole.";
  }
  const all = judged === 1 ? "The one defence that judged" : `All ${judged} defences that judged`;
  if (flagged === judged) {
    return `${all} ${judged === 1 ? "takes" : "take"} this network for backdoored.`;
  }
  if (flagged > 0) {
    return (
      `${flagged} of ${judged} defences that judged ${flagged === 1 ? "takes" : "take"} this network for backdoored. ` +
      "That the others do not is no objection: each sees some kinds of attack only."
    );
  }
  return (
    `${judged === 1 ? "The one defence that judged finds" : `None of ${judged} defences that judged finds`} ` +
    `${judged === 1 ? "no" : "a"} backdoor. That is no proof that there is none: see what they cannot see.`
  );
}
