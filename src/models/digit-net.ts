/** The paper's digit network (section 4.1, table 1): 281,034 parameters. */
import type { NetworkDescription } from "./description.ts";

export const DIGIT_SIZE = 28;
export const DIGIT_CLASSES = 10;

export const digitNet: NetworkDescription = {
  input: [1, DIGIT_SIZE, DIGIT_SIZE],
  layers: [
    { kind: "conv", label: "conv1", filters: 16, kernel: 5, relu: true, pool: 2 },
    { kind: "conv", label: "conv2", filters: 32, kernel: 5, relu: true, pool: 2 },
    { kind: "dense", label: "fc1", outputs: 512, relu: true },
    { kind: "dense", label: "fc2", outputs: DIGIT_CLASSES },
  ],
};
