/** Fine-Pruning: its ranking and its curve against the inspector's, and what training leaves of it. */
import { describe, expect, it } from "vitest";
import { measureAttack, measureClean, toRows } from "../../src/backdoor/measure.ts";
import { everyImage } from "../../src/data/order.ts";
import { finePruning, finePruningVerdict } from "../../src/defences/fine-pruning.ts";
import { fineTuning } from "../../src/defences/fine-tuning.ts";
import { Inspector } from "../../src/inspection/inspector.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { useGpu } from "../gpu.ts";
import { shippedAttack, shippedBadNet, testImages } from "./shipped.ts";

const device = useGpu();
const [classes, seed] = [10, 1];
const COUNT = 64;

describe.each(["fc1", "conv2"])("pruning of %s", (layer) => {
  it("ranks and measures as the inspector does with neurons switched off", async () => {
    const [subject, images] = [await shippedBadNet(), await testImages(COUNT)];
    const options = { layer, classes, seed, attack: shippedAttack, tolerance: 0.05 };
    const { findings, parameters } = await finePruning(device.gpu, subject, images, options);
    const { trigger } = shippedAttack;
    const inspector = await Inspector.build(device.gpu, {
      network: digitNet,
      classes,
      test: images,
      trigger,
    });
    const inspected = { parameters: () => ({ values: subject.parameters }), scaled: [] };
    const responses = await inspector.respond(inspected);
    const active = findings.ranking.map(
      (channel) => responses.find((one) => one.layer === layer && one.channel === channel)!.clean,
    );
    // Sums of single precision differ in their last bits.
    for (const [i, value] of active.entries())
      expect(value).toBeGreaterThanOrEqual((active[i - 1] ?? 0) * (1 - 1e-5));
    for (const pruned of [0, findings.pruned]) {
      const scaled = findings.ranking
        .slice(0, pruned)
        .map((channel) => ({ layer, channel, factor: 0 }));
      const counts = async (isTriggered: boolean) =>
        toRows(
          await inspector.evaluate({ ...inspected, scaled }, everyImage(COUNT, isTriggered)),
          classes,
        );
      expect(findings.curve).toContainEqual({
        pruned,
        cleanAccuracy: measureClean(await counts(false)).accuracy,
        attackSuccess: measureAttack(await counts(true), shippedAttack.policy).success,
      });
    }
    const [first] = findings.curve;
    const within = findings.curve.filter((point) => point.pruned <= findings.pruned);
    for (const { cleanAccuracy } of within)
      expect(cleanAccuracy).toBeGreaterThanOrEqual(first.cleanAccuracy - 0.05);
    const next = findings.curve.find(({ pruned }) => pruned === findings.pruned + 1)!;
    expect(next.cleanAccuracy).toBeLessThan(first.cleanAccuracy - 0.05);
    expect(findings.pruned).toBeGreaterThan(0);
    for (const channel of findings.ranking.slice(0, findings.pruned))
      expect(parameters.get(`${layer}.b`)![channel]).toBe(0);
    expect(finePruningVerdict(findings).evidence).toContain(
      `The ${findings.pruned} of ${findings.neurons} neurons of ${layer}`,
    );
  });
});

describe("fine-tuning", () => {
  it("learns, gives the same bits for the same seed, and leaves pruned neurons dark", async () => {
    const [subject, images] = [await shippedBadNet(), await testImages(COUNT)];
    const options = { layer: "fc1", classes, seed, epochs: 2, tolerance: 0.05 };
    const runs = [
      await finePruning(device.gpu, subject, images, options),
      await finePruning(device.gpu, subject, images, options),
    ];
    const [{ findings, parameters }, again] = runs;
    expect(again).toEqual({ findings, parameters });
    expect(findings.tuning).toMatchObject({ epochs: 2, images: COUNT, steps: 2 });
    expect(findings.curve[0].attackSuccess).toBeNull();
    expect(parameters.get("conv1.w")).not.toEqual(subject.parameters.get("conv1.w"));
    const gone = new Set(findings.ranking.slice(0, findings.pruned));
    expect(gone.size).toBeGreaterThan(100);
    for (const [unit, bias] of parameters.get("fc1.b")!.entries()) {
      const weights = parameters.get("fc1.w")!.subarray(512 * unit, 512 * (unit + 1));
      expect(bias === 0 && weights.every((weight) => weight === 0)).toBe(gone.has(unit));
    }
  });

  it("ends when told, and refuses a rate at which it diverges", async () => {
    const [subject, images] = [await shippedBadNet(), await testImages(COUNT)];
    const signal = AbortSignal.abort(new Error("enough"));
    const options = { classes, seed, epochs: 1 };
    await expect(fineTuning(device.gpu, subject, images, options, { signal })).rejects.toThrow(
      "enough",
    );
    await expect(
      fineTuning(device.gpu, subject, images, { ...options, epochs: 4, rate: 1e30 }),
    ).rejects.toThrow("not finite: choose a smaller rate");
  });
});
