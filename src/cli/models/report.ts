/** What verifying a model came to, in lines. */
import { outcomeInWords, type Verdict } from "../../signing/verify.ts";

export function verdictLines(verdict: Verdict, model: string): string[] {
  const { problems, proven, unproven } = verdict;
  return [
    outcomeInWords(verdict, model),
    ...part("", problems),
    ...part("Proven:", proven),
    ...part("Not proven:", unproven),
  ];
}

function part(heading: string, sentences: readonly string[]): string[] {
  if (sentences.length === 0) return [];
  return [...(heading === "" ? [] : [heading]), ...sentences.map((sentence) => `  ${sentence}`)];
}
