/** The settings of the defences' page are checked field by field, and become what defences work with. */
import { expect, it } from "vitest";
import { checkOptions, imagesOf, usualOptions } from "../../../src/ui/defences/options-draft.ts";
import { smallRecipe } from "../../engine/small-data.ts";

const { attack } = smallRecipe;

it("asks by itself with the usual images, and measures with what the recipe names", () => {
  const { options, errors } = checkOptions(usualOptions, 10_000, attack);
  expect(errors).toEqual({});
  expect(options).toEqual({ images: undefined, judge: undefined, seed: 1, attack });
  expect(imagesOf({ train: 60_000, test: 10_000 }, usualOptions)).toMatchObject({
    detect: 1000,
    repair: 3000,
    training: 20_000,
  });
  expect(imagesOf({ train: 2000, test: 100 }, usualOptions)).toMatchObject({
    detect: 25,
    training: 2000,
  });
});

it("names each field that is wrong, and what is allowed", () => {
  const draft = { ...usualOptions, images: "9", judge: "x", seed: "" };
  const { options, errors } = checkOptions(draft, 1000, attack);
  expect(options).toBeNull();
  expect(errors).toEqual({
    images: "Give a whole number from 10 to 250, or nothing.",
    judge: "Give a whole number from 1 to 1000, or nothing.",
    seed: "Give a whole number from 0 to 4294967295.",
  });
});

it("knows no trigger where none shall be known, and tries the paper's on an honest network", () => {
  const of = (choice: "none" | "pattern") =>
    checkOptions({ ...usualOptions, attack: choice }, 1000, null).options!.attack;
  expect(of("none")).toBeNull();
  expect(of("pattern")).toMatchObject({
    trigger: { name: "pattern" },
    policy: { kind: "all-to-all" },
  });
});
