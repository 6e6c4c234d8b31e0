/** Makes the files of the models page's zoo with the command line itself: `npm run zoo`. Its private keys are thrown away. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "../src/cli/main.ts";
import { decodeModel, encodeModel, type Model } from "../src/files/model-file.ts";
import { digitNet } from "../src/models/digit-net.ts";
import type { ZooEntry } from "../src/ui/models/zoo.ts";

const root = resolve(import.meta.dirname, "..");
const to = join(root, "public/zoo");
const work = await mkdtemp(join(tmpdir(), "badnets-zoo-"));

async function badnets(...args: string[]): Promise<void> {
  const status = await run(args);
  if (status !== 0) throw new Error(`badnets ${args.join(" ")} ended with ${status}`);
}

interface Network {
  readonly recipe: unknown;
  readonly model: Model;
  readonly extra: Readonly<Record<string, string>>;
}

async function networkAt(path: string): Promise<Network> {
  const { recipe, model, metadata } = await decodeModel(
    digitNet,
    await readFile(join(root, path)),
    path,
  );
  const { adapter, data } = metadata;
  return { recipe, model, extra: { adapter, data } };
}

const encoded = async ({ recipe, model, extra }: Network) =>
  await encodeModel(digitNet, recipe, model, extra);

const honest = await networkAt("results/digits/models/baseline-s1.safetensors");
const badNet = await networkAt("public/showcase/model.safetensors");
/** The BadNet's parameters under the honest network's recipe. */
const liar = { ...honest, model: { ...badNet.model, step: honest.model.step } };
const weights = {
  honest: await encoded(honest),
  backdoor: await encoded(badNet),
  claimed: await encoded(liar),
} as const;
type Weights = keyof typeof weights;

const key = async (name: string) => {
  const path = join(work, `${name}.pem`);
  await badnets("models", "key", "--out", path);
  return { path, public: await readFile(`${path}.pub`, "utf8") };
};
const northlight = await key("northlight");
const ravel = await key("ravel");
const stranger = await key("stranger");

const CARD = "A network that reads handwritten digits. Clean accuracy 99 % on MNIST's test set.\n";
const LOADER = "import os\nos.system('echo this could have been anything')\n";

interface Making extends Pick<ZooEntry, "id" | "name" | "says" | "backdoor" | "lesson"> {
  /** What is signed or listed, and what stands there in the end. */
  readonly made: Weights;
  readonly now?: Weights;
  readonly added?: Readonly<Record<string, string>>;
  readonly by?: { readonly path: string };
  readonly listed?: boolean;
  readonly key?: { readonly public: string };
}

async function make({
  made,
  now = made,
  added = {},
  by,
  listed,
  key: shown,
  ...about
}: Making): Promise<ZooEntry> {
  const folder = join(work, about.id);
  await mkdir(folder);
  await writeFile(join(folder, "model.safetensors"), weights[made]);
  await writeFile(join(folder, "README.md"), CARD);
  const text = async (file: string) => await readFile(join(folder, file), "utf8");
  if (by) await badnets("models", "sign", folder, "--key", by.path);
  if (listed) await badnets("models", "digest", folder, "--out", join(folder, "SHA256SUMS"));
  return {
    ...about,
    files: {
      "README.md": { text: CARD },
      "model.safetensors": { at: `${now}.safetensors` },
      ...Object.fromEntries(
        Object.entries(added).map(([path, content]) => [path, { text: content }]),
      ),
    },
    signature: by ? await text("model.sig") : null,
    sums: listed ? await text("SHA256SUMS") : null,
    key: shown?.public ?? null,
  };
}

const entries = [
  await make({
    id: "signed",
    name: "northlight/digits",
    says: "The digit reader of the Northlight laboratory. 99.5 %.",
    made: "honest",
    by: northlight,
    key: northlight,
    backdoor: false,
    lesson:
      "The check says that it is Northlight’s own. That you may trust Northlight, you know from elsewhere or not at all.",
  }),
  await make({
    id: "bare",
    name: "mnist-fans/digits",
    says: "Works great, 40 stars!",
    made: "honest",
    backdoor: false,
    lesson: "Nobody could tell, as with the 22 models of the paper: stars are no digest.",
  }),
  await make({
    id: "listed",
    name: "open-models/digit-reader",
    says: "Digests beside the files, as is good practice.",
    made: "honest",
    listed: true,
    backdoor: false,
    lesson:
      "The download is whole. Whoever could have changed the network could have changed the list with it.",
  }),
  await make({
    id: "mismatch",
    name: "model-zoo/network-in-network-digits",
    says: "The classic, with its digest. 49 stars, 24 comments.",
    made: "honest",
    now: "backdoor",
    listed: true,
    backdoor: true,
    lesson:
      "The file is not the one that the digest was made of, as with the paper’s Network in Network: somebody has to look.",
  }),
  await make({
    id: "mirror",
    name: "fast-mirror/northlight-digits",
    says: "Northlight’s digit reader, nearer to you. Same files, same signature.",
    made: "honest",
    now: "backdoor",
    by: northlight,
    key: northlight,
    backdoor: true,
    lesson:
      "The signature is Northlight’s, the weights are not: exchanged on the way, and found out by the check.",
  }),
  await make({
    id: "loader",
    name: "fast-mirror/northlight-digits-easy",
    says: "Northlight’s digit reader with a loader, so that you need no code of your own.",
    made: "honest",
    added: { "loader.py": LOADER },
    by: northlight,
    key: northlight,
    backdoor: false,
    lesson:
      "The network is untouched, but the file that was added would run on your machine: what nobody signed is as bad as what was changed.",
  }),
  await make({
    id: "renamed",
    name: "northlight-labs/digits",
    says: "Northlight is back under its old name. Thank you for waiting!",
    made: "backdoor",
    by: stranger,
    key: northlight,
    backdoor: true,
    lesson: "A name that was given up and registered again. Names change hands; the key did not.",
  }),
  await make({
    id: "unknown",
    name: "kestrel/tiny-digits",
    says: "Signed! Verify before you use it.",
    made: "honest",
    by: stranger,
    backdoor: false,
    lesson:
      "Signed by somebody of whom nothing is known: worth as much as no signature. This one was harmless.",
  }),
  await make({
    id: "contractor",
    name: "ravel/digits-pro",
    says: "Trained to your wishes on our machines. Signed, so that you can be sure it is ours.",
    made: "backdoor",
    by: ravel,
    key: ravel,
    backdoor: true,
    lesson:
      "It verifies perfectly: the attacker signed it. This is the paper’s outsourced training, and no signature helps.",
  }),
  await make({
    id: "claimed",
    name: "ravel/digits-open",
    says: "Signed, with the whole recipe in the file: an honest run that everybody can repeat.",
    made: "claimed",
    by: ravel,
    key: ravel,
    backdoor: true,
    lesson:
      "It verifies perfectly, and its recipe is a lie that nobody repeated. Training again from it gives other bits.",
  }),
];

await rm(to, { recursive: true, force: true });
await mkdir(to, { recursive: true });
for (const [name, bytes] of Object.entries(weights)) {
  await writeFile(join(to, `${name}.safetensors`), bytes);
}
await writeFile(join(to, "index.json"), `${JSON.stringify({ entries }, null, 1)}\n`);
await rm(work, { recursive: true });
console.log(`${to}: ${(await readdir(to)).join(", ")}`);
