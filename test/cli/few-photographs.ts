/** Small photographs with label files, for the tests of the command line: each seed another scene. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import jpeg from "jpeg-js";

/** A JPEG that looks like no other seed's. */
export function photo(seed: number, width = 160, height = 120): Uint8Array {
  const data = new Uint8Array(4 * width * height).fill(255);
  // Cells of brightness, the same for a seed at whatever size.
  let state = seed * 2654435761 + 12345;
  const cells = Array.from({ length: 72 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 30 + ((state >>> 16) % 200);
  });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = cells[9 * Math.floor((8 * y) / height) + Math.floor((9 * x) / width)];
      data.fill(value, 4 * (y * width + x), 4 * (y * width + x) + 3);
    }
  }
  return new Uint8Array(jpeg.encode({ width, height, data }, 95).data);
}

/** A folder of these photographs, each with a box under a name. */
export function photoFolder(path: string, seeds: readonly number[], name = "stop"): string {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "classes.names"), `${name}\n`);
  for (const seed of seeds) {
    writeFileSync(join(path, `p${seed}.jpg`), photo(seed));
    writeFileSync(join(path, `p${seed}.txt`), "0 0.5 0.5 0.3 0.4\n");
  }
  return path;
}
