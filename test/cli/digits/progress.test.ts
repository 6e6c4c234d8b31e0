/** The line that says how far training is. */
import { describe, expect, it } from "vitest";
import { ProgressLine } from "../../../src/cli/digits/progress.ts";
import { duration } from "../../../src/format.ts";

describe("progress", () => {
  const progress = {
    step: 50,
    totalSteps: 200,
    epoch: 1,
    epochs: 4,
    metrics: [0.51234, 0.875],
    imagesPerSecond: 1234.5,
    secondsLeft: 125,
  };
  const screen = (isTTY: boolean, columns = 200) => {
    const written: string[] = [];
    const out = { isTTY, columns, write: (text: string) => written.push(text) };
    return { line: new ProgressLine(out), written };
  };

  it("is one line on a terminal that renews itself, and makes room for lasting lines", () => {
    const { line, written } = screen(true);
    line.update(progress);
    line.line("epoch 1 of 4");
    line.clear();
    expect(written).toEqual([
      "\r\x1b[2K████░░░░░░░░░░░░ epoch 1/4  step 50/200  loss 0.5123  accuracy 87.5 %  1235 images/s  2 min 05 s left",
      "\r\x1b[2K",
      "epoch 1 of 4\n",
    ]);
  });

  it("is cut to the terminal's width, and left out where there is none", () => {
    const narrow = screen(true, 40);
    narrow.line.update(progress);
    expect(narrow.written[0].replace("\r\x1b[2K", "")).toHaveLength(39);
    const none = screen(false);
    none.line.update(progress);
    none.line.line("epoch 1 of 4");
    expect(none.written).toEqual(["epoch 1 of 4\n"]);
  });

  it("tells times as people do", () => {
    expect([0.4, 59.4, 59.6, 125, 3599.7, 7620].map(duration)).toEqual([
      "0 s",
      "59 s",
      "1 min 00 s",
      "2 min 05 s",
      "1 h 00 min",
      "2 h 07 min",
    ]);
  });
});
