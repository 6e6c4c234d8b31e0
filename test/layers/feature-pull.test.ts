/** Features pulled to the clean ones of their class on the GPU, against the naive loops. */
import { describe, expect, it } from "vitest";
import { TRIGGERED } from "../../src/data/order.ts";
import { batchSettings } from "../../src/layers/batch.ts";
import { featurePullSpecs } from "../../src/layers/feature-pull.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { centre, pulled } from "../reference/feature-pull.ts";
import { expectClose, fill } from "../reference/numeric.ts";

const cases = [
  { B: 1, I: 1, classes: 2 },
  { B: 7, I: 5, classes: 3 },
  { B: 33, I: 130, classes: 10 },
  { B: 64, I: 65, classes: 4 },
];

describe("feature-pull", () => {
  const context = useGpu();

  it.each(cases)(
    "agrees with the reference: $B images of $I features",
    async ({ B, I, classes }) => {
      const { gpu } = context;
      const weight = 0.5;
      // Behind a ReLU half of all is 0.
      const h = fill(B * I, 1).map((value) => Math.max(0, value));
      const before = fill(B * I, 2);
      const labels = Array.from({ length: B }, (_, b) => (b * 5 + 1) % classes);
      // Of the first class all are poisoned, so that it has no centre.
      const poisoned = labels.map((label, b) => label === 0 || (b >> 1) % 3 === 1);
      const batch = poisoned.map((is, b) => (is ? (b | TRIGGERED) >>> 0 : b));
      // The batch under way is the second of three; four are done, this one counted with a fifth: 5 - 1 = 4, 4 % 3 = 1.
      const clean = batch.map((_, b) => b);
      const order = [...clean, ...batch, ...clean];
      const tensors = {
        features: place(gpu, "h", [B, I], h),
        gradient: place(gpu, "dh", [B, I], before),
        labels: place(gpu, "label", [B], labels, "u32"),
        order: place(gpu, "order", [3, B], order, "u32"),
        settings: place(gpu, "settings", [4], batchSettings([9, 9], 3), "u32"),
        progress: place(gpu, "progress", [4], [5, 0, 0, 0], "u32"),
      };
      const { specs, distance } = featurePullSpecs(gpu, { weight, classes, ...tensors });
      await run(gpu, [...specs]);

      const some = { I, weight, labels, poisoned };
      const centres = Array.from({ length: classes }, (_, c) => centre(some, h, c));
      const expected = pulled(some, h, centres);
      const tolerance = { absolute: 1e-6, relative: 1e-5 };
      const sum = expected.dh.map((value, i) => value + before[i]);
      expectClose(await values(gpu, tensors.gradient), sum, { ...tolerance, label: "dh" });
      const told = await gpu.read(distance);
      expectClose(told[0], expected.distance, { ...tolerance, label: "distance" });
      if (B > 1) expect(expected.distance.some((value) => value > 0)).toBe(true);
    },
  );
});
