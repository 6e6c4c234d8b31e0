/** Each shader has naive loops to be compared with, and a test that does so. */
import { describe, expect, it } from "vitest";

/**
 * Which file of test/reference holds a shader's naive float64 loops; null where it follows no formula, and
 * properties of what it makes are tested. A new shader joins here.
 */
const references: Record<string, string | null> = {
  adam: "adam",
  anchors: "boxes",
  "average-pool": "pool",
  batch: "augment",
  ceilings: "ceilings",
  conv2d: "conv2d",
  "conv2d-quad": "conv2d",
  dense: "dense",
  "dense-quad": "dense",
  detections: "detections",
  "detector-loss": "detector-loss",
  dropout: "dropout",
  evaluate: "evaluate",
  "feature-pull": "feature-pull",
  "max-pool": "pool",
  nms: "boxes",
  normalise: "normalise",
  perturbation: "perturbation",
  regions: "boxes",
  "roi-pool": "roi-pool",
  scale: "scale",
  "scene-draw": null,
  "scene-layout": null,
  select: "select",
  sgd: "sgd",
  "softmax-cross-entropy": "softmax-cross-entropy",
  statistics: "statistics",
  "trigger-blend": "trigger-blend",
  "trigger-loss": "trigger-loss",
  "trigger-schedule": "trigger-schedule",
  unblock: "unblock",
};

const shaders = Object.keys(import.meta.glob("../../shaders/*.wgsl"));
/** The host halves of the shaders. */
const hosts = import.meta.glob<string>("../../src/{gpu,layers}/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});
/** The tests of what they compute. */
const tests = import.meta.glob<string>(["../{gpu,layers}/*.test.ts", "!../gpu/shaders.test.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

describe("every shader", () => {
  const names = shaders.map((path) => path.split("/").at(-1)!.replace(".wgsl", ""));

  it("has its row in the table of references, and no other has", () => {
    expect(Object.keys(references).toSorted()).toEqual(names.toSorted());
  });

  it.each(names)(
    "%s is run by a test that imports its layer, and its reference beside it",
    (name) => {
      const host = Object.keys(hosts).find((path) => hosts[path].includes(`/${name}.wgsl?raw"`))!;
      const reference = references[name];
      const imports = reference === null ? [host] : [host, `../reference/${reference}.ts`];
      const comparing = Object.keys(tests).filter((path) =>
        imports.every((one) => tests[path].includes(`from "${one}"`)),
      );
      expect(comparing).not.toEqual([]);
    },
  );
});
