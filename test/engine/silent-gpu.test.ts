/** A GPU that never answers is given up, the reader is told, and what went on goes on with another device. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { DeviceHolder } from "../../src/engine/device.ts";
import type { DigitTypes } from "../../src/studies/digits/types.ts";
import type { Harness } from "./harness.ts";
import { smallRecipe } from "./small-data.ts";
import { smallDigits } from "./small-studies.ts";

/** What a device on a CPU is given, in seconds. */
const PATIENCE = 900;

let lab: Harness<DigitTypes>;
beforeAll(async () => (lab = await smallDigits.open()));
afterAll(async () => await lab.close());
afterEach(() => void vi.useRealTimers());

const never = async () => await new Promise<never>(() => {});

/** From now on the latest device answers nothing. @returns it */
function hush(): GPUDevice {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const device = lab.devices.at(-1)!;
  const { queue } = device;
  queue.onSubmittedWorkDone = never;
  Object.defineProperty(device, "queue", { value: queue });
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => Object.assign(create(descriptor), { mapAsync: never });
  return device;
}

/** Lets the engine wait for an answer of this device until it gives up. */
async function outwait(silent: GPUDevice): Promise<void> {
  await vi.waitUntil(() => vi.getTimerCount() > 0, { timeout: 60_000 });
  vi.advanceTimersByTime(1000 * (PATIENCE - 1));
  expect(lab.devices.at(-1)).toBe(silent);
  vi.advanceTimersByTime(1000);
}

const told = () => lab.latest!.notices.map(({ text }) => text);

describe("a GPU that never answers", () => {
  it("is replaced while a run goes on, which ends in the same bits", async () => {
    await lab.engine.start(smallRecipe);
    await lab.untilRun("finished");
    const digest = async () =>
      (
        JSON.parse((await lab.engine.save("result")).content as string) as {
          parametersSha256: string;
        }
      ).parametersSha256;
    const undisturbed = await digest();

    await lab.startPaused(smallRecipe);
    await lab.engine.step("batch");
    await lab.untilRun("paused", 1);
    await lab.untilReady();
    const silent = hush();
    lab.engine.resume();
    await outwait(silent);
    await lab.until(({ notices }) => notices.length > 0);
    expect(told()).toEqual([
      `The GPU device gave no answer for ${PATIENCE} seconds; the run goes on from step 1 on a new one.`,
    ]);
    await lab.untilRun("finished");
    expect(await digest()).toBe(undisturbed);
  });

  it("is replaced while nothing runs, and the next look is answered", async () => {
    const { id } = await lab.untilReady();
    const silent = hush();
    const looking = lab.ask("look", { image: 0, scaled: [] });
    const refused = expect(looking).rejects.toMatchObject({ name: "GpuError" });
    await outwait(silent);
    await refused;
    await lab.untilReady(id);
    expect(told().at(-1)).toBe(
      `The GPU device gave no answer for ${PATIENCE} seconds; another one takes its place.`,
    );
    expect((await lab.ask("look", { image: 0, scaled: [] })).label).toBe(0);
  });

  it("when it is asked for a device is not asked again and again", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    let asked = 0;
    const entry = {
      requestAdapter: async () => {
        asked += 1;
        return await never();
      },
    } as unknown as GPU;
    const onRefused = vi.fn();
    const holder = new DeviceHolder(entry, {
      onError: () => undefined,
      onLost: () => undefined,
      onRefused,
    });
    const refused = expect(holder.get()).rejects.toMatchObject({ problem: "silent" });
    vi.advanceTimersByTime(60_000);
    await refused;
    expect(asked).toBe(1);
    expect(onRefused).toHaveBeenCalledOnce();
    expect(holder.refusal).toContain("no answer for 60 seconds");
  });
});
