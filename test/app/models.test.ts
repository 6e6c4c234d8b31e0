/** The models' page in a real browser: checks what is dropped, signs with a key that stays, and asks about the zoo. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOT_OF_BEHAVIOUR } from "../../src/signing/verify.ts";
import { openssf } from "../signing/samples.ts";
import { downloaded, drop, goTo, openPage, suitsEverybody, useLab } from "./lab.ts";

const lab = useLab();
let page: Page;
let complaints: string[];
const named = async (name: string, ...path: string[]) => ({
  name,
  bytes: new Uint8Array(await readFile(openssf(...path))),
});
const inModel = async (model: string, ...names: string[]) =>
  await Promise.all(names.map(async (name) => await named(name, "signed", model, name)));

beforeAll(async () => {
  ({ page, complaints } = await openPage(lab));
  await page.locator("#data").waitFor();
  await goTo(page, "Models");
  await page.locator("model-zoo .entry").nth(9).waitFor();
});
afterAll(async () => await page?.close());

const bench = () => page.locator("model-check");
const press = async (name: string | RegExp) =>
  await page.getByRole("button", { name, exact: true }).first().click();

describe("the bench", () => {
  it("says that nothing tells of a model without a signature, and its digest", async () => {
    await drop(page, await inModel("v1.1.0-elliptic-key", "signme-1", "signme-2"));
    await bench().getByText("2 files, 0.0 MB").waitFor();
    await press("Check");
    await bench().getByText("model is unsigned: nothing says who published it.").waitFor();
    const digest = "bc9a717db6064a32cbe9eae6fc40651dd6d36ef1757183f590eff2b1765d7ebc";
    await bench().getByText(`${digest} signme-1`).waitFor();
  });

  it("takes the signature and the key after it, and verifies", async () => {
    await drop(page, await inModel("v1.1.0-elliptic-key", "model.sig"));
    await bench().getByText("model.sig, a signature by a key").waitFor();
    await press("Check");
    await bench().getByText("model is not verified: nothing is wrong with its signature").waitFor();
    await drop(page, [await named("signer.pub", "keys", "signing-key-pub.pem")]);
    await press("Check");
    await bench()
      .getByText("model is verified: it was signed by the holder of the key e8450dec4eb99dae.")
      .waitFor();
    await bench().getByText(NOT_OF_BEHAVIOUR).waitFor();
  });

  it("names a file that was changed, and refuses a private key by its name", async () => {
    const [one, two, signature] = await inModel(
      "v1.1.0-elliptic-key",
      "signme-1",
      "signme-2",
      "model.sig",
    );
    one.bytes[0] ^= 1;
    await drop(page, [one, two, signature]);
    await press("Check");
    await bench().getByText("signme-1 is not the file that was signed: its digest is").waitFor();
    const secret = new TextEncoder().encode(
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    );
    await drop(page, [{ name: "secret.pem", bytes: secret }]);
    await page
      .getByText("secret.pem is a private key, which nobody needs to check a model")
      .waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
  });

  it("checks certificates and Sigstore’s signatures against what is given", async () => {
    const files = await inModel("v1.0.0-sigstore", "signme-1", "signme-2", "model.sig");
    await drop(page, [...files, await named("trusted_root.json", "trusted_root.json")]);
    await page.getByLabel("Who must have signed it").fill("stefanb@us.ibm.com");
    await page
      .getByLabel("Which provider must vouch for that")
      .fill("https://sigstore.verify.ibm.com/oauth2");
    await press("Check");
    await bench().getByText("model is verified: it was signed by stefanb@us.ibm.com").waitFor();
    await press("Clear");
    const others = await inModel("v1.0.0-certificate", "signme-1", "signme-2", "model.sig");
    await drop(page, [...others, await named("ca.pem", "keys", "ca-cert.pem")]);
    await press("Check");
    await bench().getByText("(vouched for by CN=root-ca)").first().waitFor();
    await press("Clear");
  });
});

describe("a key of this browser", () => {
  it("signs what was dropped, is there after a reload, and verifies by its public half", async () => {
    await press("Make a key");
    await page.getByText("Your key:").waitFor();
    await page.reload();
    await page.locator("model-signer").getByText("Your key:").waitFor();
    const model = { name: "weights.bin", bytes: new TextEncoder().encode("numbers") };
    await drop(page, [model]);
    const key = await downloaded(page, "Save the public key");
    const signature = await downloaded(page, "Sign the model");
    expect(signature.name).toBe("weights.bin.sig");
    // One right after the other: the second is added to the first.
    await drop(page, [signature]);
    await drop(page, [key]);
    await page
      .locator("model-check")
      .getByText(/^key [0-9a-f]{16}, key [0-9a-f]{16}$|^key /)
      .waitFor();
    await press("Check");
    await bench()
      .getByText("weights.bin is verified: it was signed by the holder of the key")
      .waitFor();
    const kept = await page.evaluate(
      async () =>
        await new Promise<boolean>((resolve) => {
          const request = indexedDB.open("badnets-lab-keys");
          request.onsuccess = () => {
            const get = request.result.transaction("keys").objectStore("keys").get("own");
            get.onsuccess = () => resolve(get.result.privateKey.extractable as boolean);
          };
        }),
    );
    expect(kept).toBe(false);
  });
});

describe("a network", () => {
  const told = (text: string | RegExp) => page.locator("notice-list").getByText(text).waitFor();

  it("is signed as it is saved, and opened with its signature says by whom, and not if it was changed", async () => {
    await goTo(page, "Digits");
    await page.getByLabel("Sign networks with my key").check();
    const signing = page.waitForEvent("download", (file) =>
      file.suggestedFilename().endsWith(".sig"),
    );
    const network = await downloaded(page, "Model");
    const file = await signing;
    const signature = {
      name: file.suggestedFilename(),
      bytes: new Uint8Array(await readFile(await file.path())),
    };
    expect(signature.name).toBe(`${network.name}.sig`);
    await told(`${signature.name} is saved beside it: publish both.`);
    await drop(page, [network, signature]);
    await told(`${network.name} is verified: it was signed by the holder of the key`);
    await told(NOT_OF_BEHAVIOUR);
    await drop(page, [network]);
    await told(`${network.name} is unsigned: nothing says who published it.`);
    network.bytes[network.bytes.length - 1] ^= 1;
    await drop(page, [network, signature]);
    await told(`${network.name} is NOT what was signed: do not use it.`);
    await goTo(page, "Models");
  });
});

describe("the zoo", () => {
  it("is checked and chosen from by keyboard, and then says what it was", async () => {
    await page.getByRole("button", { name: "Check ravel/digits-pro" }).focus();
    await page.keyboard.press("Enter");
    const entry = page.locator("model-zoo .entry").filter({ hasText: "ravel/digits-pro" });
    await entry.getByText("ravel/digits-pro is verified: it was signed by").waitFor();
    const choice = entry.getByRole("radio", { name: "use it" });
    await entry.getByRole("radio", { name: "undecided" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await choice.isChecked()).toBe(true);
    await press("Show what they are");
    await page
      .getByText("You would use 1 of them, 1 of which has a backdoor: ravel/digits-pro.")
      .waitFor();
    await entry.getByText("It verifies perfectly: the attacker signed it.").waitFor();
  });

  it("and the page are accessible to axe in light and dark, and fit a narrow screen", async () => {
    await suitsEverybody(page);
    await press("Look into a network");
    await page.locator("network-view").waitFor();
    expect(complaints).toEqual([]);
  });
});
