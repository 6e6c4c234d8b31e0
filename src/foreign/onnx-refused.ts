/** Nodes of an ONNX graph that decide or compare, and others that no chain of layers has: named, with what to do. */
import { clip, UserError } from "../errors.ts";
import type { OnnxNode } from "./onnx-schema.ts";

/** They make a graph behave otherwise for chosen images, whatever the weights are. */
const deciding: ReadonlySet<string> = new Set(
  "If Loop Scan Where Equal Greater GreaterOrEqual Less LessOrEqual Not And Or Xor Compress NonZero IsNaN IsInf BitwiseAnd BitwiseOr BitwiseXor BitwiseNot SequenceMap".split(
    " ",
  ),
);

/** What to do about kinds of nodes that are met often. */
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /^(Quantize|Dequantize|QLinear|ConvInteger|MatMulInteger|DynamicQuantize)/,
    "give the network before it was quantised",
  ],
  [
    /^Transpose$/,
    "export it with images as channels, rows, columns (tf2onnx: --inputs-as-nchw and --outputs-as-nchw)",
  ],
  [/^(ArgMax|TopK)$/, "export it up to its last dense layer, without the choice of a class"],
  [
    /^(LeakyRelu|PRelu|Elu|Selu|Gelu|Sigmoid|Tanh|HardSigmoid|HardSwish|Clip|Erf|Softplus|Mish)$/,
    "of activations ReLU is computed here; train it with that, or give another network",
  ],
  [/^(LSTM|GRU|RNN|Attention)$/, "chains of convolutions and dense layers are read, no others"],
];

/**
 * @param known kinds that can be read
 * @throws UserError naming nodes that decide, before all others, or that are of no kind that is known
 */
export function refuseNodes(nodes: readonly OnnxNode[], known: ReadonlySet<string>): void {
  const found = nodes.filter(({ opType }) => deciding.has(opType ?? ""));
  if (found.length > 0) {
    throw new UserError(
      `its graph decides or compares: ${named(found)}. Such nodes let it behave in another way for chosen images while every ` +
        "weight looks honest, and backdoors have been hidden in them (Bober-Irizar et al. 2023; ShadowLogic 2024), so it is not " +
        "read at all; ask its author for a plain chain of layers, or for the weights alone as safetensors.",
    );
  }
  const strange = nodes.filter(
    ({ domain = "", opType = "" }) => !["", "ai.onnx"].includes(domain) || !known.has(opType),
  );
  if (strange.length === 0) return;
  const [{ opType = "" }] = strange;
  const hint = advice.find(([pattern]) => pattern.test(opType))?.[1];
  throw new UserError(
    `it has ${strange.length === 1 ? "a node" : `${strange.length} nodes`} that cannot be read: ${named(strange)}; ` +
      `${hint ?? "a chain of convolutions, pools, batch normalisation, ReLU and dense layers is read"}.`,
  );
}

/** Up to five of them: 'Equal "check"'. */
function named(nodes: readonly OnnxNode[]): string {
  const names = nodes.slice(0, 5).map(({ opType = "?", name = "", output }) => {
    const title = name === "" ? (output[0] ?? "") : name;
    return `${clip(opType)} "${clip(title)}"`;
  });
  return names.join(", ") + (nodes.length > 5 ? ` and ${nodes.length - 5} more` : "");
}

/** A value that two nodes read. */
export function branched(value: string): UserError {
  return new UserError(
    `"${clip(value)}" is read by more than one node: the graph branches (residual additions, concatenations), and only a chain, ` +
      "one layer after the other, is read.",
  );
}
