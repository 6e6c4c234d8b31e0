/** A run behind the engine, the same for every study: stepped, rewound, slowed down, replaced, saved, recovered. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readSafetensors } from "../../src/files/safetensors.ts";
import { sealed } from "../files/sealed.ts";
import { userError } from "../data/samples.ts";
import type { Harness } from "./harness.ts";
import { smallDigits, smallSigns, type SmallStudy } from "./small-studies.ts";

// A tiny detector in the compact one's place, whose recipe names it.
vi.mock("../../src/models/detector-presets.ts", async (original) => {
  const { presets, ...module } =
    await original<typeof import("../../src/models/detector-presets.ts")>();
  const { tinyOf } = await import("../training/tiny-preset.ts");
  return { ...module, presets: { ...presets, compact: tinyOf(module.compactPreset) } };
});
vi.mock("../../src/studies/signs/atlas-file.ts", async () => {
  const { signArtwork } = await import("../../src/node/sign-artwork.ts");
  return { fetchAtlas: signArtwork };
});

// Each study's engine is another type, of which these cases need only what all have in common.
const studies: readonly SmallStudy<any>[] = [smallDigits, smallSigns];

describe.each(studies)("a run of the $id study", ({ open, recipe, totalSteps, stepsPerEpoch }) => {
  let lab: Harness<any>;
  /** Digest of the parameters that the undisturbed run ends with. */
  let undisturbed: string;
  beforeAll(async () => (lab = await open()));
  afterAll(async () => await lab.close());

  const digest = async () => {
    const { content } = await lab.engine.save("result");
    return JSON.parse(content as string).parametersSha256 as string;
  };
  const bytesOf = async (what: "model" | "checkpoint") =>
    (await lab.engine.save(what)).content as Uint8Array;

  it("is refused what needs one, with what to do, before there is one", async () => {
    const { engine } = lab;
    expect(await userError(() => engine.step("kernel"))).toContain("start one first");
    expect(await userError(() => engine.rewind(0))).toContain("No state of step 0");
    expect(await userError(() => engine.save("model"))).toContain("to save yet");
    for (const what of ["checkpoint", "result", "curves"] as const) {
      expect(await userError(() => engine.save(what))).toContain("start one first");
    }
    expect(await userError(() => lab.ask("tensor", { label: "x" }))).toContain("no training step");
    expect((await lab.anew()).subject).toBeNull();
  });

  it("goes to its end, and is refused company meanwhile", async () => {
    const { engine } = lab;
    const starts = await Promise.allSettled([engine.start(recipe), engine.start(recipe)]);
    expect(starts.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(await userError(() => engine.start(recipe))).toBe(
      "A run is going on and stays as it is: stop it first, then start again.",
    );
    const run = await lab.untilRun("finished");
    expect(run).toMatchObject({ step: totalSteps, totalSteps, stepsPerEpoch });
    // A slow run saves more states on its way.
    expect(run.rewindable).toEqual(expect.arrayContaining([0, stepsPerEpoch, totalSteps]));
    const { history } = lab.latest!;
    expect(history!.step).toBe(totalSteps);
    expect(history!.details.points.at(-1)).toMatchObject({ step: totalSteps });
    undisturbed = await digest();
  });

  it("that is over cannot be stepped", async () => {
    expect(await userError(() => lab.engine.step("batch"))).toContain("rewind it first");
  });

  it("goes back to the end of an epoch, and ends in the same bits", async () => {
    await lab.engine.rewind(stepsPerEpoch);
    lab.latest = undefined;
    const run = await lab.untilRun("paused", stepsPerEpoch);
    expect(run.stepping!.cursor).toBe(0);
    const { history } = lab.latest!;
    expect(history!.metrics[0].steps).toBe(stepsPerEpoch);
    expect(history!.details.points.at(-1)).toMatchObject({ step: stepsPerEpoch });
    lab.engine.resume();
    await lab.untilRun("finished");
    expect(await digest()).toBe(undisturbed);
  });

  it("cannot go back to a step that is not kept, and stays as it was", async () => {
    const message = await userError(() => lab.engine.rewind(totalSteps + 1));
    expect(message).toContain(`No state of step ${totalSteps + 1} is kept`);
    expect(await digest()).toBe(undisturbed);
  });

  it("begins before the first kernel, and goes on by kernels and batches", async () => {
    const run = await lab.startPaused(recipe);
    expect([run.step, run.stepping!.cursor]).toEqual([0, 0]);
    await lab.engine.step("kernel");
    await lab.untilCursor(1);
    await lab.engine.step("batch");
    expect((await lab.untilRun("paused", 1)).stepping!.cursor).toBe(0);
    await lab.engine.step("batch");
    await lab.untilRun("paused", 2);
  });

  it("goes on by epochs, and its last step ends it in the bits of a run that nobody stepped through", async () => {
    for (let goal = stepsPerEpoch; goal < totalSteps; goal += stepsPerEpoch) {
      await lab.engine.step("epoch");
      await lab.untilRun("paused", goal);
    }
    await lab.engine.step("epoch");
    await lab.untilRun("finished");
    expect(await digest()).toBe(undisturbed);
  });

  it("ends by its last kernel, too", async () => {
    await lab.engine.rewind(stepsPerEpoch);
    lab.latest = undefined;
    await lab.untilRun("paused", stepsPerEpoch);
    for (let step = stepsPerEpoch + 1; step < totalSteps; step++) {
      await lab.engine.step("batch");
      await lab.untilRun("paused", step);
    }
    const { dispatches } = (await lab.untilCursor(0)).stepping!;
    for (let kernel = 0; kernel < dispatches.length; kernel++) await lab.engine.step("kernel");
    await lab.untilRun("finished");
    expect(await digest()).toBe(undisturbed);
  });

  it("of only just started goes one whole unit", async () => {
    await lab.engine.start(recipe, { paused: true });
    lab.latest = undefined;
    await lab.engine.step("batch");
    expect((await lab.untilRun("paused", 1)).stepping!.cursor).toBe(0);
  });

  it("that goes on is paused by a step, which goes no further", async () => {
    lab.engine.setPace(4);
    lab.engine.resume();
    await lab.untilRun("training");
    const before = lab.latest!.run!.step;
    await lab.engine.step("batch");
    await lab.until(({ run }) => run!.phase === "paused" && run!.step > before);
    await lab.engine.step("kernel");
    expect((await lab.untilCursor(1)).step - before).toBeLessThanOrEqual(3);
  });

  it("is slowed down by a pace, which changes no bit", async () => {
    await lab.startPaused(recipe);
    lab.engine.setPace(20);
    expect((await lab.until(({ run }) => run!.pace === 20)).run!.pace).toBe(20);
    const start = performance.now();
    lab.engine.resume();
    await lab.until(({ run }) => run!.step >= 5);
    expect(performance.now() - start).toBeGreaterThan(190);
    lab.engine.setPace(null);
    await lab.untilRun("finished");
    expect(await digest()).toBe(undisturbed);
  });

  it("is replaced by another, the later one of two that come at once", async () => {
    await lab.startPaused(recipe);
    await lab.engine.step("batch");
    await lab.untilRun("paused", 1);
    await Promise.all(
      [7, 8].map((seed) => lab.engine.start({ ...recipe, seed }, { paused: true, restart: true })),
    );
    lab.latest = undefined;
    const run = await lab.untilCursor(0);
    expect([run.step, run.recipe.seed, run.rewindable]).toEqual([0, 8, [0]]);
    expect(lab.latest!.notices).toEqual([]);
  });

  it("is left as it is when another recipe cannot be run", async () => {
    const wrong = { ...recipe, seed: -1 };
    expect(await userError(() => lab.engine.start(wrong, { restart: true }))).toContain("seed");
    expect((await lab.anew()).run).toMatchObject({ phase: "paused", step: 0 });
    await lab.engine.step("batch");
    await lab.untilRun("paused", 1);
  });

  it("shows another version only when its parameters, or their gradients, are others", async () => {
    const { version } = await lab.untilReady();
    lab.engine.setPace(3);
    expect((await lab.anew()).subject!.version).toBe(version);
    await lab.engine.step("batch");
    await lab.untilRun("paused", 2);
    expect(lab.latest!.subject!.version).toBeGreaterThan(version);
  });

  it("is saved as it stands, goes on from its file to the same bits, and is looked at without it", async () => {
    await lab.startPaused(recipe);
    await lab.engine.step("epoch");
    await lab.untilRun("paused", stepsPerEpoch);
    const [model, checkpoint] = [await bytesOf("model"), await bytesOf("checkpoint")];
    const refused = await userError(() => lab.engine.take({ name: "a", bytes: checkpoint }));
    expect(refused).toContain("A run is going on and stays as it is");
    lab.engine.stop();
    const stopped = await lab.untilRun("stopped");
    expect(stopped.step).toBe(stepsPerEpoch);
    // What it has reached is measured.
    expect(await digest()).toMatch(/^[0-9a-f]{64}$/);
    expect(await lab.engine.take({ name: "checkpoint", bytes: checkpoint })).toEqual(recipe);
    lab.latest = undefined;
    await lab.untilRun("finished");
    expect(await digest()).toBe(undisturbed);
    await lab.engine.take({ name: "model", bytes: model });
    const { subject } = await lab.until(({ run }) => run === null);
    expect(subject).toMatchObject({ kind: "file", step: stepsPerEpoch, recordedOn: null });
    expect(readSafetensors(await bytesOf("model"), "again").tensors).toEqual(
      readSafetensors(model, "model").tensors,
    );
  });

  it("stays as it was when a bad file is dropped", async () => {
    await lab.startPaused(recipe);
    await lab.engine.step("batch");
    await lab.untilRun("paused", 1);
    const checkpoint = await bytesOf("checkpoint");
    lab.engine.stop();
    await lab.untilRun("stopped");
    const { tensors, metadata } = readSafetensors(checkpoint, "checkpoint");
    const bad = [
      [new Uint8Array(3), "is not a usable safetensors file"],
      [checkpoint.subarray(0, checkpoint.length - 4), "is not a usable safetensors file"],
      [
        await sealed(tensors, { ...metadata, format: "badnets-other" }),
        `expected "${metadata["format"]}"`,
      ],
      [await sealed(tensors, { ...metadata, recipe: "{}" }), "The recipe's"],
    ] as const;
    for (const [bytes, reason] of bad) {
      expect(await userError(() => lab.engine.take({ name: "bad.safetensors", bytes }))).toContain(
        reason,
      );
    }
    expect((await lab.anew()).run).toMatchObject({ phase: "stopped", step: 1 });
  });

  it("rests at the last kept step on another device when its own is lost, and says so", async () => {
    await lab.startPaused(recipe);
    await lab.engine.step("batch");
    await lab.untilRun("paused", 1);
    const { id } = await lab.untilReady();
    lab.loseDevice();
    await lab.until(({ notices }) => notices.length > 0);
    expect(lab.latest!.notices[0].text).toContain(
      "The GPU device was lost; the run goes on from step 1",
    );
    await lab.untilReady(id);
    await lab.untilRun("paused", 1);
    lab.engine.resume();
    await lab.untilRun("finished");
    expect(await digest()).toBe(undisturbed);
  });
});
