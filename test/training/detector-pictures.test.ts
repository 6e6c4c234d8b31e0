/** Photographs on an adapter: refused before anything is laid out where they don't fit. */
import { expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { presets } from "../../src/models/detector-presets.ts";
import {
  assertPhotographsFit,
  packFor,
  photoSide,
  uploadPhotographs,
} from "../../src/training/detector-pictures.ts";

/** An adapter with the smallest limits that WebGPU allows. */
const small = {
  device: { limits: { maxBufferSize: 256 * 2 ** 20, maxStorageBufferBindingSize: 128 * 2 ** 20 } },
  adapter: { description: "Small" },
} as unknown as Gpu;

it("says how many would fit, and what else can be done", () => {
  const most = Math.floor((128 * 2 ** 20) / (4 * photoSide(presets.compact) ** 2));
  expect(() => assertPhotographsFit(small, presets.compact, most)).not.toThrow();
  const refusal = (preset: typeof presets.compact, count: number) => {
    try {
      assertPhotographsFit(small, preset, count);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      return (error as Error).message;
    }
    return null;
  };
  expect(refusal(presets.compact, most + 1)).toBe(
    `${most + 1} photographs take 128 MiB with the preset compact, but the adapter Small allows 128 MiB in ` +
      `one piece: at most ${most} fit. Take fewer photographs, or an adapter with larger buffers.`,
  );
  const packed = { ...packFor(presets.compact, []), count: most + 1 };
  expect(() => uploadPhotographs(small, presets.compact, packed)).toThrow(`at most ${most} fit`);
  expect(refusal(presets.paper, 100_000)).toMatch(
    /at most 28 fit.*the preset compact, of which 367 fit, or an adapter/,
  );
});
