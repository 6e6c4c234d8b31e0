/** A chain of certificates leads to the root that the reader names, or there is a sentence of why it does not. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { followChain, readCertificates, signatoryOf } from "../../src/signing/certificates.ts";
import { bundleOf, rootOf } from "./samples.ts";

const one = (name: string) =>
  readCertificates(
    readFileSync(join(import.meta.dirname, "chains", `${name}.pem`), "utf8"),
    name,
  )[0];
const follow = async (chain: string[], roots: string[], at = new Date("2030-01-01")) =>
  await followChain(chain.map(one), roots.map(one), at, "the chain");

describe("a chain of certificates", () => {
  it("leads to the root that is named, in whatever order the others come", async () => {
    expect(await follow(["signer", "authority"], ["root"])).toEqual({
      root: "CN=root",
      problem: null,
    });
    expect(await follow(["signer", "impostor", "authority", "root"], ["impostor", "root"])).toEqual(
      { root: "CN=root", problem: null },
    );
    expect((await follow(["no-uses", "authority"], ["root"])).problem).toBeNull();
  });

  it("may be trusted from any of its certificates on", async () => {
    expect((await follow(["signer"], ["authority"])).root).toBe("CN=authority");
    expect((await follow(["signer"], ["signer"])).root).toBe("CN=signer");
  });

  it.each([
    [["signer", "authority", "root"], [], "leads to CN=root, which is none of the roots"],
    [["signer", "authority"], ["impostor"], "leads to CN=root, which is none of the roots"],
    [
      ["signer", "authority", "root"],
      ["same-name"],
      "leads to CN=root, which is none of the roots",
    ],
    [["signer"], ["root"], "leads to CN=authority, which is none of the roots that were named."],
    [
      ["too-deep", "below-too-many", "authority"],
      ["root"],
      "The certificate of CN=authority has more certificates below it than it allows.",
    ],
    [
      ["signed-by-signer", "signer", "authority"],
      ["root"],
      "The certificate of CN=signer is used to sign another one, which it is not for.",
    ],
    [
      ["encrypts-only", "authority"],
      ["root"],
      "The certificate of CN=encrypts-only is not for signing.",
    ],
    [["web-server", "authority"], ["root"], "The certificate of CN=web-server is not for signing."],
    [
      ["strange", "authority"],
      ["root"],
      "has a critical extension (1.2.3.4) that is not known here",
    ],
  ])("of %j does not lead to %j", async (chain, roots, problem) => {
    const { root, problem: found } = await follow(chain, roots);
    expect(root).toBeNull();
    expect(found).toContain(problem);
  });

  it("holds only while all of its certificates are valid", async () => {
    const { certificates } = await bundleOf("v1.1.0-certificate");
    const at = async (when: string) =>
      (await followChain(certificates, rootOf("ca-cert.pem"), new Date(when), "it")).problem;
    expect(await at("2025-05-03")).toBeNull();
    expect(await at("2036-01-01")).toBe(
      "The certificate of CN=intermediate-ca expired on 2035-04-30, before 2036-01-01.",
    );
    expect(await at("2020-01-01")).toBe(
      "The certificate of CN=intermediate-ca was not valid before 2025-05-02, at 2020-01-01.",
    );
  });
});

describe("a certificate", () => {
  it("that cannot be read is refused by the file's name", async () => {
    const whole = one("signer");
    const cut = [whole.subarray(0, 40), whole.subarray(0, whole.length - 1), new Uint8Array(9)];
    for (const der of cut) {
      await expect(signatoryOf(der, "it.pem")).rejects.toThrow(
        "it.pem holds a certificate that cannot be read.",
      );
    }
    expect(() => readCertificates("nothing", "a.txt")).toThrow("a.txt holds no certificate in PEM");
  });
});
