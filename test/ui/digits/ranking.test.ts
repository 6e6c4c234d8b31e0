/** Rankings of neurons, and lists of changed ones. */
import { describe, expect, it } from "vitest";
import type { Look, NeuronReport, NeuronResponse } from "../../../src/studies/digits/port.ts";
import {
  factorOf,
  byImage,
  suspects,
  layersOf,
  neuronName,
  rank,
  switchedOff,
  withFactor,
} from "../../../src/ui/digits/ranking.ts";

const neuron = (layer: string, channel: number, difference: number, effect: number) =>
  ({ layer, channel, clean: 1, triggered: 1 + difference, difference, effect }) as NeuronResponse;

const report: NeuronReport = {
  version: 1,
  images: 10,
  label: null,
  neurons: [
    neuron("conv1", 0, 0.1, 0.5),
    neuron("conv1", 1, -0.3, -2),
    neuron("fc1", 0, 2, 1.5),
    neuron("fc1", 1, 1, 3),
    neuron("fc1", 2, 5, Number.NaN),
  ],
};

describe("a ranking", () => {
  it("has those first that the trigger wakes most, and what is no number last", () => {
    const order = rank(report, "effect", null).map(({ layer, channel }) => `${layer} ${channel}`);
    expect(order).toEqual(["fc1 1", "fc1 0", "conv1 0", "conv1 1", "fc1 2"]);
    expect(rank(report, "difference", "fc1").map(({ channel }) => channel)).toEqual([2, 0, 1]);
  });

  it("names the suspects: those that it wakes by a whole deviation", () => {
    expect(suspects(report, null).map(({ channel }) => channel)).toEqual([1, 0]);
  });

  it("leaves out what it does not wake in the image on view, and has that last in its order", () => {
    const maps = (label: string, clean: number[], triggered: number[]) => ({
      label,
      kind: "dense" as const,
      shape: [clean.length, 1, 1] as const,
      clean: Float32Array.from(clean),
      triggered: Float32Array.from(triggered),
    });
    // fc1 1 is silent here, though it rises over all images.
    const layers = [maps("conv1", [0, 1], [1, 1]), maps("fc1", [0, 0, 0], [2, 0, 3])];
    const look = { layers } as unknown as Look;
    expect(suspects(report, look).map(({ channel }) => channel)).toEqual([0]);
    const order = byImage(report, look).map(({ layer, channel }) => `${layer} ${channel}`);
    expect(order).toEqual(["fc1 0", "conv1 0", "fc1 2", "fc1 1", "conv1 1"]);
  });

  it("knows layers and neurons by name", () => {
    expect(layersOf(report)).toEqual(["conv1", "fc1"]);
    expect(neuronName({ layer: "conv2", channel: 3 })).toBe("conv2 channel 3");
    expect(neuronName({ layer: "fc1", channel: 3 })).toBe("fc1 unit 3");
  });
});

describe("a list of changed neurons", () => {
  it("holds each neuron once, and none that is left alone", () => {
    const one = withFactor([], { layer: "fc1", channel: 4 }, 0);
    const two = withFactor(one, { layer: "conv1", channel: 4 }, 2);
    expect(factorOf(two, { layer: "fc1", channel: 4 })).toBe(0);
    expect(factorOf(two, { layer: "fc1", channel: 5 })).toBe(1);
    const changed = withFactor(two, { layer: "fc1", channel: 4 }, 0.5);
    expect(changed).toHaveLength(2);
    expect(withFactor(changed, { layer: "fc1", channel: 4 }, 1)).toEqual([
      { layer: "conv1", channel: 4, factor: 2 },
    ]);
  });

  it("of the first n has them all off", () => {
    expect(switchedOff(rank(report, "effect", null), 2)).toEqual([
      { layer: "fc1", channel: 1, factor: 0 },
      { layer: "fc1", channel: 0, factor: 0 },
    ]);
  });
});
