/** The digit study's form: what is wrong with a number is said beside its field. */
import { expect, it } from "vitest";
import { checkDraft, defaultDraft } from "../../../src/ui/digits/draft.ts";

it("a learning rate that single precision takes for 0 or for infinity is refused in its field", () => {
  for (const rate of ["1e-46", "1e39", "0"]) {
    const { recipe, errors } = checkDraft({ ...defaultDraft, rate });
    expect([recipe, Object.keys(errors)]).toEqual([null, ["rate"]]);
    expect(errors.rate).toBe("A number from 1.2e-38 to 3.4e38.");
  }
  for (const rate of ["1.2e-38", "3.4e38"]) {
    expect(checkDraft({ ...defaultDraft, rate }).recipe!.optimiser.rate).toBe(Number(rate));
  }
});
