/** The digit study's form: what is wrong with a number is said beside its field. */
import { expect, it } from "vitest";
import { checkDraft, defaultDraft, draftOf } from "../../../src/ui/digits/draft.ts";

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

it("an attack that answers defences becomes its recipe, and the recipe the same draft", () => {
  for (const draft of [
    { ...defaultDraft, policy: "source-specific", negatives: "7" } as const,
    { ...defaultDraft, policy: "pruning-aware", decoyChannels: "3", decoyUnits: "100" } as const,
    { ...defaultDraft, policy: "feature-similarity", pull: "0.7" } as const,
  ]) {
    const { recipe, errors } = checkDraft(draft);
    expect(errors).toEqual({});
    expect(recipe!.attack!.adaptive).toEqual(
      {
        "source-specific": { kind: "negatives", share: 0.07 },
        "pruning-aware": { kind: "decoys", channels: 3, units: 100 },
        "feature-similarity": { kind: "similarity", weight: 0.7 },
      }[draft.policy],
    );
    const { source, target } = defaultDraft;
    expect(draftOf(recipe!)).toEqual({ ...draft, source, target });
  }
  expect(checkDraft(defaultDraft).recipe!.attack).not.toHaveProperty("adaptive");
});

it("what is wrong with an answer to defences is said beside its field", () => {
  const errorsOf = (change: object) => checkDraft({ ...defaultDraft, ...change }).errors;
  expect(errorsOf({ policy: "source-specific", negatives: "0" })).toEqual({
    negatives: "Above 0 and at most 100 %.",
  });
  expect(errorsOf({ policy: "pruning-aware", decoyChannels: "32", decoyUnits: "" })).toEqual({
    decoyChannels: "Whole number from 1 to 31.",
    decoyUnits: "Whole number from 1 to 511.",
  });
  // Of an attack that has no such field, nothing is wrong with it.
  expect(errorsOf({ policy: "all-to-one", negatives: "0" })).toEqual({});
});
