/** What the form of the sign study makes of its fields. */
import { describe, expect, it } from "vitest";
import { checkSignForm } from "../../../src/ui/signs/sign-form.ts";
import { defaultView } from "../../../src/ui/view-state.ts";

const fields = defaultView.signs;

describe("the form of the sign study", () => {
  it("becomes a recipe, without shares of photographs where there are none", () => {
    const { recipe, errors } = checkSignForm(fields, false);
    expect(errors).toEqual({});
    expect(recipe).toMatchObject({ preset: "compact", iterations: 5000, photoShare: 0, seed: 1 });
    expect(checkSignForm(fields, true).recipe).toMatchObject({ photoShare: 0.5, mixedShare: 0.15 });
  });

  it("says which field is wrong", () => {
    const wrong = { ...fields, iterations: "0", seed: "x", photoShare: "60", mixedShare: "50" };
    const { recipe, errors } = checkSignForm(wrong, true);
    expect(recipe).toBeNull();
    expect(Object.keys(errors)).toEqual(["iterations", "seed", "mixedShare"]);
  });

  it("has the paper's network learn from scenes, and from photographs on the command line", () => {
    const paper = { ...fields, preset: "paper" } as const;
    expect(checkSignForm(paper, false).recipe).toMatchObject({ preset: "paper" });
    expect(checkSignForm(paper, true).errors.preset).toMatch(/train on the command line/);
    const none = { ...paper, photoShare: "0", mixedShare: "0" };
    expect(checkSignForm(none, true).recipe).toMatchObject({ preset: "paper", photoShare: 0 });
  });
});
