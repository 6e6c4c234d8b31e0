/** `badnets models export`: writes a network as other tools read it. */
import { UserError } from "../../errors.ts";
import { OPSET, writeOnnx } from "../../foreign/onnx-write.ts";
import { writeStateDict } from "../../foreign/safetensors-write.ts";
import { writeOutput } from "../../node/write-output.ts";
import { SOFTWARE } from "../../studies/software.ts";
import { oneOf, textOf, UsageError, type Options } from "../shared/options.ts";
import { assertOutputs, filesOf } from "../shared/output.ts";
import { say } from "../shared/say.ts";
import { assertThere, readAny } from "./files.ts";

export async function exportModel(given: Options, model: string): Promise<number> {
  const to = oneOf(given, "to", ["onnx", "safetensors"]);
  const out = textOf(given, "out");
  if (to === undefined || out === undefined) {
    throw new UsageError(
      "export needs to know what to write, and where: --to onnx --out model.onnx.",
    );
  }
  assertThere(model);
  await assertOutputs(filesOf(given, "out"), [{ name: "the model", path: model }]);
  const { path, description, parameters, parametersSha256, recipe } = await readAny(model);
  if (!description) {
    throw new UserError(
      `${path} is a detector, whose regions and choices are no chain of layers: digit networks and imported ones are exported.`,
    );
  }
  const metadata = {
    parametersSha256,
    ...(recipe === null ? {} : { recipe: JSON.stringify(recipe) }),
  };
  if (to === "onnx") {
    const [name, version = ""] = SOFTWARE.split(" ");
    await writeOutput(
      out,
      writeOnnx(description, parameters, { producer: [name, version], metadata }),
    );
  } else await writeOutput(out, writeStateDict(description, parameters, metadata));
  const what =
    to === "onnx"
      ? `ONNX of operator set ${OPSET}: "image", any number of ${description.input.join(" x ")} of 0 to 1, to "logits".`
      : "a PyTorch state dict, its layers as a table in the metadata.";
  await say([`${out}: ${path} as ${what}`], true);
  return 0;
}
