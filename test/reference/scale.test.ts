/** Rows times factors, by hand. */
import { expect, test } from "vitest";
import { scale } from "./scale.ts";

test("each row is multiplied by its own factor", () => {
  const scaled = scale(Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(2, 0));
  expect([...scaled]).toEqual([2, 4, 6, 0, 0, 0]);
});
