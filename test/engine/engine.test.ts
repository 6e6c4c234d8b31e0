/** The engine behind the page, on a real device: runs are stepped, rewound, replaced, saved and taken up. */
import { create } from "webgpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import type { RunView, Snapshot } from "../../src/studies/digits/port.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { decodeModel } from "../../src/files/model-file.ts";
import { readSafetensors, writeSafetensors } from "../../src/files/safetensors.ts";
import { userError } from "../data/samples.ts";
import { smallFiles, smallRecipe, TEST } from "./small-data.ts";

const STEPS = 20;
const PER_EPOCH = 10;

/** Every device that the engine has opened, the latest last. */
const devices: GPUDevice[] = [];
let engine: Engine;
let latest: Snapshot | undefined;
let waiting: { holds: (snapshot: Snapshot) => boolean; done: (snapshot: Snapshot) => void }[] = [];

/** The next snapshot of which something holds. */
async function until(holds: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  if (latest && holds(latest)) return latest;
  return await new Promise((done) => waiting.push({ holds, done }));
}

/** The run once it is in this phase, at this step. */
async function untilRun(phase: RunView["phase"], step?: number): Promise<RunView> {
  const { run } = await until(
    ({ run }) => run?.phase === phase && (step === undefined || run.step === step),
  );
  return run!;
}

/** Once the network on view can be looked at. */
const untilLookable = async () => (await until(({ subject }) => subject !== null)).subject!;

/** The cursor once the run rests there. */
async function untilCursor(cursor: number): Promise<RunView> {
  return (await until(({ run }) => run?.stepping?.cursor === cursor)).run!;
}

/** Forgets the latest snapshot, so that `until` waits for one that is made from now on. */
async function anew(): Promise<void> {
  latest = undefined;
  // Any change publishes a snapshot.
  engine.setPace(null);
  await until(() => true);
}

beforeAll(async () => {
  // Makes Dawn's driver available to this process.
  (await openInNode()).destroy();
  const dawn = create([]);
  const entry = {
    requestAdapter: async (options?: GPURequestAdapterOptions) => {
      const adapter = (await dawn.requestAdapter(options))!;
      const { limits, features, info } = adapter;
      const requestDevice = async (descriptor?: GPUDeviceDescriptor) => {
        const device = await adapter.requestDevice(descriptor);
        devices.push(device);
        return device;
      };
      return { limits, features, info, requestDevice };
    },
  } as unknown as GPU;
  engine = new Engine(entry);
  const opened = await engine.open((snapshot) => {
    latest = snapshot;
    const met = waiting.filter(({ holds }) => holds(snapshot));
    waiting = waiting.filter((one) => !met.includes(one));
    for (const { done } of met) done(snapshot);
  });
  expect(opened).toEqual({ ok: true });
  await engine.loadFiles(smallFiles());
});

afterAll(async () => {
  engine.stop();
  await until(({ run }) => run?.phase !== "measuring");
  for (const device of devices) device.destroy();
});

/** Starts in place of whatever goes on, and rests before the first kernel. */
async function startPaused(recipe = smallRecipe): Promise<RunView> {
  await engine.start(recipe, { paused: true, restart: true });
  latest = undefined;
  return await untilCursor(0);
}

/** Digest of the parameters that the undisturbed run ends with. */
let undisturbed: string;

describe("before there is a run", () => {
  it("what needs one is refused with what to do", async () => {
    expect(await userError(() => engine.step("kernel"))).toContain("start one first");
    expect(await userError(() => engine.rewind(0))).toContain("No state of step 0");
    expect(await userError(() => engine.modelFile())).toContain("no network to save");
    expect(await userError(() => engine.checkpoint())).toContain("start one first");
    expect(await userError(() => engine.result())).toContain("start one first");
    expect(await userError(() => engine.lab.look(0))).toContain("no network to look at");
    expect((await until(() => true)).subject).toBeNull();
  });
});

describe("a run", () => {
  it("goes to its end, and is refused company meanwhile", async () => {
    const starts = await Promise.allSettled([engine.start(smallRecipe), engine.start(smallRecipe)]);
    expect(starts.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(await userError(() => engine.start(smallRecipe))).toBe(
      "A run is going on and stays as it is: stop it first, then start again.",
    );
    expect(await userError(() => engine.loadFiles(smallFiles()))).toContain("drop the files again");
    const run = await untilRun("finished");
    expect(run).toMatchObject({ step: STEPS, totalSteps: STEPS, stepsPerEpoch: PER_EPOCH });
    expect(run.measured!.step).toBe(STEPS);
    // A slow run keeps more states on its way.
    expect(run.rewindable).toEqual(expect.arrayContaining([0, PER_EPOCH, STEPS]));
    undisturbed = (await engine.result()).parametersSha256;
  });

  it("that is over cannot be stepped", async () => {
    expect(await userError(() => engine.step("batch"))).toContain("rewind it first");
  });

  it("goes back to the end of an epoch, and ends in the same bits", async () => {
    await engine.rewind(PER_EPOCH);
    latest = undefined;
    const run = await untilRun("paused", PER_EPOCH);
    expect(run.stepping!.cursor).toBe(0);
    expect(run.loss.steps).toBe(PER_EPOCH);
    expect(run.points.at(-1)).toMatchObject({ step: PER_EPOCH, kind: "epoch" });
    engine.resume();
    await untilRun("finished");
    expect((await engine.result()).parametersSha256).toBe(undisturbed);
  });

  it("cannot go back to a step that is not kept, and stays as it was", async () => {
    expect(await userError(() => engine.rewind(3))).toContain("No state of step 3 is kept");
    expect((await engine.result()).parametersSha256).toBe(undisturbed);
  });
});

describe("stepping", () => {
  it("begins before the first kernel, and shows what each kernel wrote", async () => {
    const run = await startPaused();
    expect(run.step).toBe(0);
    expect(run.stepping!.dispatches).toHaveLength(14);
    await untilLookable();
    for (const cursor of [1, 2]) {
      const { writes } = run.stepping!.dispatches[cursor - 1];
      const [before] = await Promise.all(writes.map(({ label }) => engine.lab.tensor(label)));
      await engine.step("kernel");
      await untilCursor(cursor);
      const after = await engine.lab.tensor(writes[0].label);
      expect(after.shape).toEqual(writes[0].shape);
      expect(after.values).not.toEqual(before.values);
    }
  });

  it("goes on by layers, both gradients of one together, to the end of the step", async () => {
    const cursors = [3, 4, 5, 6, 8, 10, 12, 13, 0];
    for (const cursor of cursors) {
      await engine.step("layer");
      await untilCursor(cursor);
    }
    expect((await untilRun("paused", 1)).step).toBe(1);
  });

  it("goes on by batches, also out of the middle of one", async () => {
    await engine.step("batch");
    await untilRun("paused", 2);
    await engine.step("kernel");
    await untilCursor(1);
    await engine.step("batch");
    const run = await untilRun("paused", 3);
    expect(run.stepping!.cursor).toBe(0);
  });

  it("goes on by epochs, and ends in the bits of a run that nobody stepped through", async () => {
    await engine.step("epoch");
    const run = await untilRun("paused", PER_EPOCH);
    expect(run.measured!.step).toBe(PER_EPOCH);
    await engine.step("epoch");
    await untilRun("finished");
    expect((await engine.result()).parametersSha256).toBe(undisturbed);
  });

  it("of a run that is only just starting goes one whole unit", async () => {
    await engine.start(smallRecipe, { paused: true });
    latest = undefined;
    await engine.step("batch");
    const run = await untilRun("paused", 1);
    expect(run.stepping!.cursor).toBe(0);
  });

  it("of a run that goes on pauses it first", async () => {
    engine.setPace(4);
    engine.resume();
    await untilRun("training");
    const before = latest!.run!.step;
    await engine.step("batch");
    await until(({ run }) => run!.phase === "paused" && run!.step > before);
    // It rests: a kernel goes on from there and no further.
    await engine.step("kernel");
    const run = await untilCursor(1);
    expect(run.step - before).toBeLessThanOrEqual(3);
  });
});

describe("a pace", () => {
  it("slows a run down, and is lifted again", async () => {
    await startPaused();
    engine.setPace(20);
    expect((await until(({ run }) => run!.pace === 20)).run!.pace).toBe(20);
    const start = performance.now();
    engine.resume();
    await until(({ run }) => run!.step >= 5);
    expect(performance.now() - start).toBeGreaterThan(190);
    engine.setPace(null);
    await untilRun("finished");
    expect((await engine.result()).parametersSha256).toBe(undisturbed);
  });
});

describe("starting in place of a run", () => {
  it("ends that one and begins afresh", async () => {
    await startPaused();
    await engine.step("batch");
    await untilRun("paused", 1);
    const run = await startPaused({ ...smallRecipe, seed: 6 });
    expect([run.step, run.recipe.seed, run.rewindable]).toEqual([0, 6, [0]]);
  });

  it("leaves that one as it is when the new recipe cannot be run", async () => {
    const message = await userError(() =>
      engine.start({ ...smallRecipe, batch: 5000 }, { restart: true }),
    );
    expect(message).toContain("A batch of 5000 is larger than the training set");
    await anew();
    expect(latest!.run).toMatchObject({ phase: "paused", step: 0 });
    await engine.step("batch");
    await untilRun("paused", 1);
  });

  it("twice at once leaves one run, the later one", async () => {
    const before = latest!.subject?.id ?? 0;
    await Promise.all(
      [7, 8].map((seed) => engine.start({ ...smallRecipe, seed }, { paused: true, restart: true })),
    );
    latest = undefined;
    const run = await untilCursor(0);
    expect(run.recipe.seed).toBe(8);
    await engine.step("batch");
    await untilRun("paused", 1);
    expect((await untilLookable()).id).toBeGreaterThan(before);
    expect(latest!.notices).toEqual([]);
  });

  it("while the network is being measured ends that without a complaint of the GPU", async () => {
    await untilLookable();
    const measuring = engine.lab.predictions(() => undefined).catch((error: Error) => error.name);
    const looking = engine.lab.look(1).catch((error: Error) => error.name);
    await startPaused();
    expect(await measuring).toBe("Cancelled");
    await looking;
    await untilLookable();
    await engine.lab.look(1);
    await anew();
    expect(latest!.notices).toEqual([]);
  });
});

describe("files", () => {
  let model: Uint8Array;
  let checkpoint: Uint8Array;
  const file = (name: string, bytes: Uint8Array) => ({ name, bytes });

  it("hold the network as it stands, and where the run stands", async () => {
    await startPaused();
    await engine.step("epoch");
    await untilRun("paused", PER_EPOCH);
    await untilLookable();
    model = await engine.modelFile();
    checkpoint = engine.checkpoint();
    const { model: read, recipe } = decodeModel(digitNet, model, "model");
    expect(recipe).toEqual(smallRecipe);
    expect(read.step).toBe(PER_EPOCH);
    const [conv1] = await engine.lab.weights("values");
    expect(read.parameters.get("conv1.w")).toEqual(conv1.w);
  });

  it("are refused while a run goes on", async () => {
    for (const bytes of [model, checkpoint]) {
      const message = await userError(() => engine.take(file("a", bytes)));
      expect(message).toContain("A run is going on and stays as it is");
    }
    expect((await untilRun("paused", PER_EPOCH)).step).toBe(PER_EPOCH);
    engine.stop();
    await untilRun("stopped");
  });

  it("that are bad are refused by name, and nothing is lost", async () => {
    const { tensors, metadata } = readSafetensors(checkpoint, "checkpoint");
    const foreign = writeSafetensors(tensors, { ...metadata, dataSha256: "0" });
    const { format, ...rest } = metadata;
    const bad = [
      [new Uint8Array(3), "is not a usable safetensors file"],
      [model.subarray(0, model.length - 4), "is not a usable safetensors file"],
      [writeSafetensors(tensors, rest), `expected "${format}"`],
      [writeSafetensors(tensors, { ...metadata, format: "badnets-model", step: "x" }), "step"],
      [writeSafetensors(tensors, { ...metadata, recipe: "{}" }), "The recipe's"],
      [foreign, "was trained on other data"],
    ] as const;
    for (const [bytes, reason] of bad) {
      expect(await userError(() => engine.take(file("bad", bytes)))).toContain(reason);
    }
    await anew();
    expect(latest!.run).toMatchObject({ phase: "stopped", step: PER_EPOCH });
    expect(engine.checkpoint()).toEqual(checkpoint);
  });

  it("of a model put it on view in the run's place", async () => {
    expect(await engine.take(file("model", model))).toEqual(smallRecipe);
    // Before anything can be looked at, it can be saved again.
    expect(readSafetensors(await engine.modelFile(), "again").tensors).toEqual(
      readSafetensors(model, "model").tensors,
    );
    await until(({ run, subject }) => run === null && subject !== null);
    const { subject } = latest!;
    expect(subject).toMatchObject({ kind: "file", step: PER_EPOCH, recordedOn: null });
    const look = await engine.lab.look(3);
    expect(look.probabilities.clean.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(await engine.lab.weights("gradients")).toEqual([]);
    expect(await userError(() => engine.lab.tensor("conv1.w"))).toContain("no training step");
    expect(await userError(() => engine.checkpoint())).toContain("start one first");
  });

  it("of a checkpoint go on to the bits of the undisturbed run", async () => {
    expect(await engine.take(file("checkpoint", checkpoint))).toEqual(smallRecipe);
    latest = undefined;
    const run = await untilRun("finished");
    // A slow run keeps more states on its way.
    expect(run.rewindable).toEqual(expect.arrayContaining([0, PER_EPOCH, STEPS]));
    expect((await engine.result()).parametersSha256).toBe(undisturbed);
    expect((await untilLookable()).kind).toBe("run");
  });
});

describe("the loss of the device", () => {
  it("while somebody looks leaves a laboratory on another one, with the same answers", async () => {
    const before = await engine.lab.look(7);
    const { id } = await untilLookable();
    devices.at(-1)!.destroy();
    await until(({ subject }) => subject !== null && subject.id > id);
    const after = await engine.lab.look(7);
    expect(after.probabilities).toEqual(before.probabilities);
    expect((await engine.lab.images([TEST - 1])).length).toBe(784);
    expect(devices).toHaveLength(2);
  });

  it("while a run rests leaves it resting at the last kept step, and says so", async () => {
    await startPaused();
    await engine.step("batch");
    await untilRun("paused", 1);
    const { id } = await untilLookable();
    devices.at(-1)!.destroy();
    await until(
      ({ subject, notices }) => notices.length > 0 && subject !== null && subject.id > id,
    );
    expect(latest!.notices[0].text).toContain(
      "The GPU device was lost; the run goes on from step 1",
    );
    await untilRun("paused", 1);
    await engine.step("epoch");
    await untilRun("paused", PER_EPOCH);
    engine.resume();
    await untilRun("finished");
    expect((await engine.result()).parametersSha256).toBe(undisturbed);
  });
});

describe("a run that diverges", () => {
  it("says so, and what was kept can still be looked at", async () => {
    const before = latest!.notices;
    const optimiser = { ...smallRecipe.optimiser, rate: 3e38 };
    await engine.start({ ...smallRecipe, optimiser });
    const run = await untilRun("failed");
    expect(run.failure).toContain("choose a smaller learning rate");
    await untilLookable();
    // Nothing was kept.
    expect(await userError(() => engine.lab.look(0))).toContain("no network");
    await anew();
    expect(latest!.notices).toEqual(before);
  });
});
