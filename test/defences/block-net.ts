/** A network that is small enough to know what a search must find: it tells which third of an image is bright. */
import type { NetworkDescription } from "../../src/models/description.ts";
import type { LabelledImages } from "../../src/training/trainer.ts";
import { fill } from "../reference/numeric.ts";

export const SIZE = 6;
export const CLASSES = 3;
const PIXELS = SIZE * SIZE;
/** Rows of a third. */
const ROWS = SIZE / CLASSES;

const description: NetworkDescription = {
  input: [1, SIZE, SIZE],
  layers: [{ kind: "dense", label: "fc", outputs: CLASSES }],
};

/** A backdoor: a pixel that adds to the logits when it is white, and takes off as much when it is black. */
export interface Backdoor {
  readonly pixel: number;
  /** What it adds to each class. [CLASSES] */
  readonly weights: readonly number[];
}

/** Logits are the brightness of the thirds, and what a backdoor adds. */
export function blockNet(backdoor: Backdoor | null) {
  const w = Float32Array.from({ length: CLASSES * PIXELS }, (_, at) => {
    const [label, pixel] = [Math.floor(at / PIXELS), at % PIXELS];
    if (backdoor?.pixel === pixel) return backdoor.weights[label];
    return Math.floor(pixel / SIZE / ROWS) === label ? 1 : 0;
  });
  const parameters = new Map([
    ["fc.w", w],
    ["fc.b", new Float32Array(CLASSES)],
  ]);
  return { description, parameters };
}

/** Images of which a third is bright, with a little noise; the last column is black. */
export function blocks(count: number, seed: number): LabelledImages {
  const noise = fill(count * PIXELS, seed);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % CLASSES);
  const images = Uint8Array.from(noise, (value, at) => {
    const [image, pixel] = [Math.floor(at / PIXELS), at % PIXELS];
    if (pixel % SIZE === SIZE - 1) return 0;
    const bright = Math.floor(pixel / SIZE / ROWS) === labels[image];
    return (bright ? 180 : 40) + 30 * value;
  });
  return { images, labels, count };
}
