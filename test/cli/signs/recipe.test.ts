/** Recipes of detectors as options ask for them, and as a run that goes on has them. */
import { describe, expect, it } from "vitest";
import type { SignData } from "../../../src/cli/signs/photographs.ts";
import { assertSameRecipe, recipeFrom } from "../../../src/cli/signs/recipe.ts";
import { UsageError } from "../../../src/cli/shared/options.ts";
import { parseSignRecipe } from "../../../src/studies/signs/recipe.ts";

const folders = [{ path: "photos", name: "photos", as: undefined }];
const both: SignData = { scenes: true, folders };
const alone: SignData = { scenes: false, folders };
const drawn: SignData = { scenes: true, folders: [] };

describe("shares of photographs", () => {
  it.each([
    ["with scenes", both, {}, [0.3, 0.2]],
    ["without scenes", alone, {}, [0.6, 0.4]],
    ["of scenes alone", drawn, {}, [0, 0]],
    ["without scenes, one given", alone, { "photo-share": "0.7" }, [0.7, 0.3]],
    ["without scenes, the other given", alone, { "mixed-share": "0" }, [1, 0]],
    ["whole", alone, { "photo-share": "1", "mixed-share": "0" }, [1, 0]],
    ["whole, with scenes", both, { "photo-share": "1", "mixed-share": "0" }, [1, 0]],
    ["with scenes, large", both, { "photo-share": "0.9" }, [0.9, 0.1]],
    ["of thirds", alone, { "photo-share": "0.33", "mixed-share": "0.67" }, [0.33, 0.67]],
  ])("%s", (_, data, given, shares) => {
    const { photoShare, mixedShare } = recipeFrom(given, data);
    expect([photoShare, mixedShare]).toEqual(shares);
  });
});

describe("a run that goes on", () => {
  const scenes = recipeFrom({ seed: "7", iterations: "20" }, drawn);
  const mixed = parseSignRecipe({ ...recipeFrom({}, both), photographs: "a".repeat(64) });
  const problem = (...args: Parameters<typeof assertSameRecipe>) => {
    try {
      assertSameRecipe(...args);
      return null;
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      return (error as Error).message;
    }
  };

  it("keeps its recipe without a word, or with the same words", () => {
    expect(problem({}, drawn, scenes, "d")).toBeNull();
    expect(problem({ seed: "7", iterations: "20" }, drawn, scenes, "d")).toBeNull();
    expect(problem({ data: "scenes,photos" }, both, mixed, "d")).toBeNull();
  });

  it("names the option that differs, with both values", () => {
    expect(problem({ seed: "9" }, drawn, scenes, "d")).toBe(
      "--seed is 9, but d is of a run with 7: leave --seed out, or choose another folder with --out.",
    );
    expect(problem({ signs: "eu" }, drawn, scenes, "d")).toMatch(/^--signs is eu, .* with us/);
    expect(problem({ "photo-share": "0.5" }, both, mixed, "d")).toMatch(/is 0.5, .* with 0.3/);
    expect(problem({ data: "photos" }, both, scenes, "d")).toContain(
      "trained on drawn scenes alone",
    );
    expect(problem({}, drawn, mixed, "d")).toContain("d is trained on photographs: give the same");
    expect(problem({ data: "photos" }, alone, mixed, "d")).toContain("--data scenes,photos");
  });
});
