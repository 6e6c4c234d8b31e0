/** The reference confusion matrix agrees with one counted by hand. */
import { expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";

test("rows are true labels, columns predictions, and ties go to the lowest class", () => {
  // prettier-ignore
  const z = Float64Array.of(
    9, 0, 0, // label 0, predicted 0
    0, 0, 9, // label 0, predicted 2
    0, 5, 5, // label 1, a tie: predicted 1
    -3, -2, -1, // label 1, predicted 2
    4, 4, 4, // label 1, a tie: predicted 0
  );
  const result = evaluate({ B: 5, N: 3 }, z, [0, 0, 1, 1, 1]);
  // prettier-ignore
  expect(result.confusion).toEqual(Float64Array.of(
    1, 0, 1,
    1, 1, 1,
    0, 0, 0,
  ));
  expect(result.total).toEqual(Float64Array.of(2, 3, 0));
  expect(result.predicted).toEqual(Float64Array.of(2, 1, 2));
  expect(result.correct).toEqual(Float64Array.of(1, 1, 0));
});

test("a label that is no class is refused", () => {
  expect(() => evaluate({ B: 1, N: 3 }, new Float64Array(3), [-1])).toThrow("label -1");
});
