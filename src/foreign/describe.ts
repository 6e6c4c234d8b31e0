/** An imported network in words, the same on the page and on the command line. */
import { count } from "../format.ts";
import {
  describeParameters,
  outputShapes,
  type LayerDescription,
  type NetworkDescription,
} from "../models/description.ts";
import type { Imported } from "./read.ts";

/** What was read, a line for each layer. */
export function importInWords({ network, description, normalisation }: Imported): string[] {
  const { format, producer, notes } = network;
  const parameters = parametersOf(description);
  const by = producer === null ? "" : `, written by ${producer}`;
  return [
    `${format}${by}: ${count(parameters)} parameters, images of ${description.input.join(" x ")}, ${classesOf(description)} classes.`,
    normalisation
      ? `Pixels, 0 to 1, are normalised by mean ${normalisation.mean.join(", ")} and std ${normalisation.std.join(", ")}, which is part of the weights by now.`
      : "Pixels go in as they are, 0 to 1.",
    ...layersInWords(description),
    ...notes,
  ];
}

export const classesOf = (network: NetworkDescription): number => outputShapes(network).at(-1)![0];

export const parametersOf = (network: NetworkDescription): number =>
  describeParameters(network).reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );

function layersInWords(network: NetworkDescription): string[] {
  const shapes = outputShapes(network);
  const width = Math.max(...network.layers.map(({ label }) => label.length));
  return network.layers.map(
    (layer, i) =>
      `  ${layer.label.padEnd(width)}  ${inWords(layer)} -> ${(layer.kind === "dense" ? shapes[i].slice(0, 1) : shapes[i]).join(" x ")}`,
  );
}

function inWords(layer: LayerDescription): string {
  const relu = layer.kind !== "pool" && layer.relu ? ", ReLU" : "";
  if (layer.kind === "dense") return `dense${relu}`;
  const { kernel, stride = 1, pad = 0 } = layer;
  const steps = `${kernel} x ${kernel}${stride === 1 ? "" : `, stride ${stride}`}${pad === 0 ? "" : `, padding ${pad}`}`;
  if (layer.kind === "pool") return `${layer.by === "max" ? "maximum" : "average"} over ${steps}`;
  return `convolution ${steps}${relu}${layer.pool === 2 ? ", average over 2 x 2" : ""}`;
}

/** What keeps the tools that were made for digits from looking at it, in a clause; null: nothing. */
export function notDigits({ input, layers }: NetworkDescription): string | null {
  const description = { input, layers };
  const classes = classesOf(description);
  if (input.join() === "1,28,28" && classes === 10) return null;
  return `it reads images of ${input.join(" x ")} and tells ${classes} classes, and defences, neurons, ablation and confusion are of networks of 1 x 28 x 28 and 10`;
}
