/** The names of label files and the classes that they stand for. */
import { describe, expect, it } from "vitest";
import { classOf } from "../../../src/data/labels/sign-names.ts";

describe("the names of label files", () => {
  it("stand for signs that fold into our classes", () => {
    const us = (name: string) => classOf("us", name);
    expect(us("stop")).toBe(0);
    expect(us("speedLimit25")).toBe(1);
    expect(us("speedLimitUrdbl")).toBe(1);
    for (const name of [
      "stopAhead",
      "merge",
      "pedestrianCrossing",
      "signalAhead",
      "schoolSpeedLimit25",
    ])
      expect(us(name)).toBe(2);
    expect(us("keepRight")).toBeUndefined();
    expect(
      ["information", "mandatory", "prohibitory", "danger", "other"].map((name) =>
        classOf("eu", name),
      ),
    ).toEqual([0, 1, 2, 3, 4]);
  });
});
