/** The answers to the digit study's questions, on a real device, agree with each other, and long work can be ended. */
import { beforeAll, describe, expect, it } from "vitest";
import { triggerMask } from "../../../src/backdoor/trigger.ts";
import type { DigitData } from "../../../src/data/digits.ts";
import { everyImage } from "../../../src/data/order.ts";
import type { AblationMeasure, ScaledMeasure } from "../../../src/studies/digits/port.ts";
import type { NetworkSubject } from "../../../src/studies/digits/network.ts";
import { curveSizes, digitQuestions } from "../../../src/studies/digits/questions.ts";
import type { ArgumentsOf, AnswerOf } from "../../../src/studies/questions.ts";
import { TaskQueue } from "../../../src/studies/task-queue.ts";
import { Inspector } from "../../../src/inspection/inspector.ts";
import { digitNet } from "../../../src/models/digit-net.ts";
import { initialParameters } from "../../../src/models/initialise.ts";
import { useGpu } from "../../gpu.ts";
import { smallData, smallRecipe, TEST } from "../../engine/small-data.ts";

const device = useGpu();
const parameters = initialParameters(digitNet, 3);
let data: DigitData;
let inspector: Inspector;
let subject: NetworkSubject;
beforeAll(async () => {
  data = await smallData();
  const trigger = triggerMask(smallRecipe.attack!.trigger.pixels, 28);
  inspector = await Inspector.build(device.gpu, {
    network: digitNet,
    classes: 10,
    test: data.test,
    trigger,
  });
  const queue = new TaskQueue();
  subject = {
    source: { digits: () => data },
    view: async () =>
      await Promise.resolve({
        recipe: smallRecipe,
        origin: { data: data.name, dataSha256: data.sha256 },
        file: null,
        inspector,
        queue,
        parameters: () => ({ values: parameters }),
        gradients: async () => await Promise.resolve(null),
        step: 12,
        version: 5,
      }),
  };
});

type Table = Pick<
  typeof digitQuestions,
  "look" | "readings" | "weights" | "neurons" | "measureScaled" | "ablationCurve" | "predictions"
>;

async function ask<Name extends keyof Table>(
  name: Name,
  args: ArgumentsOf<Table[Name]>,
  asking: { signal?: AbortSignal; onProgress?: (progress: any) => void } = {},
): Promise<AnswerOf<Table[Name]>> {
  const { signal = new AbortController().signal, onProgress = () => undefined } = asking;
  return (await digitQuestions[name](subject, args as never, { signal, onProgress })) as never;
}

describe("a look", () => {
  it("at a test image shows its label, and probabilities that add up", async () => {
    const look = await ask("look", { image: 13, scaled: [] });
    expect([look.image, look.label, look.version]).toEqual([13, 3, 5]);
    for (const side of ["clean", "triggered"] as const) {
      expect(look.probabilities[side].reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    }
    expect(look.pixels.triggered[26 * 28 + 26]).toBe(1);
  });

  it("at the drawn digit shows what was drawn, and no label", async () => {
    const look = await ask("look", { image: new Uint8Array(784).fill(51), scaled: [] });
    expect([look.image, look.label]).toEqual([null, null]);
    expect(look.pixels.clean.every((value) => Math.abs(value - 0.2) < 1e-6)).toBe(true);
  });
});

describe("readings of several images", () => {
  it("are those of looks at each of them", async () => {
    const { clean, triggered, step } = await ask("readings", { images: [3, 17, 3], scaled: [] });
    expect(step).toBe(12);
    const looks = await Promise.all(
      [3, 17, 3].map(async (image) => await ask("look", { image, scaled: [] })),
    );
    expect([...clean]).toEqual(looks.flatMap(({ probabilities }) => [...probabilities.clean]));
    expect([...triggered]).toEqual(
      looks.flatMap(({ probabilities }) => [...probabilities.triggered]),
    );
  });
});

describe("switched neurons", () => {
  const ranking = Array.from({ length: 32 }, (_, channel) => ({ layer: "conv2", channel }));

  it("are measured on a sample, then on all, and agree with the curve's ends", async () => {
    const ends: AblationMeasure[] = [];
    for (const off of [[], ranking]) {
      const scaled = off.map((neuron) => ({ ...neuron, factor: 0 }));
      const told: ScaledMeasure[] = [];
      const onProgress = (measure: ScaledMeasure) => told.push(measure);
      const last = await ask("measureScaled", { scaled }, { onProgress });
      expect(told).toHaveLength(1);
      // Beside the unchanged network, on the same images.
      const [{ unchanged, ...changed }] = told;
      if (off.length === 0) expect(changed).toEqual(unchanged);
      else expect(unchanged).toEqual(ends[0]);
      expect(last.images).toBe(TEST);
      const { unchanged: none, ...end } = last;
      expect(none).toBeNull();
      ends.push(end);
    }
    const { points, images } = await ask("ablationCurve", { ranking });
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

  it("that do not exist are refused", async () => {
    const scaled = [{ layer: "fc1", channel: 512, factor: 0 }];
    for (const asked of [ask("look", { image: 0, scaled }), ask("measureScaled", { scaled })]) {
      await expect(asked).rejects.toThrow("there is no neuron 512 of fc1");
    }
  });

  it("show in the weights, and leave the network as it is", async () => {
    const scaled = [{ layer: "fc1", channel: 7, factor: 0 }];
    const row = async (off: typeof scaled) =>
      (await ask("weights", { what: "values", scaled: off }))
        .find(({ label }) => label === "fc1")!
        .w.subarray(7 * 512, 8 * 512);
    expect((await row(scaled)).every((value) => value === 0)).toBe(true);
    expect(await row([])).toEqual(parameters.get("fc1.w")!.subarray(7 * 512, 8 * 512));
  });
});

describe("a walk through the test set", () => {
  it("predicts what the evaluation counts", async () => {
    const { labels, clean } = await ask("predictions", { scaled: [] });
    const confusion = new Uint32Array(100);
    for (const [i, label] of labels.entries()) confusion[10 * label + clean[i]] += 1;
    expect(confusion).toEqual(
      await inspector.evaluate(
        { parameters: () => ({ values: parameters }), scaled: [] },
        everyImage(TEST),
      ),
    );
  });

  it("measures neurons over one class", async () => {
    const report = await ask("neurons", { label: 7, scaled: [] });
    expect([report.images, report.label, report.neurons.length]).toEqual([2, 7, 560]);
  });

  it("is ended by its signal", async () => {
    const ending = new AbortController();
    const work = ask("predictions", { scaled: [] }, { signal: ending.signal });
    ending.abort();
    await expect(work).rejects.toMatchObject({ name: "Cancelled" });
  });

  it("is ended by a later one of its kind", async () => {
    const [earlier, later] = await Promise.allSettled([
      ask("measureScaled", { scaled: [] }),
      ask("measureScaled", { scaled: [] }),
    ]);
    expect(earlier).toMatchObject({ status: "rejected", reason: { name: "Cancelled" } });
    expect(later).toMatchObject({ status: "fulfilled", value: { images: TEST } });
  });
});

describe("a queue of tasks", () => {
  it("does one after the other in the order of asking, also after one that failed", async () => {
    const queue = new TaskQueue();
    const { signal } = new AbortController();
    const seen: string[] = [];
    const work = (name: string) => async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (name === "a") throw new Error("a failed");
    };
    await Promise.allSettled(["a", "b", "c"].map((name) => queue.do(name, signal, work(name))));
    expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("that is closed ends what goes on, and takes no more", async () => {
    const queue = new TaskQueue();
    const { signal } = new AbortController();
    const going = queue.do("a", signal, async (ended) => {
      await new Promise((resolve) => ended.addEventListener("abort", resolve));
    });
    const ended = expect(going).rejects.toMatchObject({ name: "Cancelled" });
    await queue.close();
    await ended;
    await expect(queue.do("b", signal, async () => {})).rejects.toMatchObject({
      name: "Cancelled",
    });
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
