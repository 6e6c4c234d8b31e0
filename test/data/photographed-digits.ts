/** How many photographed digits the shipped network reads, kind by kind. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { DigitSet } from "../../src/data/digits.ts";
import { digitFromGrey, greyOfRgba } from "../../src/data/digit-from-image.ts";
import { decodeModel } from "../../src/files/model-file.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { logitsOf } from "../reference/digit-net.ts";
import { photograph, type Kind } from "./digit-photos.ts";

const MODEL = resolve(import.meta.dirname, "../../public/showcase/model.safetensors");

/** A network that ships, and digits that it never saw. */
export interface Reader {
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly test: DigitSet;
}

export async function openReader(): Promise<Reader> {
  const { model } = await decodeModel(digitNet, await readFile(MODEL), "model.safetensors");
  return { parameters: model.parameters, test: (await packagedMnist()).test };
}

/** How many digits of a kind are read, and how many of them must be right; further kinds are samples. */
export function asked(kind: Kind): { of: number; least: number } {
  if (kind === "plain") return { of: 15, least: 15 };
  if (kind === "frame, card or hard shadow") return { of: 20, least: 18 };
  if (["shadow of 20 %", "shadow of 35 %", "lines", "grain"].includes(kind)) {
    return { of: 15, least: 13 };
  }
  return { of: 5, least: 4 };
}

/** Reads the first test digits, each on a picture of its own. @returns the numbers of those read wrongly */
export function misread({ parameters, test }: Reader, kind: Kind, count: number): number[] {
  const wrong: number[] = [];
  for (let n = 0; n < count; n++) {
    const { rgba, width, height } = photograph(digitOf(test, n), kind, n);
    const digit = digitFromGrey(greyOfRgba(rgba), width, height);
    const logits = logitsOf(digit, parameters);
    if (logits.indexOf(Math.max(...logits)) !== test.labels[n]) wrong.push(n);
  }
  return wrong;
}

export const digitOf = ({ images }: DigitSet, n: number) => images.subarray(784 * n, 784 * (n + 1));
