/** Claims of the house itself: what one shape for every study was to bring, against the commit before it. */
import { median } from "d3";
import { atLeast, atMost, claimsOf, type Claim } from "./claim.ts";
import type { HouseReport, Results } from "./results.ts";

export function projectClaims({ house: { file, content } }: Results): Claim[] {
  const row = claimsOf("project", { file, adapter: content.adapter, seeds: [] });
  const ratio = (both: HouseReport["interface"]) =>
    both && median(both.after)! / median(both.before)!;
  const { sourceLines, training } = content;
  return [
    row(
      "project.toy-study",
      "lines outside its folders that a new study touches",
      "lines",
      content.toyStudyLines,
      atMost(4),
    ),
    row(
      "project.lines",
      "source lines under src saved by one shape for every study",
      "lines",
      sourceLines.before - sourceLines.after,
      atLeast(1500),
    ),
    row(
      "project.training",
      "images a second in training, one shape for every study against before",
      "times",
      ratio(training),
      atLeast(1),
    ),
    row(
      "project.interface",
      "images a second with the laboratory open, one shape for every study against before",
      "times",
      ratio(content.interface),
      atLeast(1),
    ),
    row(
      "project.first-view",
      "time until a visitor sees the recorded network, one shape for every study against before",
      "times",
      ratio(content.firstView),
      atMost(1),
    ),
    row(
      "project.first-step",
      "time until the first step is done, one shape for every study against before",
      "times",
      ratio(content.firstStep),
      atMost(1),
    ),
    row("project.circles", "circles of imports", "", content.importCircles, atMost(0)),
    row(
      "project.pages",
      "imports from one page of another",
      "",
      content.importsBetweenPages,
      atMost(0),
    ),
    row("project.tests", "time of npm test on two cores", "min", content.testMinutes, atMost(10)),
  ];
}
