/** Names that tell paths apart. */
import { expect, it } from "vitest";
import { shortNames } from "../../../src/cli/signs/short-names.ts";

it("are as short as they can be, and never alike", () => {
  expect(shortNames(["x/us", "y/eu"])).toEqual(["us", "eu"]);
  expect(shortNames(["a/photos", "b/photos", "c/frames"])).toEqual([
    "a/photos",
    "b/photos",
    "frames",
  ]);
  expect(shortNames(["r/a/photos", "s/a/photos/", "b/photos"])).toEqual([
    "r/a/photos",
    "s/a/photos",
    "b/photos",
  ]);
  expect(shortNames(["x/s", "y/s", "y/x-s"], "-")).toEqual(["x-s", "y-s", "x-s-2"]);
  expect(shortNames(["x/s", "x/s", "y/t"], "-")).toEqual(["s", "s-2", "t"]);
});

it("are none of those that are taken", () => {
  expect(shortNames(["photos/scenes"], "/", ["scenes"])).toEqual(["photos/scenes"]);
});
