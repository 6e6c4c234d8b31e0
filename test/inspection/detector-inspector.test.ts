/** A detector that is looked into: channels scaled on the device, and a sticker of the reader's own. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mipLevels } from "../../src/data/sign-atlas.ts";
import { stickerOf } from "../../src/data/sticker.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { DetectorInspector } from "../../src/inspection/detector-inspector.ts";
import { pictureEntry, wearing } from "../../src/layers/scene.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { drawParameters } from "../../src/models/initialise.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import * as reference from "../reference/scale.ts";
import { detectorPlan, tiny } from "../training/tiny-detector.ts";

let gpu: Gpu;
let inspector: DetectorInspector;
const values = drawParameters(describeDetector(tiny, 4), 3);
const scene = pictureEntry("scene", 2);

beforeAll(async () => {
  gpu = await openInNode();
  inspector = await DetectorInspector.build(gpu, detectorPlan(await signArtwork(), 1));
});
afterAll(() => gpu.destroy());

/** Channels of the last convolution at a scene. */
async function lastMap() {
  const { layers } = await inspector.maps(scene);
  const { shape, values: map } = layers.find(({ label }) => label === inspector.lastLayer)!;
  const area = shape[1] * shape[2];
  return Array.from({ length: shape[0] }, (_, channel) => [
    ...map.subarray(channel * area, (channel + 1) * area),
  ]);
}

describe("a detector that is looked into", () => {
  it("has channels of its last convolution scaled, and all others to the bit as they were", async () => {
    inspector.load(() => ({ values }));
    const before = await lastMap();
    const lit = before.flatMap((map, channel) => (map.some((value) => value > 0) ? [channel] : []));
    expect(lit.length).toBeGreaterThan(2);
    const [off, doubled] = lit;
    const layer = inspector.lastLayer;
    inspector.scale([
      { layer, channel: off, factor: 0 },
      { layer, channel: doubled, factor: 2 },
    ]);
    const factors = Float64Array.from(before, (_, channel) =>
      channel === off ? 0 : channel === doubled ? 2 : 1,
    );
    const expected = reference.scale(Float64Array.from(before.flat()), factors);
    // Twice a sum is the sum of what is twice as large, to the bit.
    expect((await lastMap()).flat().map((value) => value + 0)).toEqual(
      [...expected].map((v) => v + 0),
    );
    // On top of that, and gone with the next parameters.
    inspector.scale([{ layer, channel: doubled, factor: 2 }]);
    expect((await lastMap())[doubled]).toEqual(before[doubled].map((value) => 4 * value));
    inspector.load(() => ({ values }));
    expect(await lastMap()).toEqual(before);
  });

  it("has no other layers, nor channels that are not there, to scale", () => {
    const layer = inspector.lastLayer;
    expect(() => inspector.scale([{ layer: "conv1", channel: 0, factor: 0 }])).toThrow(RangeError);
    expect(() => inspector.scale([{ layer, channel: 8, factor: 0 }])).toThrow(RangeError);
    expect(() => inspector.scale([{ layer, channel: 0, factor: -1 }])).toThrow(RangeError);
  });

  it("shows the reader's own sticker on signs, and another one as soon as it is given", async () => {
    inspector.load(() => ({ values }));
    const sticker = stickerOf("own", { size: 0.4, place: [0.5, 0.5] });
    const entry = wearing(scene, "sticker");
    const own = (red: number) => {
      const square = new Uint8Array(4 * 64 * 64).fill(255);
      for (let i = 0; i < square.length; i += 4) square[i] = red;
      return mipLevels(square);
    };
    const seenWith = async (red: number) => {
      inspector.wear(sticker, null, own(red));
      return (await inspector.see([entry]))[0];
    };
    const [first, second, again] = [await seenWith(0), await seenWith(255), await seenWith(0)];
    const changed = Array.from(first.pixels.keys()).filter(
      (i) => i % 4 === 0 && first.pixels[i] !== second.pixels[i],
    );
    expect(changed.length).toBeGreaterThan(10);
    // On signs alone, with a pixel of blur.
    const beside = changed.filter((i) => {
      const [x, y] = [(i / 4) % first.width, Math.floor(i / 4 / first.width)];
      return !first.truth.some(
        ({ box: [x1, y1, x2, y2] }) => x > x1 - 2 && x < x2 + 1 && y > y1 - 2 && y < y2 + 1,
      );
    });
    expect(beside).toEqual([]);
    expect(again.pixels).toEqual(first.pixels);
  });
});
