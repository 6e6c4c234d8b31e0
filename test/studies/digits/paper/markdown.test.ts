/** The reproduction as a report, and as tables. */
import { describe, expect, it } from "vitest";
import { csvTables } from "../../../../src/studies/digits/paper/csv.ts";
import {
  TABLE_SHARE,
  allToAll,
  baseline,
  singleTarget,
} from "../../../../src/studies/digits/paper/instances.ts";
import { markdownReport } from "../../../../src/studies/digits/paper/markdown.ts";
import { finishedOf, madeUp } from "./made-up.ts";

const finished = finishedOf(
  madeUp(baseline(1), 5),
  madeUp(allToAll(1, "pattern", TABLE_SHARE), 4, 6),
  madeUp(singleTarget(1, "pattern", 0, 1), 5, 0),
);

describe("a reproduction", () => {
  it("reads as a report where nothing is finished", () => {
    expect(markdownReport(new Map(), [1], "figures")).not.toMatch(/undefined|NaN|null/);
  });

  it("reads as a report that says how much of each item is done, with the paper's figures beside", () => {
    const text = markdownReport(finished, [1], "figures");
    expect(text).toContain("| 1 of 180 |");
    expect(text).toContain("| all | 0.50 | 0.50 | 0.40 | 0.48 | 0.60 | 0.56 |");
    expect(text).toContain("544 instances:");
    expect(text).not.toMatch(/undefined|NaN|null/);
  });

  it("says once how networks that are alike were trained, and those that they begin with", () => {
    const pairsDone = [singleTarget(1, "pattern", 0, 1), singleTarget(1, "pattern", 0, 2)];
    const text = markdownReport(
      finishedOf(madeUp(baseline(1), 5), ...pairsDone.map((pair) => madeUp(pair, 5))),
      [1],
      "figures",
    );
    expect(text.match(/^- “0 to .*$/gm)).toEqual([
      expect.stringMatching(
        /^- “0 to 1, pattern” and 1 more: retrained from “All to 1, pattern” and 1 more, 0\.2 epochs/,
      ),
    ]);
    expect(text).toMatch(
      /^- “All to 1, pattern” and 1 more: retrained from “All to all, pattern, 33 %”, /m,
    );
  });

  it("becomes tables with a line a record", () => {
    const { "figure-4.csv": csv } = csvTables(finished, [1]);
    const [head, line, ...rest] = csv.trim().split("\n");
    expect(rest).toHaveLength(0);
    const record = Object.fromEntries(head.split(",").map((name, i) => [name, line.split(",")[i]]));
    expect(record).toMatchObject({
      trigger: "pattern",
      source: "0",
      target: "1",
      as_claimed: "yes",
    });
    expect(Number(record["clean_error_mean"])).toBeCloseTo(0.005, 10);
  });
});

describe("texts of a merged instance", () => {
  const layer = '=HYPERLINK("http://e.test")|<img src=x>';
  const text = "<script>x</script> ![p](http://e.test/p) | **b**\n# h";
  const made = madeUp(allToAll(1, "pattern", TABLE_SHARE), 4, 6, {
    filters: [],
    depth: [{ layer, units: 4, points: [{ off: 1, success: 0.5, accuracy: 0.25 }] }],
  });
  const { result } = made;
  const adapter = { ...result.adapter, description: text };
  const data = { ...result.data, name: text };
  const merged = finishedOf({ ...made, result: { ...result, adapter, data, software: text } });

  it("are neither HTML nor images nor rows of the report", () => {
    const report = markdownReport(merged, [1], "figures");
    // Nothing of Markdown that has no backslash before it but the report's own.
    const bare = report.replaceAll(/\\./g, "").replaceAll(/!\[[^\]\n]*\]\(figures\/[\w.-]+\)/g, "");
    expect(bare).not.toMatch(/[<>[\]]|\*\*|https?:\/\//);
    expect(report).toContain("\\<script\\>x\\</script\\>");
    expect(report).not.toMatch(/^# h/m);
  });

  it("are no formulas of its tables", () => {
    const { "depth.csv": depth } = csvTables(merged, [1]);
    expect(depth.split("\n")[1]).toBe(
      `pattern,"'=HYPERLINK(""http://e.test"")|<img src=x>",4,1,0.5,0.25`,
    );
  });
});
