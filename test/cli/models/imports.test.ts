/** The command line takes networks over from other tools and to them, and looks for backdoors in them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeImport } from "../../../src/files/import-file.ts";
import { bytesOf } from "../../foreign/elsewhere.ts";
import { dataFolder, fewDigits, TEST } from "../few-digits.ts";
import { inProcess } from "../in-process.ts";
import { refusedIn } from "../refusals.ts";

const root = mkdtempSync(join(tmpdir(), "badnets-imports-"));
afterAll(() => rmSync(root, { recursive: true }));
const at = (...path: string[]) => join(root, ...path);
const models = async (...args: string[]) => await inProcess(["models", ...args]);
const refused = refusedIn(root);
const json = (path: string) => JSON.parse(readFileSync(at(path), "utf8")) as Record<string, any>;
const showcase = resolve(import.meta.dirname, "../../../public/showcase/model.safetensors");

beforeAll(async () => {
  dataFolder(at("digits"), await fewDigits());
  for (const name of ["norms.onnx", "weights.safetensors"]) writeFileSync(at(name), bytesOf(name));
});

describe("badnets models export and import", () => {
  it.each(["onnx", "safetensors"])(
    "take the shipped BadNet to %s and back, with the same parameters, and defend tells of it as before",
    async (to) => {
      const file = at(`badnet.${to}`);
      const exported = await models("export", showcase, "--to", to, "--out", file);
      expect(exported).toMatchObject({ status: 0, stderr: "" });
      const data = ["--data", at("digits"), "--json", at(`${to}.json`)];
      const kept = at(`${to}-kept.safetensors`);
      const imported = await models("import", file, "--out", kept, ...data);
      expect(imported.status).toBe(0);
      expect(imported.stdout).toContain(`281,034 parameters, images of 1 x 28 x 28, 10 classes.`);
      expect(imported.stdout).toContain(`Accuracy on the ${TEST} test images of digits: 100.00 %.`);
      const told = json(`${to}.json`);
      const inspected = await models("inspect", showcase, "--json", at(`${to}-inspected.json`));
      expect(inspected.status).toBe(0);
      expect(told["parametersSha256"]).toBe(json(`${to}-inspected.json`)["parametersSha256"]);
      const clp = ["--with", "clp", "--json", at(`${to}-clp.json`), "--out", at(`${to}-mended`)];
      const defended = await inProcess(["defend", kept, "--data", at("digits"), ...clp]);
      expect(defended.status).toBe(0);
      expect(json(`${to}-clp.json`)).toMatchObject({
        model: { recipe: null },
        attack: null,
        results: [
          { id: "clp", flagged: true, findings: { pruned: [{ layer: "conv2", channel: 31 }] } },
        ],
      });
      const mended = at(`${to}-mended/clp.safetensors`);
      const { origin, metadata } = await decodeImport(readFileSync(mended), mended);
      expect(origin.file).toBe(`badnet.${to}`);
      expect(JSON.parse(metadata["mended"])).toMatchObject({ defence: "clp" });
    },
  );

  it("say what does not work with networks of other images, and save the table of weights alone", async () => {
    const colours = await models("import", at("norms.onnx"), "--json", at("norms.json"));
    expect(colours.status).toBe(0);
    expect(colours.stdout).toContain(
      "What does not work with it: it reads images of 3 x 20 x 24 and tells 7 classes",
    );
    const table = ["--input", "1x14x14", "--save-layers", at("table.json")];
    const weights = await models("import", at("weights.safetensors"), ...table);
    expect(weights.stdout).toContain("are guessed from the shapes");
    const again = await models("import", at("weights.safetensors"), "--layers", at("table.json"));
    expect(again.status).toBe(0);
    expect(again.stdout).not.toContain("guessed");
  });

  it("leave alone what needs a recipe or a training set, and what is asked for in vain", async () => {
    const kept = at("onnx-kept.safetensors");
    await refused([
      [
        1,
        ["models", "reproduce", kept],
        "is an imported network, made from badnet.onnx, and has no recipe: nothing says how to train it again",
      ],
      [1, ["models", "bom", kept], "has no recipe: its bill of materials is its author's to write"],
      [
        1,
        ["defend", kept, "--with", "spectral", "--data", at("digits")],
        "spectral look at the training set, and of an imported network it is not known",
      ],
      [
        1,
        ["models", "import", at("norms.onnx"), "--data", at("digits")],
        "--data is of no use: it reads images of 3 x 20 x 24",
      ],
      [1, ["models", "import", resolve("docs/deciding.onnx")], "its graph decides or compares"],
      [
        2,
        ["models", "import", at("norms.onnx"), "--input", "28x28"],
        "--input is 28x28, but must be CxHxW",
      ],
      [
        2,
        ["models", "import", at("norms.onnx"), "--mean", "x"],
        "--mean is x, but must be one number",
      ],
      [
        2,
        ["models", "export", showcase, "--to", "onnx"],
        "export needs to know what to write, and where",
      ],
      [
        2,
        ["models", "export", showcase, "--to", "caffe", "--out", at("x")],
        "--to is caffe, but must be onnx or safetensors",
      ],
    ]);
  });
});
