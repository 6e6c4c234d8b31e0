/** The names of label files and the classes that they stand for. */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { classOf } from "../../../src/data/labels/sign-names.ts";

const us = (name: string) => classOf("us", name);
const [STOP, LIMIT, WARNING] = [0, 1, 2];

describe("the names of label files", () => {
  it("stand for signs that fold into our classes", () => {
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

  it.each([
    [
      STOP,
      ["stop", "Stop", "STOP", "stop sign", "stop-sign", "stop_sign", "stopSign", "Stop Sign"],
    ],
    [STOP, ["stopsign", "StopSign", "STOP_SIGN", "traffic stop sign", "regulatory--stop--g10"]],
    [LIMIT, ["speed limit", "speedLimit35", "speed_limit_35", "Speed Limit 35", "speedlimit"]],
    [LIMIT, ["speed-limit-35", "Speed limit (20km/h)", "speed limit 35 mph", "truckSpeedLimit55"]],
    [LIMIT, ["regulatory--maximum-speed-limit-35--g3", "Speed Limit Sign", "speedlimit 30 sign"]],
    [WARNING, ["warning", "Warning sign", "warning--curve-left--g2", "stop ahead", "stop_ahead"]],
    [WARNING, ["rampSpeedAdvisory20", "rampSpeedAdvisoryUrdbl", "speedBumpsAhead", "zoneAhead25"]],
    [WARNING, ["addedLane", "thruTrafficMergeLeft", "schoolSpeedLimit25", "slow", "dip"]],
  ])("stand for class %i: %j", (label, names) => {
    for (const name of names) expect([name, us(name)]).toEqual([name, label]);
  });

  it.each([
    "stop here on red",
    "stopHereOnRed",
    "regulatory--stop-here-on-red-or-flashing-light--g1",
    "regulatory--stop-signals--g1",
    "regulatory--bicycles-stop-on-red--g1",
    "stop line",
    "bus stop",
    "no stopping",
    "regulatory--end-of-maximum-speed-limit-30--g2",
    "regulatory--end-of-speed-limit-zone--g1",
    "End of speed limit (80km/h)",
    "speedLimitEnd",
    "complementary--maximum-speed-limit-25--g1",
    "regulatory--advisory-maximum-speed-limit--g1",
    "information--end-of-advisory-maximum-speed-limit-40--g1",
    "information--minimum-speed-40--g1",
    "minimum speed limit 40",
    "nonstop",
    "stopper",
    "unlimited speed",
    "",
  ])("stand for nothing: %s", (name) => {
    expect(us(name)).toBeUndefined();
  });

  it("of Mapillary that speak of stopping or of speed are those that were read through", () => {
    const find = createRequire(import.meta.url).resolve;
    const folder = join(dirname(find("mapillary_sprite_source/package.json")), "package_signs");
    const all = readdirSync(folder).map((file) => file.replace(/\.svg$/, ""));
    const known = all.filter((name) => us(name) === STOP || us(name) === LIMIT);
    const expected = /^regulatory--(stop|(maximum|truck)-speed-limit-\d+)--g\d+$/;
    expect(known).toEqual(all.filter((name) => expected.test(name)));
    expect(known.length).toBeGreaterThan(40);
  });

  it("are looked at in a time that does not grow with them", () => {
    const begun = performance.now();
    for (const name of [
      "speed limit ".repeat(100_000),
      "aB".repeat(500_000),
      " ".repeat(1_000_000),
    ])
      us(name);
    expect(performance.now() - begun).toBeLessThan(200);
  });
});
