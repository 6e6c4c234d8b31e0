/** Measures signing and verifying: `vite-node scripts/signing-speed.ts`. A small model is signed, a large file verified as a stream. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeHasher } from "../src/node/hashing.ts";
import { modelAt } from "../src/node/model-folder.ts";
import { readBundle } from "../src/signing/bundle.ts";
import { generateKey } from "../src/signing/keys.ts";
import { signModel } from "../src/signing/sign.ts";
import { trustsNobody, verifyModel } from "../src/signing/verify.ts";

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
  console.log(`signing 1.2 MB: ${sign.toFixed(1)} ms`);

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
  const speed = (ms: number) => `${(LARGE / 1e6 / (ms / 1000)).toFixed(0)} MB/s`;
  console.log(
    `SHA-256 of 500 MB in memory: ${speed(platform)}; verifying 500 MB on disk: ${speed(verify)}`,
  );
  console.log(
    `${((100 * platform) / verify).toFixed(0)} % of it, with ${((most - before) / 1e6).toFixed(0)} MB more memory`,
  );
} finally {
  await rm(folder, { recursive: true });
}
