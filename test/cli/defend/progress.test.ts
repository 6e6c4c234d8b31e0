/** The line of progress of `badnets defend`: place, share and time left; results stand above it. */
import { afterEach, expect, it, vi } from "vitest";
import { DefendLine } from "../../../src/cli/defend/progress.ts";
import { defences } from "../../../src/defences/table.ts";

afterEach(() => void vi.restoreAllMocks());

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { written, out: { isTTY, columns: 120, write: (text: string) => written.push(text) } };
}

it("says which of how many runs, how far it is, and for how long it still will", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1000);
  const { written, out } = terminal(true);
  const line = new DefendLine(out, defences);
  const [first, second] = defences;
  line.update(first, 0, 400);
  expect(written.at(-1)).not.toContain("left");
  now.mockReturnValue(11_000);
  line.update(first, 100, 400);
  expect(written.at(-1)).toContain(`1 of ${defences.length}: ${first.name}  100 of 400  30 s left`);
  // Another begins, and so does its clock.
  line.update(second, 1, 400);
  expect(written.at(-1)).toContain(`2 of ${defences.length}: ${second.name}  1 of 400`);
  expect(written.at(-1)).not.toContain("left");
  // Training after pruning begins anew within one defence.
  now.mockReturnValue(31_000);
  line.update(second, 200, 400);
  line.update(second, 10, 50);
  expect(written.at(-1)).not.toContain("left");
});

it("is silent where nobody looks, but for results", () => {
  const { written, out } = terminal(false);
  const line = new DefendLine(out, defences);
  line.update(defences[0], 1, 2);
  line.tell(defences[0], {
    id: "clp",
    findings: {},
    flagged: true,
    evidence: "Found\u001b[2J.",
    seconds: 1,
    after: null,
  });
  expect(written).toEqual(["Channel Lipschitz pruning (Zheng 2022): Found\\u{1b}[2J.\n"]);
});
