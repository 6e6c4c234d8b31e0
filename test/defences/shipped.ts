/** The BadNet that ships, and a few test images, for tests of defences. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { triggerMask, triggerPresets } from "../../src/backdoor/trigger.ts";
import type { KnownAttack } from "../../src/defences/defence.ts";
import { decodeModel } from "../../src/files/model-file.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { packagedMnist } from "../../src/node/files.ts";

/** A network at a path of the project. */
export async function networkAt(path: string) {
  const file = resolve(import.meta.dirname, "../..", path);
  const { model } = await decodeModel(digitNet, await readFile(file), file);
  return { description: digitNet, parameters: model.parameters };
}

export const shippedBadNet = async () => await networkAt("public/showcase/model.safetensors");

/** The attack that it was trained with. */
export const shippedAttack: KnownAttack = {
  trigger: triggerMask(triggerPresets.pattern, 28),
  policy: { kind: "all-to-all" },
};

/** The first of MNIST's test images. */
export async function testImages(count: number) {
  const { images, labels } = (await packagedMnist()).test;
  return { images: images.slice(0, count * 784), labels: labels.slice(0, count), count };
}
