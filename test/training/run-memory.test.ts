/** A run takes its memory when it begins, and no more however long it goes on. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, it } from "vitest";
import { everyImage } from "../../src/data/order.ts";
import { Devices, digitRun, IMAGES, record } from "./small-runs.ts";

const devices = new Devices();
afterAll(() => devices.close());

describe("the memory of a run", () => {
  it("is allocated when the trainer is built, and never during its steps", async () => {
    const made: string[] = [];
    const live = new Set<GPUBuffer>();
    const { task } = digitRun({
      stepsPerEpoch: 100,
      totalSteps: 400,
      probeEvery: 100,
      orderOf: repeated(100),
    });
    const { run } = record(devices.lend, task, null, {
      onTrainer: ({ gpu: { device } }) => {
        const create = device.createBuffer.bind(device);
        device.createBuffer = (descriptor) => {
          const buffer = create(descriptor);
          made.push(descriptor.label ?? "");
          live.add(buffer);
          const destroy = buffer.destroy.bind(buffer);
          buffer.destroy = () => {
            live.delete(buffer);
            return destroy();
          };
          return buffer;
        };
      },
    });
    const start = performance.now();
    await run.run();
    const seconds = (performance.now() - start) / 1000;
    expect(new Set(made)).toEqual(new Set(["readback"]));
    expect(live.size).toBe(0);
    // An epoch's end reads the metrics twice, two evaluations and a state; reports come five a second.
    expect(made.length).toBeLessThanOrEqual(4 * 5 + 1 + 5 * seconds);
  });

  it("stays flat over thousands of steps", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const measured: { step: number; rss: number; heap: number; external: number }[] = [];
    const small = { clean: everyImage(2), triggered: null };
    const { task } = digitRun({
      batch: 2,
      stepsPerEpoch: 1000,
      totalSteps: 6000,
      probeEvery: 1000,
      evaluation: small,
      probe: small,
      orderOf: repeated(2000 / 16),
    });
    const { run } = record(devices.lend, task, null, {
      onEvaluation: ({ step }) => {
        collect();
        const { rss, heapUsed, external } = process.memoryUsage();
        measured.push({ step, rss, heap: heapUsed, external });
      },
    });
    await run.run();
    expect(measured).toHaveLength(6);
    const [, early] = measured;
    const late = measured.at(-1)!;
    // Over 4,000 steps; the metrics of a step are two numbers.
    expect((late.heap - early.heap) / 2 ** 20).toBeLessThan(2);
    expect((late.external - early.external) / 2 ** 20).toBeLessThan(2);
    // The driver takes and gives back tens of MB at a time, which one or two evaluations may see; a leak
    // of each step grows from every one of them to the next. At 10 kB a step it would be 10 MB.
    const growth = measured.slice(1).map(({ rss }, i) => (rss - measured[i].rss) / 2 ** 20);
    expect(
      growth.toSorted((a, b) => a - b)[2],
      `MB in a thousand steps: ${growth.join(", ")}`,
    ).toBeLessThan(10);
  });
});

/** An order of `batches` batches of 16 images, the same ones over and over. */
function repeated(batches: number): (epoch: number) => Uint32Array<ArrayBuffer> {
  return () => Uint32Array.from({ length: 16 * batches }, (_, i) => i % IMAGES);
}
