/** Drawn scenes: the same number gives the same scene, boxes lie about their signs, photographs come through. */
import { describe, expect, it } from "vitest";
import { packPhotographs, type Photograph } from "../../src/data/photographs.ts";
import {
  pictureEntry,
  sceneSpecs,
  sceneUniform,
  SETTINGS_WORDS,
  uploadSigns,
  type PhotosOnGpu,
} from "../../src/layers/scene.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { place, run, useGpu } from "../gpu.ts";

/** What is drawn otherwise than usually. */
interface Drawing {
  readonly seed?: number;
  readonly step?: number;
  readonly mean?: number;
  /** A sign of both photographs. */
  readonly ignored?: Photograph["signs"][number];
}

const B = 4;
const [H, W] = [72, 96];
const BOXES = 5;

describe("scenes", () => {
  const context = useGpu();

  /** Draws pictures; photographs are two, of which the first has a box. */
  async function draw(
    entries: readonly number[],
    { seed = 1, step = 0, mean = 0, ignored }: Drawing = {},
  ) {
    const { gpu } = context;
    const signs = uploadSigns(gpu, await signArtwork(), "us");
    const side = 96;
    const photograph = (grey: number) => ({
      name: "photograph",
      picture: { width: 48, height: 72, data: new Uint8Array(4 * 48 * 72).fill(grey) },
      signs: [
        ...(grey === 60 ? [{ label: 1, box: [12, 18, 24, 36] as const }] : []),
        ...(ignored ? [ignored] : []),
      ],
    });
    const packed = packPhotographs([photograph(60), photograph(200)], side, BOXES);
    const photos: PhotosOnGpu = {
      pixels: gpu.tensor("pixels", [2, side, side], "u32"),
      annotations: place(gpu, "annotations", [2, 1 + 2 * BOXES, 4], packed.annotations),
      width: side,
      height: side,
      count: 2,
    };
    gpu.write(photos.pixels, packed.pixels);
    const settings = gpu.tensor("settings", [SETTINGS_WORDS], "u32");
    gpu.write(
      settings,
      sceneUniform({
        key: [seed, 5],
        batches: 1,
        classes: 3,
        mean: [mean, mean, mean],
        gain: 1,
        photo: [side, side],
        sizes: [0.15, 0.6],
        stickers: signs.stickers,
        attack: null,
      }),
    );
    const x = place(gpu, "x", [B, 3, H, W]);
    const boxes = place(gpu, "boxes", [B, BOXES, 4], new Float32Array(4 * B * BOXES));
    const labels = place(gpu, "labels", [B, BOXES], undefined, "u32");
    const order = place(gpu, "order", [1, B], entries, "u32");
    const progress = place(gpu, "progress", [4], [step, 0, 0, 0], "u32");
    const tensors = { signs, photos, settings, progress, order, x, boxes, labels };
    await run(gpu, sceneSpecs(gpu, { label: "scene", ...tensors, stickers: false }));
    const [pixels, corners] = await gpu.read(x, boxes);
    return { pixels, corners, labels: await gpu.readU32(labels) };
  }

  const scenes = (first: number) =>
    Array.from({ length: B }, (_, i) => pictureEntry("scene", first + i));
  const pictureOf = ({ pixels }: { pixels: Float32Array }, b: number) =>
    pixels.subarray(3 * H * W * b, 3 * H * W * (b + 1));

  it("depend on the seed and their number only", async () => {
    const one = await draw(scenes(10));
    expect(await draw(scenes(10), { step: 77 })).toEqual(one);
    const shifted = await draw(scenes(11));
    expect(pictureOf(shifted, 0)).toEqual(pictureOf(one, 1));
    expect(pictureOf(await draw(scenes(10), { seed: 2 }), 0)).not.toEqual(pictureOf(one, 0));
  });

  it("hold colours, and boxes with an area within the picture that don't hide each other", async () => {
    const counts = [0, 0, 0, 0];
    for (let first = 0; first < 200; first += B) {
      const { pixels, corners, labels } = await draw(scenes(first));
      expect(pixels.every((value) => value >= 0 && value <= 255)).toBe(true);
      for (let b = 0; b < B; b++) {
        const own: number[][] = [];
        for (let i = 0; i < BOXES; i++) {
          const label = labels[b * BOXES + i];
          counts[label]++;
          if (label === 0) continue;
          const box = [...corners.subarray(4 * (b * BOXES + i), 4 * (b * BOXES + i + 1))];
          const [x1, y1, x2, y2] = box;
          expect(x1 >= 0 && y1 >= 0 && x2 <= W && y2 <= H).toBe(true);
          // A sign turned far from us is narrow, never thinner than a fifth of its height.
          expect(x2 - x1).toBeGreaterThan(0.2 * (y2 - y1));
          expect(y2 - y1).toBeGreaterThan(0.1 * H);
          for (const other of own) {
            const apart = x1 >= other[2] || x2 <= other[0] || y1 >= other[3] || y2 <= other[1];
            expect(apart).toBe(true);
          }
          own.push(box);
        }
      }
    }
    // All three classes come, about equally often.
    const signs = counts[1] + counts[2] + counts[3];
    for (const label of [1, 2, 3]) expect(counts[label] / signs).toBeGreaterThan(0.22);
  });

  it("give way to photographs: centred, with their boxes, and the mean beyond their edges", async () => {
    const entries = [0, 1, 0, 1].map((photo) => pictureEntry("plain", photo));
    const drawn = await draw(entries, { mean: 10 });
    const { pixels, corners, labels } = drawn;
    // 48 x 72 fits the height as it is, with 24 columns left on either side.
    const at = (b: number, row: number, column: number) => pixels[3 * H * W * b + row * W + column];
    expect(at(0, 36, 48)).toBeCloseTo(50, 3);
    expect(at(1, 36, 48)).toBeCloseTo(190, 3);
    expect([at(0, 36, 23), at(0, 36, 72)]).toEqual([0, 0]);
    expect([...labels.subarray(0, 2)]).toEqual([2, 0]);
    expect([...corners.subarray(0, 4)]).toEqual([36, 18, 48, 36]);
    expect(labels[BOXES]).toBe(0);
  });

  it("vary photographs from step to step, and place signs where the photograph has none", async () => {
    const varied = [0, 1, 0, 1].map((photo) => pictureEntry("varied", photo));
    const [first, again, later] = [
      await draw(varied, { step: 3 }),
      await draw(varied, { step: 3 }),
      await draw(varied, { step: 4 }),
    ];
    expect(again).toEqual(first);
    expect(pictureOf(later, 0)).not.toEqual(pictureOf(first, 0));
    let placed = 0;
    for (let step = 0; step < 10; step++) {
      const { labels } = await draw(
        [1, 1, 1, 1].map((photo) => pictureEntry("mixed", photo)),
        { step },
      );
      placed += labels.filter((label) => label > 0).length;
    }
    expect(placed).toBeGreaterThan(20);
  });

  it("keep the mark of an ignored box, as it is and varied, and however little of it is left", async () => {
    const mark = 0x80000000;
    const ignored = { label: 1, box: [2, 3, 4, 5] as const, ignored: true };
    const plain = await draw(
      [0, 1, 0, 1].map((photo) => pictureEntry("plain", photo)),
      { ignored },
    );
    expect([...plain.labels.subarray(0, 3)]).toEqual([2, 2 + mark, 0]);
    expect([...plain.corners.subarray(4, 8)]).toEqual([26, 3, 28, 5]);
    // A sign of 2 x 2 pixels is too small to learn from; what is ignored is not learned.
    for (let step = 0; step < 5; step++) {
      const { labels } = await draw(
        [1, 1, 1, 1].map((photo) => pictureEntry("varied", photo)),
        { step, ignored },
      );
      for (let b = 0; b < B; b++) expect(labels[b * BOXES]).toBe(2 + mark);
    }
  });
});
