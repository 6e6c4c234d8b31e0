/** A search on the shipped BadNet, which reads triggered digits as the next one: short, but long enough to find it. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { untargetedCleanse } from "../../src/defences/untargeted-cleanse.ts";
import { decodeModel } from "../../src/files/model-file.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { useGpu } from "../gpu.ts";

const context = useGpu();

it("finds a few pixels that make nearly all digits wrong", async () => {
  const bytes = await readFile("public/showcase/model.safetensors");
  const { model } = await decodeModel(digitNet, bytes, "model.safetensors");
  const subject = { description: digitNet, parameters: model.parameters };
  const { test } = await packagedMnist();
  const options = { seed: 1, steps: 120, images: 16 };
  const found = await untargetedCleanse(context.gpu, subject, test, options);
  expect(found.l1).toBeLessThan(8);
  expect(found.success).toBeGreaterThan(0.85);
  expect(found.flagged).toBe(true);
  expect(found.passes).toBe(1920);
});
