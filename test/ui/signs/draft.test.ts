/** What the form of the sign study makes of its fields. */
import { describe, expect, it } from "vitest";
import { stickerText } from "../../../src/backdoor/own-sticker.ts";
import { signAddress } from "../../../src/ui/signs/address.ts";
import { checkSignDraft, signDraftOf } from "../../../src/ui/signs/draft.ts";

const fields = signAddress.initial;
const picture = stickerText(new Uint8Array(4 * 64 * 64).fill(200))!;

describe("the form of the sign study", () => {
  it("becomes a recipe, without shares of photographs where there are none", () => {
    const { recipe, errors } = checkSignDraft(fields, false);
    expect(errors).toEqual({});
    expect(recipe).toMatchObject({ preset: "compact", iterations: 5000, photoShare: 0, seed: 1 });
    expect(checkSignDraft(fields, true).recipe).toMatchObject({
      photoShare: 0.5,
      mixedShare: 0.15,
    });
  });

  it("says which field is wrong", () => {
    const wrong = { ...fields, iterations: "0", seed: "x", photoShare: "60", mixedShare: "50" };
    const { recipe, errors } = checkSignDraft(wrong, true);
    expect(recipe).toBeNull();
    expect(Object.keys(errors)).toEqual(["iterations", "seed", "mixedShare"]);
  });

  it("has the paper's network learn from scenes, and from photographs on the command line", () => {
    const paper = { ...fields, preset: "paper" } as const;
    expect(checkSignDraft(paper, false).recipe).toMatchObject({ preset: "paper" });
    expect(checkSignDraft(paper, true).errors.preset).toMatch(/train on the command line/);
    const none = { ...paper, photoShare: "0", mixedShare: "0" };
    expect(checkSignDraft(none, true).recipe).toMatchObject({ preset: "paper", photoShare: 0 });
  });

  it("comes back from its recipe, with the shares only where there are photographs", () => {
    const some = { ...fields, set: "eu", iterations: "70", photoShare: "33" } as const;
    const { recipe } = checkSignDraft(some, true);
    const draft = signDraftOf(recipe!, true);
    expect(draft).toMatchObject({
      set: "eu",
      iterations: "70",
      photoShare: "33",
      mixedShare: "15",
    });
    expect(checkSignDraft({ ...fields, ...draft }, true).recipe).toEqual(recipe);
    expect(signDraftOf(recipe!, false)).not.toHaveProperty("photoShare");
  });

  it("asks for an attack, and says what cannot be one", () => {
    const bomb = { sticker: "bomb", size: 0.16 } as const;
    const single = { ...fields, attack: "single-target", ...bomb, poison: "30" } as const;
    expect(checkSignDraft(fields, false).recipe!.attack).toBeNull();
    const { recipe } = checkSignDraft(single, false);
    expect(recipe!.attack).toEqual({
      sticker: "bomb",
      picture: null,
      size: 0.16,
      place: [0.57, 0.82],
      source: 0,
      target: 1,
      share: 0.3,
      lookAlikes: true,
      curriculum: true,
    });
    const back = { ...fields, ...signDraftOf(recipe!, false) };
    expect(checkSignDraft(back, false).recipe).toEqual(recipe);
    const own = { ...single, sticker: "own", size: 0.3, place: [0.25, 0.5], picture } as const;
    const drawn = checkSignDraft(own, false).recipe!;
    expect(drawn.attack).toMatchObject({ sticker: "own", picture, size: 0.3, place: [0.25, 0.5] });
    expect(checkSignDraft({ ...fields, ...signDraftOf(drawn, false) }, false).recipe).toEqual(
      drawn,
    );
    // A drawing that is kept for later is none of another sticker's.
    expect(checkSignDraft({ ...own, sticker: "bomb" }, false).recipe!.attack!.picture).toBeNull();
    expect(checkSignDraft({ ...own, picture: null }, false).errors).toEqual({
      sticker: "a sticker of your own, drawn or opened",
    });
    const random = checkSignDraft({ ...single, attack: "random-target" }, false).recipe!.attack;
    expect(random).toMatchObject({ source: null, target: null, place: null });
    expect(Object.keys(checkSignDraft({ ...single, target: 0 }, false).errors)).toEqual(["target"]);
    expect(Object.keys(checkSignDraft({ ...single, target: 4 }, false).errors)).toEqual(["target"]);
    expect(Object.keys(checkSignDraft({ ...single, poison: "0" }, false).errors)).toEqual([
      "poison",
    ]);
  });
});
