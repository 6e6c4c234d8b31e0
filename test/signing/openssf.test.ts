/** The specification's test vectors, and models that its reference tool signed, are judged rightly. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { modelAt } from "../../src/node/model-folder.ts";
import { readBundle } from "../../src/signing/bundle.ts";
import { NOT_OF_BEHAVIOUR } from "../../src/signing/verify.ts";
import { bundleOf, openssf, rootOf, textAt, trustsAll, verdictOn, who } from "./samples.ts";

const vector = async (path: string) =>
  await readBundle(textAt("test-vectors", "v1.0", path), "the vector");

describe("the specification's test vectors", () => {
  it.each([
    ["valid/key.bundle.json", "key", "v1.1.0-elliptic-key"],
    ["valid/certificate.bundle.json", "certificate", "v1.1.0-elliptic-key"],
    ["valid/sigstore.bundle.json", "sigstore", "v1.1.0-sigstore"],
  ] as const)(
    "%s is read, and verifies over the files it was made of",
    async (path, method, files) => {
      const bundle = await vector(path);
      expect(bundle.method).toBe(method);
      const model = modelAt(openssf("signed", files));
      const verdict = await verdictOn(bundle, model, await trustsAll(), { own: "model.sig" });
      expect(verdict).toMatchObject({ outcome: "verified", problems: [] });
    },
  );

  it.each([
    ["invalid/empty.bundle.json", "the vector is no signature: it is not JSON."],
    ["invalid/missing-envelope.bundle.json", "it has a bad dsseEnvelope"],
    [
      "invalid/missing-tlog-entries.bundle.json",
      "its certificate comes without an entry of a transparency log",
    ],
    ["invalid/missing-verification-material.bundle.json", "it has a bad verificationMaterial"],
    [
      "invalid-payload/wrong-predicate.bundle.json",
      "the vector signs something else than a model's files: its statement is of the type",
    ],
  ])("%s is refused with a sentence of why", async (path, message) => {
    await expect(vector(path)).rejects.toThrow(message);
  });

  it("are all there", () => {
    const all = readdirSync(openssf("test-vectors", "v1.0"), { recursive: true }).map(String);
    expect(all.filter((path) => path.endsWith(".json"))).toHaveLength(8);
  });
});

describe("a model that the reference tool signed", () => {
  const models = readdirSync(openssf("signed"));
  /** By the version: whether it names what was left out. */
  const silent = (model: string) => model.startsWith("v1.0.1");
  const withFolder = models.filter((model) => model !== "v0.2.0-certificate");

  it("is one of thirteen", () => expect(models).toHaveLength(13));

  it.each(withFolder)(
    "%s verifies against its signer, and says what that proves",
    async (model) => {
      const bundle = await bundleOf(model);
      const ignore = silent(model) ? ["ignore-me"] : [];
      const options = { own: "model.sig", ignore };
      const list = modelAt(openssf("signed", model));
      const verdict = await verdictOn(bundle, list, await trustsAll(), options);
      expect(verdict).toMatchObject({ outcome: "verified", problems: [], differences: [] });
      expect(verdict.proven).toHaveLength(1);
      const signer = {
        key: "the holder of the key e8450dec4eb99dae",
        certificate: "CN=intermediate-ca (vouched for by CN=root-ca)",
        sigstore: `${who.identity} (vouched for by ${who.issuer}, on `,
      }[bundle.method];
      expect(verdict.signer).toContain(signer);
      expect(verdict.unproven.at(-1)).toBe(NOT_OF_BEHAVIOUR);
      const leftOut = "ignore-me: it is there, and not among what was signed.";
      const has = /^v1\.(0\.1|1)/.test(model);
      expect(verdict.unproven.includes(leftOut)).toBe(has);
    },
  );

  it.each(withFolder)("%s is unverified, not wrong, to who knows nobody", async (model) => {
    const options = { own: "model.sig", ignore: ["ignore-me"] };
    const list = modelAt(openssf("signed", model));
    const verdict = await verdictOn(await bundleOf(model), list, {}, options);
    expect(verdict).toMatchObject({ outcome: "unverified", problems: [] });
    expect(verdict.unproven[0]).toMatch(/^(That|Whose key that is)/);
  });

  it.each(models.filter(silent))("%s fails with the file that it does not name", async (model) => {
    const list = modelAt(openssf("signed", model));
    const verdict = await verdictOn(await bundleOf(model), list, await trustsAll(), {
      own: "model.sig",
    });
    expect(verdict.outcome).toBe("failed");
    expect(verdict.problems).toEqual(["ignore-me is there, but was not signed."]);
  });

  it("verifies as a single file, where it was signed as one", async () => {
    const list = modelAt(openssf("signed", "v1.0.0-elliptic-key", "signme-1"));
    const verdict = await verdictOn(await bundleOf("v1.0.0-elliptic-key"), list, await trustsAll());
    expect(verdict.outcome).toBe("verified");
    const other = modelAt(openssf("signed", "v1.1.0-elliptic-key", "signme-2"));
    const wrong = await verdictOn(await bundleOf("v1.0.0-elliptic-key"), other, await trustsAll());
    expect(wrong.problems[0]).toMatch(/^signme-2 is not the file that was signed: its digest is /);
  });

  it("by version 0.2.0 is refused, with what to do", async () => {
    await expect(bundleOf("v0.2.0-certificate")).rejects.toThrow(
      /model\.sig is of an early form .*withdrawn.*ask for a signature made by a newer version\.$/,
    );
  });

  it("fails when somebody else is expected, or the root is another", async () => {
    const trust = await trustsAll();
    const options = { own: "model.sig" };
    const list = modelAt(openssf("signed", "v1.1.0-sigstore"));
    const sigstore = await bundleOf("v1.1.0-sigstore");
    const other = await verdictOn(
      sigstore,
      list,
      { ...trust, identity: "eve@example.com" },
      options,
    );
    expect(other.problems).toEqual([
      `It was signed by ${who.identity}, expected was eve@example.com.`,
    ]);
    const provider = { ...trust, issuer: "https://example.com" };
    expect((await verdictOn(sigstore, list, provider, options)).problems[0]).toContain(
      "expected was https://example.com.",
    );
    const certificate = await bundleOf("v1.1.0-certificate");
    const roots = rootOf("signing-key-cert.pem");
    // The signer's own certificate is trusted as well as a root.
    expect((await verdictOn(certificate, list, { ...trust, roots }, options)).outcome).toBe(
      "verified",
    );
    const logs = sigstoreOf(trust.sigstore!, { tlogs: [] });
    expect(
      (await verdictOn(sigstore, list, { ...trust, sigstore: logs }, options)).problems,
    ).toEqual(["It was entered in a transparency log that the trust material does not name."]);
    const authorities = sigstoreOf(trust.sigstore!, { certificateAuthorities: [] });
    const nobody = await verdictOn(sigstore, list, { ...trust, sigstore: authorities }, options);
    expect(nobody.problems[0]).toMatch(/^Sigstore's checks fail: .*chain.*\.$/);
  });
});

const sigstoreOf = <T extends object>(trust: T, part: Partial<T>): T => ({ ...trust, ...part });
