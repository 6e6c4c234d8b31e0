/**
 * How soon a network of a million parameters is on view after it was dropped, in the packaged browser, and how far an
 * exported network is from itself in another runtime: results/project/imports.json.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as ort from "onnxruntime-web";
import { preview } from "vite";
import { writeOutput } from "../src/node/write-output.ts";
import { decodeModel } from "../src/files/model-file.ts";
import { fillPixels } from "../src/defences/training-set.ts";
import { writeOnnx } from "../src/foreign/onnx-write.ts";
import { parametersOf } from "../src/foreign/describe.ts";
import { ForwardPass } from "../src/inspection/forward-pass.ts";
import type { NetworkDescription } from "../src/models/description.ts";
import { digitNet } from "../src/models/digit-net.ts";
import { initialParameters } from "../src/models/initialise.ts";
import { packagedMnist } from "../src/node/files.ts";
import { launchChromium } from "../src/node/packaged-browser.ts";
import { openInNode } from "../src/node/webgpu.ts";
import { SOFTWARE } from "../src/studies/software.ts";
import { buildApp } from "./build-app.ts";
import type { ImportsReport } from "./claims/results.ts";

const producer = ["badnets-lab", "measurement"] as const;
const root = resolve(import.meta.dirname, "..");
const ROUNDS = 5;
const IMAGES = 1000;

/** A million parameters; what is dropped before it has other layers. */
const large: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv", label: "conv1", filters: 32, kernel: 3, relu: true },
    { kind: "conv", label: "conv2", filters: 64, kernel: 3, relu: true },
    { kind: "pool", label: "pool1", by: "max", kernel: 2, stride: 2 },
    { kind: "dense", label: "fc1", outputs: 107, relu: true },
    { kind: "dense", label: "last", outputs: 10 },
  ],
};
const small: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv", label: "conv_small", filters: 4, kernel: 5, relu: true, pool: 2 },
    { kind: "dense", label: "fc_small", outputs: 10 },
  ],
};

const onnxOf = (network: NetworkDescription) =>
  Buffer.from(writeOnnx(network, initialParameters(network, 1), { producer })).toString("base64");

/** Seconds from the drop until the last layer's title is drawn, for each round. */
async function onView(): Promise<{ seconds: number[]; adapter: string }> {
  const build = await mkdtemp(join(tmpdir(), "badnets-imports-"));
  await buildApp(build);
  const server = await preview({
    root,
    build: { outDir: build },
    preview: { host: "127.0.0.1", port: 0 },
    logLevel: "error",
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(180_000);
    await page.goto(server.resolvedUrls!.local[0]);
    await page.locator("#data").getByText("60,000").waitFor();
    const drop = async (text: string, label: string) =>
      await page.evaluate(
        async ([text, label]) => {
          const dataTransfer = new DataTransfer();
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          dataTransfer.items.add(new File([bytes], "net.onnx"));
          const start = performance.now();
          const event = { dataTransfer, bubbles: true, cancelable: true, composed: true };
          document.querySelector("badnets-app")!.dispatchEvent(new DragEvent("drop", event));
          const page = () =>
            document.querySelector("badnets-app")?.shadowRoot?.querySelector("digits-page");
          const view = () => page()?.shadowRoot?.querySelector("network-view")?.shadowRoot;
          while (
            ![...(view()?.querySelectorAll(".title b") ?? [])].some((b) => b.textContent === label)
          ) {
            await new Promise((done) => requestAnimationFrame(done));
          }
          return (performance.now() - start) / 1000;
        },
        [text, label] as const,
      );
    const seconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await drop(onnxOf(small), "conv_small");
      await page.waitForTimeout(2000);
      seconds.push(await drop(onnxOf(large), "fc1"));
      await page.waitForTimeout(2000);
    }
    const adapter = await page.locator("#adapter").innerText();
    return { seconds, adapter: adapter.replace(/^GPU | \(.*$/g, "") };
  } finally {
    await browser.close();
    await server.close();
    await rm(build, { recursive: true });
  }
}

/** Greatest difference of a logit of the shipped BadNet on test images, here and in onnxruntime on the CPU. */
async function difference(): Promise<number> {
  const file = join(root, "public/showcase/model.safetensors");
  const { model } = await decodeModel(digitNet, await readFile(file), file);
  const { test } = await packagedMnist();
  const gpu = await openInNode();
  const fill = (image: number, into: Float32Array) => fillPixels(test, image, into);
  const pass = await ForwardPass.build(gpu, digitNet, model.parameters);
  const here = await pass.logits({ count: IMAGES, fill });
  gpu.destroy();
  const pixels = new Float32Array(IMAGES * 784);
  for (let i = 0; i < IMAGES; i++) fill(i, pixels.subarray(784 * i, 784 * (i + 1)));
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(
    writeOnnx(digitNet, model.parameters, { producer }),
  );
  const image = new ort.Tensor("float32", pixels, [IMAGES, 1, 28, 28]);
  const there = (await session.run({ image }))["logits"].data as Float32Array;
  return here.reduce((most, value, i) => Math.max(most, Math.abs(value - there[i])), 0);
}

const { seconds, adapter } = await onView();
const report: ImportsReport = {
  software: SOFTWARE,
  adapter,
  parameters: parametersOf(large),
  onViewSeconds: seconds,
  images: IMAGES,
  logitDifference: await difference(),
};
await writeOutput(
  join(root, "results/project/imports.json"),
  `${JSON.stringify(report, null, 1)}\n`,
);
process.exit(0);
