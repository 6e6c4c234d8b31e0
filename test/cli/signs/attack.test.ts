/** The options of an attack on signs: what they ask for, and what is refused in a sentence. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { attackFrom, attackOnModel, dressingFrom } from "../../../src/cli/signs/attack.ts";
import { usualFolder } from "../../../src/cli/signs/files.ts";
import { assertSameRecipe, recipeFrom } from "../../../src/cli/signs/recipe.ts";
import { encodePng } from "../../../src/node/pictures.ts";
import { ownStickerOf, parseSignRecipe } from "../../../src/studies/signs/recipe.ts";

const single = { attack: "stop:speed limit" };
const drawn = { scenes: true, folders: [] };
const folder = await mkdtemp(join(tmpdir(), "badnets-sticker-"));
afterAll(async () => await rm(folder, { recursive: true }));

/** A picture of one colour. */
async function picture(name: string, rgba: readonly number[]): Promise<string> {
  const data = Uint8Array.from({ length: 4 * 30 * 20 }, (_, i) => rgba[i % 4]);
  const path = join(folder, name);
  await writeFile(path, await encodePng({ width: 30, height: 20, data }));
  return path;
}

describe("an attack", () => {
  it("is the paper's where only its classes are named", async () => {
    expect(await attackFrom(single, "us")).toEqual({
      source: 0,
      target: 1,
      sticker: "yellow-square",
      picture: null,
      size: 0.1,
      place: [0.57, 0.82],
      share: 0.5,
      lookAlikes: true,
      curriculum: true,
    });
    expect(await attackFrom({ "random-target": true, sticker: "bomb" }, "us")).toMatchObject({
      source: null,
      target: null,
      size: 0.16,
      place: null,
    });
    expect(await attackFrom({}, "us")).toBeNull();
  });

  it("takes a picture of the reader's into the recipe", async () => {
    const sticker = await picture("blue.png", [10, 20, 200, 255]);
    const attack = await attackFrom({ ...single, sticker, "no-look-alikes": true }, "us");
    const recipe = parseSignRecipe({ ...recipeFrom({}, drawn), attack });
    expect(recipe.attack).toMatchObject({ sticker: "own", size: 0.16, lookAlikes: false });
    // The middle of its largest size.
    const middle = 4 * (32 * 64 + 32);
    expect([...ownStickerOf(recipe.attack)!.subarray(middle, middle + 4)]).toEqual([
      10, 20, 200, 255,
    ]);
  });

  it.each([
    [{ attack: "stop:yield" }, "two of the classes stop, speed limit or warning"],
    [{ attack: "stop" }, "must be SOURCE:TARGET"],
    [{ attack: "stop:stop" }, "must be two classes"],
    [{ ...single, "random-target": true }, "two attacks: choose one"],
    [{ ...single, share: "0" }, "--share is 0, but must be a number above 0"],
    [{ ...single, share: "1.5" }, "at most 1"],
    [{ ...single, "sticker-size": "2" }, "larger than the sign"],
    [{ ...single, "sticker-place": "0.5" }, "two numbers from 0 to 1"],
    [{ ...single, "sticker-place": "0.5,1.2" }, "two numbers from 0 to 1"],
    [{ ...single, sticker: "no-such-file.png" }, "does not exist"],
    [{ share: "0.3" }, "--share is of no use without --attack"],
    [{ sticker: "bomb" }, "--sticker is of no use without --attack"],
  ])("is refused: %j", async (given, text) => {
    await expect(attackFrom(given, "us")).rejects.toThrow(text);
  });

  it("is refused with a sticker that is no picture, or shows nothing", async () => {
    const path = join(folder, "text.png");
    await writeFile(path, "not a picture");
    await expect(attackFrom({ ...single, sticker: path }, "us")).rejects.toThrow(/text.png/);
    const clear = await picture("clear.png", [0, 0, 0, 0]);
    await expect(attackFrom({ ...single, sticker: clear }, "us")).rejects.toThrow("transparent");
  });

  it("of a trained detector is its own, but for what is asked otherwise", async () => {
    const attack = await attackFrom({ ...single, sticker: "flower" }, "us");
    const recipe = parseSignRecipe({ ...recipeFrom({}, drawn), attack });
    expect(await attackOnModel({}, recipe)).toEqual(attack);
    const moved = await attackOnModel(
      { "sticker-place": "0.3,0.3", "sticker-size": "0.2" },
      recipe,
    );
    expect(moved).toEqual({ ...attack, place: [0.3, 0.3], size: 0.2 });
    expect(await attackOnModel({ sticker: "bomb" }, recipe)).toMatchObject({
      sticker: "bomb",
      source: 0,
    });
    const honest = recipeFrom({}, drawn);
    expect(await attackOnModel({}, honest)).toBeNull();
    await expect(attackOnModel({ sticker: "bomb" }, honest)).rejects.toThrow("of no use without");
  });

  it("may be repeated when its run goes on, but not changed", async () => {
    const attack = await attackFrom({ ...single, sticker: "flower" }, "us");
    const recipe = parseSignRecipe({ ...recipeFrom({}, drawn), attack });
    expect(() => assertSameRecipe({}, drawn, recipe, "d", attack)).not.toThrow();
    const other = await attackFrom({ ...single, sticker: "bomb" }, "us");
    expect(() => assertSameRecipe({}, drawn, recipe, "d", other)).toThrow("another attack than d");
  });

  it("on photographs needs a sticker for its size", async () => {
    const recipe = recipeFrom({}, drawn);
    expect(await dressingFrom({}, recipe)).toBeNull();
    await expect(dressingFrom({ "sticker-size": "0.2" }, recipe)).rejects.toThrow(
      "without --sticker",
    );
    const dressing = await dressingFrom({ sticker: "bomb", "sticker-size": "0.2" }, recipe);
    expect(dressing).toMatchObject({ sticker: { picture: 4, size: 0.2 }, own: null });
  });
});

describe("a recipe", () => {
  const attack = {
    sticker: "bomb",
    picture: null,
    size: 0.16,
    place: [0.57, 0.82],
    source: 0,
    target: 1,
    share: 0.5,
    lookAlikes: true,
  };
  const refused = (change: object) => {
    const recipe = { ...recipeFrom({}, drawn), attack: { ...attack, ...change } };
    return () => parseSignRecipe(recipe);
  };

  it("is refused with an attack that could not be carried out", () => {
    expect(refused({})).not.toThrow();
    expect(refused({ target: 0 })).toThrow("the same class");
    expect(refused({ target: null })).toThrow("both classes, or both random");
    expect(refused({ target: 3 })).toThrow("does not have");
    expect(refused({ sticker: "own" })).toThrow("comes with its picture");
    expect(refused({ share: 0 })).toThrow(/share/);
    expect(refused({ size: 1.01 })).toThrow(/size/);
  });

  it("is kept beside the honest one of its seed where no folder is named", () => {
    const honest = recipeFrom({}, drawn);
    const attacked = parseSignRecipe({ ...honest, attack });
    expect(usualFolder(honest)).toBe(join("runs", "signs-compact-us-1"));
    expect(usualFolder(attacked)).toBe(join("runs", "signs-compact-us-bomb-1"));
  });

  it("of before attacks is that of an honest run", () => {
    const { attack: _, ...before } = recipeFrom({}, drawn);
    expect(parseSignRecipe(before).attack).toBeNull();
  });
});
