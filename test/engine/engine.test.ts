/** The engine with the digit study: data, files and looks beside the run; see job.test.ts for what all studies share. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeModel } from "../../src/files/model-file.ts";
import { readSafetensors } from "../../src/files/safetensors.ts";
import { sealed } from "../files/sealed.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import type { DigitTypes } from "../../src/studies/digits/types.ts";
import { userError } from "../data/samples.ts";
import type { Harness } from "./harness.ts";
import { smallFiles, smallRecipe, TEST } from "./small-data.ts";
import { smallDigits } from "./small-studies.ts";

const PER_EPOCH = 10;

let lab: Harness<DigitTypes>;
beforeAll(async () => (lab = await smallDigits.open()));
afterAll(async () => await lab.close());

const look = async (image: number) => await lab.ask("look", { image, scaled: [] });
const bytesOf = async (what: "model" | "checkpoint") =>
  (await lab.engine.save(what)).content as Uint8Array;

/** Rests after an epoch. */
async function restAfterEpoch(): Promise<void> {
  await lab.startPaused(smallRecipe);
  await lab.engine.step("epoch");
  await lab.untilRun("paused", PER_EPOCH);
}

describe("questions", () => {
  it("about a network are refused while there is none, and by a name that is none", async () => {
    expect(await userError(() => look(0))).toContain("no network to look at");
    const asked = lab.engine.ask(1, "toString", {}, () => undefined);
    await expect(asked).rejects.toThrow("there is no question called toString");
  });

  it("about the training step show what each kernel wrote", async () => {
    const run = await lab.startPaused(smallRecipe);
    expect(run.stepping!.dispatches).toHaveLength(14);
    for (const cursor of [1, 2]) {
      const [{ label, shape }] = run.stepping!.dispatches[cursor - 1].writes;
      const before = await lab.ask("tensor", { label });
      await lab.engine.step("kernel");
      await lab.untilCursor(cursor);
      const after = await lab.ask("tensor", { label });
      expect(after.shape).toEqual(shape);
      expect(after.values).not.toEqual(before.values);
    }
  });

  it("are answered in the middle of a step, and steps go by layers to its end", async () => {
    await lab.untilReady();
    for (const cursor of [3, 4, 5, 6, 8, 10, 12, 13, 0]) {
      await lab.engine.step("layer");
      await lab.untilCursor(cursor);
      if (cursor === 8) expect((await look(1)).label).toBe(1);
    }
    await lab.untilRun("paused", 1);
  });

  it("of a page that has gone on are ended, and the GPU has no complaint", async () => {
    await lab.untilReady();
    const ending = new AbortController();
    const measuring = lab.ask("predictions", { scaled: [] }, { signal: ending.signal });
    ending.abort();
    await expect(measuring).rejects.toMatchObject({ name: "Cancelled" });
    const other = lab.ask("predictions", { scaled: [] }).catch((error: Error) => error.name);
    const looking = look(1).catch((error: Error) => error.name);
    await lab.startPaused(smallRecipe);
    expect(await other).toBe("Cancelled");
    await looking;
    await lab.untilReady();
    await look(1);
    expect((await lab.anew()).notices).toEqual([]);
  });

  it("about a step's times are refused while a run goes on, and answered while it rests", async () => {
    const profiling = new AbortController();
    const profile = lab.ask("profile", { recipe: smallRecipe }, { signal: profiling.signal });
    profiling.abort();
    await expect(profile).rejects.toMatchObject({ name: expect.stringMatching(/Abort|Cancel/) });
    lab.engine.setPace(1);
    lab.engine.resume();
    await lab.untilRun("training");
    const refused = await userError(() => lab.ask("profile", { recipe: smallRecipe }));
    expect(refused).toContain("pause it first");
    const { shaders } = { shaders: await lab.ask("shaders", {}) };
    expect([...shaders.keys()]).toEqual(expect.arrayContaining(["conv2d", "dense", "scale"]));
  });
});

describe("data", () => {
  it("stays as it is while a run goes on", async () => {
    const files = smallFiles();
    expect(await userError(() => lab.ask("openDigits", { files }))).toContain(
      "drop the files again",
    );
  });

  it("shows a sample of each class, and images by their numbers", async () => {
    const samples = await lab.ask("samples", {});
    expect(samples.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const images = await lab.ask("images", { numbers: [TEST - 1] });
    expect(images).toHaveLength(784);
  });
});

describe("files", () => {
  it("hold the network as it stands", async () => {
    await restAfterEpoch();
    await lab.untilReady();
    const { model, recipe } = await decodeModel(digitNet, await bytesOf("model"), "model");
    expect([recipe, model.step]).toEqual([smallRecipe, PER_EPOCH]);
    const [conv1] = await lab.ask("weights", { what: "values", scaled: [] });
    expect(model.parameters.get("conv1.w")).toEqual(conv1.w);
    expect(await lab.ask("weights", { what: "gradients", scaled: [] })).toHaveLength(4);
  });

  it("of a run on other data are refused, and nothing is lost", async () => {
    const checkpoint = await bytesOf("checkpoint");
    lab.engine.stop();
    await lab.untilRun("stopped");
    const { tensors, metadata } = readSafetensors(checkpoint, "checkpoint");
    const foreign = await sealed(tensors, { ...metadata, dataSha256: "0" });
    const beyond = await sealed(tensors, {
      ...metadata,
      recipe: JSON.stringify({ ...smallRecipe, epochs: 0.5 }),
    });
    for (const [bytes, reason] of [
      [foreign, "was trained on other data"],
      [beyond, "its recipe has only 5"],
    ] as const) {
      expect(await userError(() => lab.engine.take({ name: "bad", bytes }))).toContain(reason);
    }
    expect((await lab.anew()).run).toMatchObject({ phase: "stopped", step: PER_EPOCH });
    expect(await bytesOf("checkpoint")).toEqual(checkpoint);
  });

  it("of before are said to carry no digest", async () => {
    const { tensors, metadata } = readSafetensors(await bytesOf("model"), "model");
    const before: Record<string, string> = { ...metadata, version: "1" };
    delete before["sha256"];
    await lab.engine.take({ name: "old.safetensors", bytes: await sealed(tensors, before) });
    const told = (await lab.anew()).notices.map(({ text }) => text);
    expect(told).toContainEqual(expect.stringMatching(/^old\.safetensors .*carries no digest/));
  });

  it("of curves end in the measurement that a stopped run ends with", async () => {
    await lab.startPaused(smallRecipe);
    await lab.engine.step("batch");
    await lab.untilRun("paused", 1);
    lab.engine.stop();
    await lab.untilRun("stopped");
    const { content } = await lab.engine.save("curves");
    expect(content).toMatch(/^1,0\.1000,[\d.]+,[\d.]+,epoch,[\d.]+,[\d.]+$/m);
  });

  it("of a model are looked at, where nothing trains", async () => {
    await lab.engine.take({ name: "model", bytes: await bytesOf("model") });
    await lab.until(({ run, subject }) => run === null && subject!.ready);
    expect((await look(3)).probabilities.clean.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(await lab.ask("weights", { what: "gradients", scaled: [] })).toEqual([]);
    expect(await userError(() => lab.ask("tensor", { label: "conv1.w" }))).toContain(
      "no training step",
    );
    expect(await userError(() => lab.engine.save("checkpoint"))).toContain("start one first");
  });
});

describe("the loss of the device", () => {
  it("while somebody looks leaves another one, with the same answers", async () => {
    const before = await look(7);
    const { id } = await lab.untilReady();
    lab.loseDevice();
    await lab.untilReady(id);
    expect((await look(7)).probabilities).toEqual(before.probabilities);
    expect(lab.devices).toHaveLength(2);
  });
});

describe("a run that diverges", () => {
  it("says so; before a first state there is nothing to look at", async () => {
    expect(lab.latest!.notices).toHaveLength(2);
    const optimiser = { ...smallRecipe.optimiser, rate: 3e38 };
    await lab.engine.start({ ...smallRecipe, optimiser });
    const run = await lab.untilRun("failed");
    expect(run.failure).toContain("choose a smaller learning rate");
    expect(await userError(() => look(0))).toContain("no network");
    const latest = await lab.anew();
    expect(latest.subject!.ready).toBe(false);
    // Those of before went when it began, and the failure stands with the run.
    expect(latest.notices).toEqual([]);
  });

  it("leaves its last good state, which can be looked at and gone back to", async () => {
    await restAfterEpoch();
    const { tensors, metadata } = readSafetensors(await bytesOf("checkpoint"), "checkpoint");
    lab.engine.stop();
    await lab.untilRun("stopped");
    const recipe = { ...smallRecipe, optimiser: { ...smallRecipe.optimiser, rate: 3e38 } };
    const bytes = await sealed(tensors, { ...metadata, recipe: JSON.stringify(recipe) });
    await lab.engine.take({ name: "checkpoint", bytes });
    const run = await lab.untilRun("failed");
    expect(run.failure).toContain(`The last good state is that after step ${PER_EPOCH}`);
    expect([run.keptStep, run.rewindable]).toEqual([PER_EPOCH, [0, PER_EPOCH]]);
    await lab.untilReady();
    expect((await look(0)).label).toBe(0);
  });
});
