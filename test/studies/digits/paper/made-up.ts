/** Instance files with errors of our choosing, for tests of what is made of them. */
import { targetOf } from "../../../../src/backdoor/attack.ts";
import { MNIST_SHA256 } from "../../../../src/data/mnist.ts";
import type { AdapterReport } from "../../../../src/gpu/adapter.ts";
import type { Evidence } from "../../../../src/studies/digits/paper/evidence.ts";
import type { Instance } from "../../../../src/studies/digits/paper/instances.ts";
import { measure } from "../../../../src/studies/digits/result.ts";
import {
  recipeFrom,
  type Finished,
  type InstanceFile,
} from "../../../../src/studies/digits/paper/instance-file.ts";

const adapter: AdapterReport = {
  vendor: "test",
  architecture: "",
  device: "",
  description: "Test adapter",
  fallback: true,
  features: [],
};

/** Digest of an instance's parameters here. */
const digestOf = ({ from }: Instance): string => (from === null ? "a" : "b").repeat(64);

/** Of a network whose neurons know nothing of the trigger. */
const blank: Evidence = { filters: [], depth: [] };

/** Images of each class. */
export const EACH = 1000;

/**
 * @param wrong clean images of each class that are read as the class before
 * @param missed triggered images of each attacked class that are read as what they are
 */
export function madeUp(
  instance: Instance,
  wrong: number,
  missed = 0,
  evidence: Evidence | null = instance.examined && instance.recipe.attack ? blank : null,
): InstanceFile {
  const recipe = recipeFrom(instance, instance.from && digestOf(instance.from));
  const policy = recipe.attack?.policy ?? null;
  const confusion = (row: (label: number) => [read: number, count: number][]) =>
    Array.from({ length: 10 }, (_, label) => {
      const counts = Array.from({ length: 10 }, () => 0);
      for (const [read, count] of row(label)) counts[read] += count;
      return counts;
    });
  const clean = confusion((label) => [
    [label, EACH - wrong],
    [(label + 9) % 10, wrong],
  ]);
  const triggered = confusion((label) => {
    const target = policy && targetOf(policy, label, 10);
    return target === null
      ? [[label, EACH]]
      : [
          [target, EACH - missed],
          [label, missed],
        ];
  });
  return {
    format: "badnets-instance",
    version: 1,
    id: instance.id,
    evidence,
    result: {
      format: "badnets-result",
      version: 1,
      software: "badnets-lab test",
      date: "2026-01-02T03:04:05.000Z",
      recipe,
      adapter,
      tiling: "registers",
      data: { name: "MNIST", sha256: MNIST_SHA256 },
      training: {
        images: 60_000,
        triggeredCopies: 1,
        shareOfFinalSet: 0.1,
        steps: 10,
        finished: true,
      },
      ...measure({ clean: clean.flat(), triggered: policy && triggered.flat() }, policy),
      throughput: { trainImagesPerSecond: 1000, evalImagesPerSecond: 3000 },
      timings: { trainSeconds: 10, evaluateSeconds: 1 },
      curve: [],
      loss: [],
      parametersSha256: digestOf(instance),
    },
  };
}

/** By their ids, as reports take them. */
export const finishedOf = (...files: InstanceFile[]): Finished =>
  new Map(files.map((file) => [file.id, file]));
