/** Measures signing a small model, and verifying a large file as a stream: results/project/signing-speed.json. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { nodeHasher } from "../src/node/hashing.ts";
import { modelAt } from "../src/node/model-folder.ts";
import { readBundle } from "../src/signing/bundle.ts";
import { generateKey } from "../src/signing/keys.ts";
import { signModel } from "../src/signing/sign.ts";
import { trustsNobody, verifyModel } from "../src/signing/verify.ts";
import { writeOutput } from "../src/node/write-output.ts";
import type { SigningReport } from "./claims/results.ts";

const LARGE = 500e6;
const PIECE = 1e6;
const folder = await mkdtemp(join(tmpdir(), "badnets-speed-"));
const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1];

/** Milliseconds, the median of some runs. */
async function timed(runs: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  return median(times);
}

try {
  const key = await generateKey("P-256", false);
  const small = join(folder, "model.safetensors");
  await writeFile(small, randomBytes(1.2e6));
  const sign = await timed(
    21,
    async () => await signModel(await modelAt(small)(false), key, nodeHasher),
  );
  const large = join(folder, "large.bin");
  const file = await open(large, "w");
  const piece = randomBytes(PIECE);
  for (let i = 0; i < LARGE / PIECE; i++) await file.write(piece);
  await file.close();
  const platform = await timed(3, async () => {
    const hash = createHash("sha256");
    for (let i = 0; i < LARGE / PIECE; i++) hash.update(piece);
    hash.digest();
    await Promise.resolve();
  });
  const bundle = await readBundle(
    await signModel(await modelAt(large)(false), key, nodeHasher),
    "it",
  );
  const trust = { ...trustsNobody, keys: [key.public] };
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const verify = await timed(
    3,
    async () => await verifyModel(bundle, modelAt(large), trust, nodeHasher),
  );
  clearInterval(watch);
  const megabytes = (ms: number) => LARGE / 1e6 / (ms / 1000);
  const report: SigningReport = {
    software: `Node ${process.version}`,
    signMilliseconds: sign,
    platformMegabytes: megabytes(platform),
    verifyMegabytes: megabytes(verify),
    extraMegabytes: (most - before) / 1e6,
  };
  await writeOutput(
    resolve(import.meta.dirname, "../results/project/signing-speed.json"),
    `${JSON.stringify(report, null, 1)}\n`,
  );
} finally {
  await rm(folder, { recursive: true });
}
