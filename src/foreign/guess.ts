/** Guesses the table of layers from the shapes of weights: what their names and sizes allow, the simplest first. */
import { clip, UserError } from "../errors.ts";
import { windowsAlong } from "./network.ts";
import type { LayerTable, TableRow } from "./table.ts";
import type { WeightArrays } from "./weights.ts";

/** A layer of the file, in the order in which it must come. */
interface Found {
  readonly name: string;
  readonly kind: "conv" | "dense" | "batch-norm";
  readonly shape: readonly number[];
}

/** What may stand around the convolutions: alike for all of them, or pools after some. */
interface Manner {
  readonly padding: "none" | "same";
  readonly pools: number;
  readonly pool: "max-pool" | "average-pool";
  readonly global: boolean;
}

/**
 * @param input of the images, [channels, height, width]; null: MNIST's size where the file has one channel, 32 x 32 with
 * three
 * @throws UserError where no table within a few simple manners fits
 */
export function guessTable(arrays: WeightArrays, input: LayerTable["input"] | null): LayerTable {
  const layers = layersOf(arrays);
  const convolutions = layers.filter(({ kind }) => kind === "conv");
  const dense = layers.filter(({ kind }) => kind === "dense");
  if (convolutions.length + dense.length === 0) {
    throw new UserError(
      `it has no layers by PyTorch's names ("conv1.weight" of four dimensions, "fc1.weight" of two).`,
    );
  }
  const size = input ?? usualSize(convolutions, dense);
  for (const manner of manners(convolutions.length)) {
    const rows = tableOf(layers, manner, size);
    if (rows) return { input: size, layers: rows };
  }
  const order = layers.map(({ name, shape }) => `${clip(name)} ${shape.join(" x ")}`);
  throw new UserError(
    `no simple chain of its layers (${order.join(", ")}) fits images of ${size.join(" x ")}: write the table of layers yourself and give it with --layers, or say the size with --input.`,
  );
}

/** By their names, digits within them counted as numbers; normalisations directly behind the layer that they are of. */
function layersOf(arrays: WeightArrays): Found[] {
  const order = new Intl.Collator("en", { numeric: true });
  const names = [...arrays.keys()].flatMap((key) => /^(.*)\.weight$/.exec(key)?.[1] ?? []);
  const found = names.sort(order.compare).flatMap((name): Found[] => {
    const { shape } = arrays.get(`${name}.weight`)!;
    if (shape.length === 4) return [{ name, kind: "conv", shape }];
    if (shape.length === 2) return [{ name, kind: "dense", shape }];
    return arrays.has(`${name}.running_mean`) ? [{ name, kind: "batch-norm", shape }] : [];
  });
  const rank = { conv: 0, dense: 1 };
  const weighted = found.filter(
    (one): one is Found & { kind: "conv" | "dense" } => one.kind !== "batch-norm",
  );
  const ordered = weighted.toSorted((a, b) => rank[a.kind] - rank[b.kind]);
  const norms = found.filter(({ kind }) => kind === "batch-norm");
  return ordered.flatMap((layer): Found[] => {
    // The next one of that width: bn1 belongs to conv1, bn2 to conv2.
    const at = norms.findIndex(({ shape }) => shape[0] === layer.shape[0]);
    return at === -1 ? [layer] : [layer, ...norms.splice(at, 1)];
  });
}

function usualSize(convolutions: readonly Found[], dense: readonly Found[]): LayerTable["input"] {
  const channels = convolutions[0]?.shape[1];
  if (channels !== undefined) return channels === 1 ? [1, 28, 28] : [channels, 32, 32];
  const inputs = dense[0].shape[1];
  const grey = Math.sqrt(inputs);
  if (Number.isInteger(grey)) return [1, grey, grey];
  const coloured = Math.sqrt(inputs / 3);
  if (Number.isInteger(coloured)) return [3, coloured, coloured];
  throw new UserError(
    `its first layer has ${inputs} inputs, which is no square image: say its size with --input CxHxW.`,
  );
}

/** Pools after each convolution first, then after fewer; a mask says after which. */
function* manners(convolutions: number): Generator<Manner> {
  const masks = Array.from({ length: 2 ** Math.min(convolutions, 10) }, (_, mask) => mask);
  const bits = (mask: number) => mask.toString(2).replaceAll("0", "").length;
  masks.sort((a, b) => bits(b) - bits(a) || a - b);
  for (const global of [false, true])
    for (const padding of ["none", "same"] as const)
      for (const pools of masks) yield { padding, pools, pool: "max-pool", global };
}

/** The table in this manner; null where it does not come out at the dense layers' inputs. */
function tableOf(
  layers: readonly Found[],
  { padding, pools, pool, global }: Manner,
  [channels, height, width]: LayerTable["input"],
): TableRow[] | null {
  let shape = [channels, height, width];
  let convolutions = 0;
  const rows: TableRow[] = [];
  const last = layers.findLast(({ kind }) => kind !== "batch-norm");
  for (const [i, { name, kind, shape: weights }] of layers.entries()) {
    const isLast = layers[i + 1]?.kind !== "batch-norm";
    if (kind === "batch-norm") rows.push({ layer: kind, weights: name, epsilon: 1e-5 });
    if (kind === "conv") {
      const pad = padding === "same" ? Math.floor(weights[2] / 2) : 0;
      if (weights[1] !== shape[0]) return null;
      shape = [
        weights[0],
        ...shape.slice(1).map((side, s) => windowsAlong(side, weights[2 + s], 1, pad, pad)),
      ];
      rows.push({ layer: "conv", weights: name, stride: 1, padding: pad });
      convolutions += 1;
    }
    if (kind === "dense") {
      if (shape.length === 3) {
        if (global && convolutions > 0) {
          rows.push({ layer: "global-average" });
          shape = [shape[0], 1, 1];
        }
        rows.push({ layer: "flatten" });
        shape = [shape.reduce((product, side) => product * side, 1)];
      }
      if (weights[1] !== shape[0]) return null;
      shape = [weights[0]];
      rows.push({ layer: "dense", weights: name });
    }
    const owner = kind === "batch-norm" ? layers[i - 1] : layers[i];
    if (isLast && owner !== last) rows.push({ layer: "relu" });
    if (isLast && owner.kind === "conv" && (pools >> (convolutions - 1)) % 2 === 1) {
      shape = [shape[0], ...shape.slice(1).map((side) => Math.floor(side / 2))];
      rows.push({ layer: pool, kernel: 2, stride: 2, padding: 0 });
    }
    if (shape.some((side) => side < 1)) return null;
  }
  return rows;
}
