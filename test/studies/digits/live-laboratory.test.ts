/** The laboratory's answers on a real device agree with each other, and long work can be ended. */
import { beforeAll, describe, expect, it } from "vitest";
import { triggerMask } from "../../../src/backdoor/trigger.ts";
import type { DigitData } from "../../../src/data/digits.ts";
import { everyImage } from "../../../src/data/order.ts";
import { DRAWN, type AblationMeasure } from "../../../src/studies/digits/port.ts";
import { curveSizes, LiveLaboratory } from "../../../src/studies/digits/live-laboratory.ts";
import { TaskLine } from "../../../src/studies/task-queue.ts";
import { Inspector } from "../../../src/inspection/inspector.ts";
import { digitNet } from "../../../src/models/digit-net.ts";
import { initialParameters } from "../../../src/models/initialise.ts";
import { useGpu } from "../../gpu.ts";
import { smallData, smallRecipe, TEST } from "../../engine/small-data.ts";

const device = useGpu();
const parameters = initialParameters(digitNet, 3);
const nothing = () => undefined;
let data: DigitData;
let inspector: Inspector;
let lab: LiveLaboratory;
let changes = 0;
beforeAll(async () => {
  data = await smallData();
  const trigger = triggerMask(smallRecipe.attack!.trigger.pixels, 28);
  inspector = await Inspector.build(device.gpu, {
    network: digitNet,
    classes: 10,
    test: data.test,
    trigger,
  });
  lab = new LiveLaboratory(
    inspector,
    data,
    () => ({
      policy: { kind: "all-to-all" },
      parameters: () => Promise.resolve(parameters),
      gradients: () => null,
      tensor: () => Promise.reject(new Error("nothing trains here")),
    }),
    () => changes,
    () => (changes += 1),
  );
});

describe("a look", () => {
  it("at a test image shows its label, and probabilities that add up", async () => {
    const look = await lab.look(13);
    expect([look.image, look.label]).toEqual([13, 3]);
    for (const side of ["clean", "triggered"] as const) {
      expect(look.probabilities[side].reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    }
    expect(look.pixels.triggered[26 * 28 + 26]).toBe(1);
  });

  it("at the drawn digit shows what was drawn, and no label", async () => {
    const before = changes;
    await lab.draw(new Uint8Array(784).fill(51));
    const look = await lab.look(DRAWN);
    expect([look.image, look.label, look.version]).toEqual([DRAWN, null, before + 1]);
    expect(look.pixels.clean.every((value) => Math.abs(value - 0.2) < 1e-6)).toBe(true);
  });
});

describe("switched neurons", () => {
  const ranking = Array.from({ length: 32 }, (_, channel) => ({ layer: "conv2", channel }));

  it("are measured on a sample, then on all, and agree with the curve's ends", async () => {
    const ends: AblationMeasure[] = [];
    for (const off of [[], ranking]) {
      await lab.scale(off.map((neuron) => ({ ...neuron, factor: 0 })));
      const told: AblationMeasure[] = [];
      const last = await lab.measureScaled((measure) => told.push(measure));
      expect(told).toHaveLength(1);
      expect(last.images).toBe(TEST);
      ends.push(last);
    }
    await lab.scale([]);
    const { points, images } = await lab.ablationCurve(ranking, nothing);
    expect(images).toBe(TEST);
    expect(points.map(({ n }) => n)).toEqual(curveSizes(32));
    for (const [point, end] of [
      [points[0], ends[0]],
      [points.at(-1)!, ends[1]],
    ] as const) {
      expect(point.cleanAccuracy).toBe(end.cleanAccuracy);
      expect(point.attackSuccess).toBe(end.attackSuccess);
    }
    // With all of a layer off, every image is read alike: a tenth of them rightly.
    expect(ends[1].cleanAccuracy).toBeCloseTo(0.1, 9);
  });

  it("that do not exist are refused, and those before them stay", async () => {
    const scale = [{ layer: "fc1", channel: 512, factor: 0 }];
    await expect(lab.scale(scale)).rejects.toThrow("there is no neuron 512 of fc1");
  });
});

describe("a walk through the test set", () => {
  it("predicts what the evaluation counts", async () => {
    const { labels, clean } = await lab.predictions(nothing);
    const confusion = new Uint32Array(100);
    for (const [i, label] of labels.entries()) confusion[10 * label + clean[i]] += 1;
    expect(confusion).toEqual(await inspector.evaluate(parameters, everyImage(TEST)));
  });

  it("measures neurons over one class", async () => {
    const report = await lab.neurons(7, nothing);
    expect([report.images, report.label, report.neurons.length]).toEqual([2, 7, 560]);
  });

  it("is ended by cancel", async () => {
    const work = lab.predictions(nothing);
    await lab.cancel();
    await expect(work).rejects.toMatchObject({ name: "Cancelled" });
  });

  it("is ended by a later one of its kind", async () => {
    const [earlier, later] = await Promise.allSettled([
      lab.measureScaled(nothing),
      lab.measureScaled(nothing),
    ]);
    expect(earlier).toMatchObject({ status: "rejected", reason: { name: "Cancelled" } });
    expect(later).toMatchObject({ status: "fulfilled", value: { images: TEST } });
  });
});

describe("a line of tasks", () => {
  it("does one after the other in the order of asking, also after one that failed", async () => {
    const line = new TaskLine();
    const seen: string[] = [];
    const work = (name: string) => async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (name === "a") throw new Error("a failed");
    };
    await Promise.allSettled(["a", "b", "c"].map((name) => line.do(name, work(name))));
    expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });
});

describe("the curve's sizes", () => {
  it("grow from none to all", () => {
    for (const most of [0, 1, 2, 17, 512]) {
      const sizes = curveSizes(most);
      expect([sizes[0], sizes.at(-1)]).toEqual([0, most]);
      expect(sizes.every((n, i) => i === 0 || n > sizes[i - 1])).toBe(true);
    }
    expect(curveSizes(512).length).toBeLessThan(30);
  });
});
