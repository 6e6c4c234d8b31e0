/** The small table of layers that files of weights alone need: guessed from their shapes, and edited by the reader. */
import * as v from "valibot";
import { clip, UserError } from "../errors.ts";
import { budgets } from "./budgets.ts";

const Size = (least: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(budgets.kernel));
const Name = v.pipe(v.string(), v.maxLength(200));

/** A row; `weights` is what the file's tensors are called before ".weight" and ".bias". */
const Row = v.variant("layer", [
  v.strictObject({
    layer: v.literal("conv"),
    weights: Name,
    stride: v.optional(Size(1), 1),
    padding: v.optional(Size(0), 0),
  }),
  v.strictObject({ layer: v.literal("dense"), weights: Name }),
  v.strictObject({
    layer: v.literal("batch-norm"),
    weights: Name,
    epsilon: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 1e-5),
  }),
  v.strictObject({
    layer: v.picklist(["max-pool", "average-pool"]),
    kernel: Size(1),
    stride: v.optional(Size(1)),
    padding: v.optional(Size(0), 0),
  }),
  v.strictObject({ layer: v.picklist(["global-average", "relu", "flatten"]) }),
]);

const Table = v.strictObject({
  /** Of an image: [channels, height, width]. */
  input: v.pipe(v.strictTuple([Size(1), Size(1), Size(1)]), v.readonly()),
  layers: v.pipe(v.array(Row), v.minLength(1), v.maxLength(budgets.nodes)),
});
export type LayerTable = v.InferOutput<typeof Table>;
export type TableRow = LayerTable["layers"][number];

/** @throws UserError naming the first entry that is wrong */
export function parseTable(text: string, name: string): LayerTable {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${name} is no table of layers: it is not JSON.`, { cause });
  }
  const { success, output, issues } = v.safeParse(Table, json);
  if (success) return output;
  const [issue] = issues;
  throw new UserError(
    `${name} is no table of layers: ${v.getDotPath(issue) ?? "the whole"} (${clip(issue.message)}).`,
  );
}

/** A row a line, as people edit it. */
export function tableText({ input, layers }: LayerTable): string {
  const rows = layers.map((row) => `    ${JSON.stringify(row)}`);
  return `{\n  "input": ${JSON.stringify(input)},\n  "layers": [\n${rows.join(",\n")}\n  ]\n}\n`;
}
