/** The signs that stickers are tried on are of their classes, and their boxes those of the scenes. */
import { describe, expect, it } from "vitest";
import { signSets, type SignSet } from "../../../src/data/sign-atlas.ts";
import { outlinesOf } from "../../../src/layers/scene.ts";
import { signArtwork } from "../../../src/node/sign-artwork.ts";
import { exampleSigns } from "../../../src/ui/signs/example-signs.ts";

const atlas = await signArtwork();
const outlines = outlinesOf(atlas);

describe.each(Object.keys(signSets) as SignSet[])("the example signs of %s", (set) => {
  it("are one of each class, in a box that is known to a texel", () => {
    expect(exampleSigns[set]).toHaveLength(signSets[set].length);
    for (const [label, { name, box }] of exampleSigns[set].entries()) {
      const i = atlas.signs.findIndex((sign) => sign.name === name);
      expect(atlas.signs[i]?.classes[set], name).toBe(label);
      const points = [...outlines.subarray(16 * i, 16 * i + 16)].map((value) => (value + 1) / 2);
      const [across, down] = [0, 1].map((axis) => points.filter((_, k) => k % 2 === axis));
      const own = [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
      for (const [k, edge] of own.entries()) {
        expect(Math.abs(box[k] - edge), `${name}, edge ${k}`).toBeLessThan(1 / 64);
      }
    }
  });
});
