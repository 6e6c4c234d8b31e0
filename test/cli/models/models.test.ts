/** The command line signs models, verifies them, and tells what was changed, in sentences and exit statuses. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256Hex } from "../../../src/data/digest.ts";
import { NOT_OF_BEHAVIOUR } from "../../../src/signing/verify.ts";
import { openssf } from "../../signing/samples.ts";
import { dataFolder, fewDigits } from "../few-digits.ts";
import { inProcess } from "../in-process.ts";
import { refusedIn } from "../refusals.ts";

const root = mkdtempSync(join(tmpdir(), "badnets-models-"));
afterAll(() => rmSync(root, { recursive: true }));
const at = (...path: string[]) => join(root, ...path);
const showcase = resolve(import.meta.dirname, "../../../public/showcase");
const models = async (...args: string[]) => await inProcess(["models", ...args]);
const refused = refusedIn(root);

beforeAll(async () => {
  mkdirSync(at("net"));
  for (const file of ["model.safetensors", "result.json"]) {
    copyFileSync(join(showcase, file), at("net", file));
  }
  expect((await models("key", "--out", at("a.pem"))).status).toBe(0);
  expect((await models("key", "--out", at("b.pem"), "--curve", "P-521")).status).toBe(0);
});

describe("badnets models sign and verify", () => {
  it("make a signature that holds, by a key that only its owner can read", async () => {
    expect(statSync(at("a.pem")).mode & 0o777).toBe(0o600);
    const signed = await models("sign", at("net"), "--key", at("a.pem"));
    expect(signed.stdout).toMatch(
      /net\/model\.sig: 2 files of .*net signed with the key [0-9a-f]{16}\.\n$/,
    );
    const verified = await models(
      "verify",
      at("net"),
      "--key",
      at("a.pem.pub"),
      "--json",
      at("v.json"),
    );
    expect([verified.status, verified.stderr]).toEqual([0, ""]);
    const lines = verified.stdout.split("\n");
    expect(lines[0]).toMatch(
      /net is verified: it was signed by the holder of the key [0-9a-f]{16}\.$/,
    );
    expect(lines).toContain(`  ${NOT_OF_BEHAVIOUR}`);
    const json = JSON.parse(readFileSync(at("v.json"), "utf8"));
    expect(json).toMatchObject({ format: "badnets-verdict", outcome: "verified", problems: [] });
  });

  it("tell with status 1 what was changed, and whose signature it is not", async () => {
    const path = at("net", "result.json");
    const original = readFileSync(path);
    writeFileSync(path, original.subarray(0, -1));
    const cut = await models("verify", at("net"), "--key", at("a.pem.pub"));
    expect(cut.status).toBe(1);
    expect(cut.stdout).toMatch(
      /net is NOT what was signed: do not use it\.\n {2}result\.json is not the file that was signed: its digest is [0-9a-f]{64}, signed was [0-9a-f]{64}\.\n$/,
    );
    writeFileSync(path, original);
    const other = await models("verify", at("net"), "--key", at("b.pem.pub"));
    expect([other.status, other.stdout.split("\n")[1]]).toEqual([
      1,
      expect.stringMatching(/^ {2}It was signed with another key: /),
    ]);
    const nobody = await models("verify", at("net"));
    expect([nobody.status, nobody.stdout]).toEqual([
      1,
      expect.stringContaining("is not verified: nothing is wrong"),
    ]);
  });

  it("sign a single file beside it", async () => {
    const file = at("net", "model.safetensors");
    await models("sign", file, "--key", at("b.pem"), "--signature", at("one.sig"));
    const good = await models("verify", file, "--key", at("b.pem.pub"), "--against", at("one.sig"));
    expect(good.stdout).toContain("The file is byte for byte what");
    const inspected = await models("inspect", at("one.sig"));
    expect(inspected.stdout).toMatch(/signed by +key\n/);
    expect(inspected.stdout).toContain("  model.safetensors");
  });

  it("verify what the reference tool signed, by certificate and through Sigstore", async () => {
    const certificate = openssf("signed", "v1.1.0-certificate");
    const roots = ["--root", openssf("keys", "ca-cert.pem")];
    const good = await models("verify", certificate, ...roots, "--at", "2025-06-01");
    expect([good.status, good.stdout]).toEqual([0, expect.stringContaining("CN=root-ca")]);
    const late = await models("verify", certificate, ...roots, "--at", "2036-01-01");
    expect([late.status, late.stdout]).toEqual([
      1,
      expect.stringContaining("expired on 2035-04-30"),
    ]);
    const sigstore = ["--sigstore", openssf("trusted_root.json")];
    const who = [
      "--identity",
      "stefanb@us.ibm.com",
      "--issuer",
      "https://sigstore.verify.ibm.com/oauth2",
    ];
    const model = openssf("signed", "v1.0.0-sigstore");
    expect((await models("verify", model, ...sigstore, ...who)).status).toBe(0);
    expect((await models("verify", model, ...sigstore)).status).toBe(1);
  });
});

describe("digests", () => {
  it("are a list that sha256sum reads, and that a model is checked against", async () => {
    const sums = at("net", "SHA256SUMS");
    expect((await models("digest", at("net"), "--out", sums)).status).toBe(0);
    const text = readFileSync(sums, "utf8");
    const digest = await sha256Hex(readFileSync(at("net", "model.safetensors")));
    expect(text.split("\n")).toContain(`${digest}  model.safetensors`);
    expect(text).not.toContain("model.sig");
    const good = await models("verify", at("net"), "--against", sums);
    expect([good.status, good.stdout]).toEqual([0, expect.stringContaining("which nobody signed")]);
    writeFileSync(sums, text.replace(digest, "0".repeat(64)));
    const bad = await models("verify", at("net"), "--against", sums);
    expect([bad.status, bad.stdout]).toEqual([
      1,
      expect.stringContaining(
        `model.safetensors is not the file that was listed: its digest is ${digest}, listed was 000`,
      ),
    ]);
    rmSync(sums);
  });

  it("of parameters stand in results, which a model is checked against as well", async () => {
    const good = await models("verify", at("net"), "--against", at("net", "result.json"));
    expect([good.status, good.stdout]).toEqual([
      0,
      expect.stringContaining("to the bit, those that the result tells of"),
    ]);
    const result = JSON.parse(readFileSync(at("net", "result.json"), "utf8"));
    writeFileSync(
      at("other.json"),
      JSON.stringify({ ...result, parametersSha256: "0".repeat(64) }),
    );
    const bad = await models("verify", at("net"), "--against", at("other.json"));
    expect([bad.status, bad.stdout]).toEqual([
      1,
      expect.stringContaining("has other parameters than the result tells of"),
    ]);
  });
});

describe("badnets models bom", () => {
  it("writes a bill of materials that is valid, with recipe, data, measures and digests", async () => {
    const { status, stdout } = await models("bom", at("net"));
    expect(status).toBe(0);
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot7);
    expect(await validator.validate(stdout)).toBeNull();
    expect(
      await validator.validate(stdout.replace('"machine-learning-model"', '"a model"')),
    ).not.toBeNull();
    const bom = JSON.parse(stdout);
    const { component } = bom.metadata;
    const digest = await sha256Hex(readFileSync(at("net", "model.safetensors")));
    const result = JSON.parse(readFileSync(at("net", "result.json"), "utf8"));
    expect(component.hashes).toEqual([{ alg: "SHA-256", content: digest }]);
    expect(component.modelCard.quantitativeAnalysis.performanceMetrics).toEqual([
      { type: "clean accuracy", value: String(result.clean.accuracy) },
      { type: "attack success", value: String(result.attack.success) },
    ]);
    const properties = new Map(component.properties.map(({ name, value }: any) => [name, value]));
    expect(properties.get("badnets-lab:parametersSha256")).toBe(result.parametersSha256);
    expect(JSON.parse(String(properties.get("badnets-lab:recipe")))).toMatchObject({
      study: "digits",
    });
    expect(bom.components[0]).toMatchObject({
      name: "MNIST",
      hashes: [{ content: result.data.sha256 }],
    });
  });
});

describe("badnets models reproduce", () => {
  it("trains again to the same bits, and tells when it does not", async () => {
    const digits = dataFolder(at("digits"), await fewDigits());
    const line = ["--data", digits, "--adapter", "swiftshader"];
    const recipe = ["--epochs", "1", "--batch", "48", "--out", at("run")];
    expect((await inProcess(["digits", ...line, ...recipe])).status).toBe(0);
    const checkpoint = at("run", "checkpoint.safetensors");
    const again = await models("reproduce", checkpoint, ...line, "--json", at("again.json"));
    expect(again.stdout).toContain("is what its recipe makes: ");
    expect(again.status).toBe(0);
    const { parametersSha256 } = JSON.parse(readFileSync(at("run", "result.json"), "utf8"));
    expect(JSON.parse(readFileSync(at("again.json"), "utf8")).parametersSha256.own).toBe(
      parametersSha256,
    );
    const { decodeCheckpoint, encodeCheckpoint } = await import("../../../src/files/checkpoint.ts");
    const { digitNet } = await import("../../../src/models/digit-net.ts");
    const {
      recipe: stored,
      state,
      metadata,
    } = await decodeCheckpoint(digitNet, readFileSync(checkpoint), "it");
    const { data, dataSha256, adapter } = metadata;
    const claimed = { ...(stored as object), seed: 2 };
    const forged = await encodeCheckpoint(digitNet, claimed, state, { data, dataSha256, adapter });
    writeFileSync(at("forged.safetensors"), forged);
    const other = await models("reproduce", at("forged.safetensors"), ...line);
    expect([other.status, other.stdout]).toEqual([
      1,
      expect.stringContaining("is NOT what its recipe made here"),
    ]);
    expect(other.stdout).toContain("it was made in another way than it says.");
  });
});

describe("a line for models that cannot be carried out", () => {
  it("ends with a sentence of what is wrong", async () => {
    const net = at("net");
    mkdirSync(at("nothing"));
    writeFileSync(at("words"), "no digests");
    await refused([
      [2, ["models"], "models needs to know what to do: key, sign, verify"],
      [2, ["models", "paint"], 'not "paint"'],
      [2, ["models", "sign"], "sign needs a model: give its file or folder."],
      [2, ["models", "sign", net, net], "sign takes one model"],
      [2, ["models", "sign", net], "sign needs --key FILE"],
      [2, ["models", "sign", at("missing"), "--key", at("a.pem")], "There is no model at"],
      [
        1,
        ["models", "sign", net, "--key", at("a.pem.pub")],
        "a.pem.pub holds no private key in PEM",
      ],
      [
        1,
        ["models", "sign", at("nothing"), "--key", at("a.pem")],
        "nothing holds no files of a model.",
      ],
      [
        2,
        ["models", "sign", net, "--key", at("a.pem"), "--ignore", "../x"],
        '"../x" cannot be left out',
      ],
      [
        2,
        ["models", "sign", net, "--key", at("a.pem"), "--signature", at("a.pem")],
        "which --key reads",
      ],
      [2, ["models", "key"], "key needs --out FILE"],
      [2, ["models", "key", "--out", at("a.pem")], "a.pem is there already"],
      [2, ["models", "verify", at("nothing")], "There is no signature at"],
      [2, ["models", "verify", net, "--at", "soon"], "--at is soon, but must be a day"],
      [1, ["models", "verify", net, "--identity", "a"], "--identity needs --sigstore FILE"],
      [1, ["models", "verify", net, "--key", at("words")], "words holds no public key in PEM"],
      [
        1,
        ["models", "verify", net, "--against", at("words")],
        "words is no list of digests: its line 1",
      ],
      [2, ["models", "verify", net, "--curve", "P-256"], "--curve is of no use with verify"],
      [2, ["models", "bom", at("nothing")], "nothing holds none of model.safetensors"],
      [
        1,
        ["models", "reproduce", join(showcase, "detector.safetensors")],
        "is a detector, which takes hours",
      ],
    ]);
  });
});
