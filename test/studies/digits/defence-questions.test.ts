/** Defences as questions of the network on view: what is told and in which order, how they end, what is left out. */
import { beforeAll, describe, expect, it } from "vitest";
import { triggerMask, triggerPresets } from "../../../src/backdoor/trigger.ts";
import type { DigitData } from "../../../src/data/digits.ts";
import { decodeModel } from "../../../src/files/model-file.ts";
import { Inspector } from "../../../src/inspection/inspector.ts";
import { digitNet } from "../../../src/models/digit-net.ts";
import { parametersSha256 } from "../../../src/training/parameter-values.ts";
import type { DefenceNews, DefendArguments } from "../../../src/studies/digits/defence-port.ts";
import {
  defenceQuestions,
  type DefendedSubject,
} from "../../../src/studies/digits/defence-questions.ts";
import { parseDigitRecipe } from "../../../src/studies/digits/recipe.ts";
import { TaskQueue } from "../../../src/studies/task-queue.ts";
import { shippedBadNet, testImages } from "../../defences/shipped.ts";
import { smallRecipe } from "../../engine/small-data.ts";
import { useGpu } from "../../gpu.ts";

const device = useGpu();
const recipe = parseDigitRecipe({
  ...smallRecipe,
  attack: {
    trigger: { name: "pattern", pixels: triggerPresets.pattern },
    policy: { kind: "all-to-all" },
    share: 0.1,
  },
});
let data: DigitData;
let subject: DefendedSubject;
/** What the network's file says of its data, and whether a run goes on. */
let origin = { data: "few", dataSha256: "unknown" };
let training = false;

beforeAll(async () => {
  const set = await testImages(50);
  data = { name: "few", sha256: "of few", train: set, test: set };
  const { parameters } = await shippedBadNet();
  const inspector = await Inspector.build(device.gpu, {
    network: digitNet,
    classes: 10,
    test: set,
    trigger: triggerMask(triggerPresets.pattern, 28),
  });
  const queue = new TaskQueue();
  subject = {
    source: { digits: () => data },
    assertStill: () => {
      if (training) throw new Error("a run is going on");
    },
    view: async () =>
      await Promise.resolve({
        recipe,
        origin,
        file: "shipped.safetensors",
        inspector,
        queue,
        parameters: () => ({ values: parameters }),
        gradients: async () => await Promise.resolve(null),
        step: 12,
        version: 5,
      }),
  };
});

const options = { images: 10, judge: 8, seed: 1, attack: recipe.attack };

async function defend(
  defences: readonly string[],
  part: Partial<DefendArguments> = {},
  hear: (news: DefenceNews) => void = () => undefined,
  signal = new AbortController().signal,
): Promise<DefenceNews[]> {
  const told: DefenceNews[] = [];
  const onProgress = (news: DefenceNews) => {
    told.push(news);
    hear(news);
  };
  const args = { defences, options, before: null, ...part };
  await defenceQuestions.defend(subject, args, { onProgress, signal });
  return told;
}

describe("defences of the network on view", () => {
  it("are told with what they rest on, how it stands, and what each found, cheap ones first", async () => {
    const told = await defend(["clustering", "clp"]);
    const kinds = told.filter(({ kind }) => kind !== "at").map(({ kind }) => kind);
    expect(kinds).toEqual(["begun", "before", "result", "result"]);
    const [begun] = told;
    const { parameters } = await shippedBadNet();
    expect(begun).toMatchObject({
      defences: ["clp", "clustering"],
      leftOut: null,
      conditions: {
        model: {
          file: "shipped.safetensors",
          parametersSha256: await parametersSha256(parameters),
        },
        images: { detect: 10, repair: 30, judge: 8, training: 55 },
      },
    });
    const [clp, clustering] = told.flatMap((news) => (news.kind === "result" ? [news] : []));
    expect(clp.result).toMatchObject({ id: "clp", flagged: true });
    const file = await decodeModel(digitNet, clp.mended!, "clp");
    expect(file.model.parameters.get("conv2.b")![31]).toBe(0);
    expect(file.model.step).toBe(12);
    // The file does not know the data's digest, and claims none.
    expect(file.metadata).toMatchObject({ data: "few" });
    expect(file.metadata).not.toHaveProperty("dataSha256");
    expect(clustering).toMatchObject({ mended: null, result: { id: "clustering" } });
  });

  it("leave out what needs another training set, and say so where nothing else was asked", async () => {
    origin = { data: "MNIST", dataSha256: "of MNIST" };
    const [begun] = await defend(["clp", "spectral"]);
    expect(begun).toMatchObject({
      defences: ["clp"],
      leftOut: expect.stringContaining("Spectral Signatures look at the training set"),
    });
    await expect(defend(["spectral"])).rejects.toThrow("trained on MNIST");
    origin = { data: "few", dataSha256: "unknown" };
  });

  it("are not judged again where it is known how the network stands", async () => {
    const first = await defend(["clp"]);
    const { before } = first.find((news) => news.kind === "before")!;
    const again = await defend(["clp"], { before });
    expect(again.find((news) => news.kind === "before")).toEqual({ kind: "before", before });
    expect(again.some((news) => news.kind === "at" && news.id === null)).toBe(false);
  });

  it("end when they are told to, and keep out while a run goes on", async () => {
    const stop = new AbortController();
    const stopping = defend(
      ["clp", "nc"],
      {},
      (news) => {
        if (news.kind === "at" && news.id === "nc") stop.abort();
      },
      stop.signal,
    );
    await expect(stopping).rejects.toMatchObject({ name: "Cancelled" });
    training = true;
    await expect(defend(["clp"])).rejects.toThrow("a run is going on");
    training = false;
  });
});

describe("what stands behind findings", () => {
  const asking = { onProgress: () => undefined, signal: new AbortController().signal };

  it("is a network without the neurons that were named, judged, and as a file", async () => {
    const neurons = [{ layer: "conv2", channel: 31 }];
    const told = await defend(["clp"]);
    const clp = told.flatMap((news) => (news.kind === "result" ? [news.result] : []))[0];
    const removed = await defenceQuestions.removeNeurons(
      subject,
      { id: "clp", neurons, options },
      asking,
    );
    expect(removed.after).toEqual(clp.after);
    expect(removed.evidence).toContain("1 of conv2 (31)");
    const { metadata } = await decodeModel(digitNet, removed.mended, "removed");
    expect(JSON.parse(metadata["mended"])).toMatchObject({ defence: "clp" });
  });

  it("is the training set's images, triggered copies with their trigger", async () => {
    const numbers = Array.from({ length: 55 }, (_, i) => i);
    const pixels = await defenceQuestions.trainingImages(subject, { numbers, seed: 1 }, asking);
    const isTriggered = (i: number) =>
      triggerPresets.pattern.every(
        ({ row, column, value }) => pixels[784 * i + 28 * row + column] === value,
      );
    expect(numbers.filter(isTriggered)).toHaveLength(5);
    expect(pixels.slice(0, 784)).toEqual(data.train.images.slice(0, 784));
  });

  it("is a pace in images a second", async () => {
    expect(await defenceQuestions.defencePace(subject, {}, asking)).toBeGreaterThan(0);
  });
});
