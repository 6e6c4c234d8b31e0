/** The greatest keys, by hand. */
import { expect, test } from "vitest";
import { rank } from "./select.ts";

test("the greatest keys come first, equal ones in their order, and zeros never", () => {
  expect(rank([3, 0, 5, 3, 1], 3)).toEqual([2, 0, 3]);
  expect(rank([0, 2, 0], 3)).toEqual([1]);
});
