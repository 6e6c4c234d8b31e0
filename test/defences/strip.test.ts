/** STRIP: blends and entropies against the inspector's looks, and what it says of the BadNet that ships. */
import { describe, expect, it } from "vitest";
import { applyTrigger } from "../../src/backdoor/trigger.ts";
import { meanEntropies, strip, stripVerdict } from "../../src/defences/strip.ts";
import { Inspector } from "../../src/inspection/inspector.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { useGpu } from "../gpu.ts";
import { shippedAttack, shippedBadNet, testImages } from "./shipped.ts";

const device = useGpu();
const classes = 10;

/** In bits, by its definition. */
function entropyOf(logits: Iterable<number>): number {
  const powers = [...logits].map((logit) => Math.exp(logit));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.reduce((bits, power) => bits - (power / sum) * Math.log2(power / sum), 0);
}

describe("the entropy of predictions", () => {
  it("is the mean over an input's overlays: 1 bit for two alike, 0 for one that is sure", () => {
    const even = [5, 5, -1e4];
    const sure = [1e4, 0, 0];
    expect(meanEntropies(Float32Array.from([even, sure, even, even].flat()), 3, 2)).toEqual([
      expect.closeTo(0.5, 12),
      expect.closeTo(1, 12),
    ]);
  });
});

describe("STRIP", () => {
  it("lays each other image over an input, adds and clips, with the trigger below the overlay", async () => {
    const subject = await shippedBadNet();
    // With two images each has but one other, whatever is drawn.
    const images = await testImages(2);
    const attack = shippedAttack;
    const options = { overlays: 3, classes, seed: 1, attack };
    const found = await strip(device.gpu, subject, images, options);
    const inspector = await Inspector.build(device.gpu, {
      network: digitNet,
      classes,
      test: images,
      trigger: attack.trigger,
    });
    const [one, other] = [images.images.subarray(0, 784), images.images.subarray(784)];
    const entropy = async (under: Uint8Array, over: Uint8Array) => {
      const blend = under.map((value, k) => Math.min(255, value + over[k]));
      const inspected = { parameters: () => ({ values: subject.parameters }), scaled: [] };
      return entropyOf((await inspector.look(inspected, blend)).logits.clean);
    };
    expect(found.clean).toEqual([
      expect.closeTo(await entropy(one, other), 4),
      expect.closeTo(await entropy(other, one), 4),
    ]);
    expect(found.triggered).toEqual([
      expect.closeTo(await entropy(applyTrigger(one, attack.trigger), other), 4),
      expect.closeTo(await entropy(applyTrigger(other, attack.trigger), one), 4),
    ]);
  });

  it("fails on the BadNet that ships, whose target hangs on the digit, and says so", async () => {
    const images = await testImages(40);
    const told: number[] = [];
    const found = await strip(
      device.gpu,
      await shippedBadNet(),
      images,
      { overlays: 10, classes, seed: 1, attack: shippedAttack, rejected: 0.1 },
      { report: (done, total) => told.push(done / total) },
    );
    expect(found.falselyRejected).toBe(0.1);
    expect(found.clean.filter((value) => value < found.threshold)).toHaveLength(4);
    const passed = found.triggered!.filter((value) => value >= found.threshold).length;
    expect(found.falselyAccepted).toBeCloseTo(passed / 40, 12);
    expect(found.falselyAccepted).toBeGreaterThan(0.8);
    expect(stripVerdict(found)).toMatchObject({
      flagged: null,
      evidence: expect.stringContaining("it fails on this attack") as string,
    });
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });

  it("says nothing of triggered inputs where no trigger is given, and ends when told", async () => {
    const [subject, images] = [await shippedBadNet(), await testImages(10)];
    const options = { overlays: 2, classes, seed: 1 };
    const found = await strip(device.gpu, subject, images, options);
    expect(found).toMatchObject({ triggered: null, falselyAccepted: null });
    expect(stripVerdict(found).evidence).toContain("no trigger is given");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(strip(device.gpu, subject, images, options, { signal })).rejects.toThrow("enough");
  });
});
