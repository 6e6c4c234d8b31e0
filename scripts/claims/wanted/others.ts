/** What the sides of the project shall reach that no study measures. */
import { atLeast, atMost } from "../claim.ts";
import type { Wanted } from "./wanted.ts";

/** Signed and foreign networks. */
export const wantedOfModels: readonly Wanted[] = [
  ["models.vectors", "test vectors of the signing specification judged rightly", "", atLeast(8)],
  ["models.samples", "models signed by the reference tool judged rightly", "", atLeast(13)],
  ["models.sign", "time of signing a model of 1.2 MB", "ms", atMost(50)],
  ["models.verify", "speed of verifying 500 MB against the platform's SHA-256", "%", atLeast(60)],
  [
    "models.import",
    "time until an imported network of a million parameters is on view",
    "s",
    atMost(1),
  ],
  [
    "models.onnx",
    "greatest difference of an exported network in another runtime",
    "",
    atMost(1e-4),
  ],
  ["models.mutated", "longest time of reading a mutated file", "s", atMost(1)],
  ["models.mutated.memory", "most extra memory of reading a mutated file", "MB", atMost(64)],
];

/** Files and photographs of real users. */
export const wantedOfInputs: readonly Wanted[] = [
  ["inputs.mutated", "longest time of a reader on 10,000 mutated inputs", "s", atMost(1)],
  [
    "inputs.mutated.memory",
    "most extra memory of a reader on 10,000 mutated inputs",
    "MB",
    atMost(64),
  ],
];

/** Adapters, kernels and other libraries. */
export const wantedOfSpeed: readonly Wanted[] = [
  [
    "speed.hot-loop",
    "multiply-adds among the instructions of every product's hot loop",
    "%",
    atLeast(60),
  ],
  [
    "speed.workgroups",
    "least workgroups of a kernel of the digit step that splits no sum",
    "",
    atLeast(64),
  ],
  [
    "speed.lavapipe",
    "images a CPU second on lavapipe, workgroup form, against before",
    "times",
    atLeast(2),
  ],
  ["speed.quad", "images a second on SwiftShader, quad form, against before", "times", atLeast(1)],
  ["speed.gpu.digit-step", "digit step on an H100-class card", "µs", atMost(150)],
  [
    "speed.gpu.paper-step",
    "step of two images of the preset paper on an H100-class card",
    "ms",
    atMost(30),
  ],
  ["speed.self-test", "time of the self test on a GPU", "ms", atMost(200)],
  ["speed.score", "time of a whole score on a GPU", "min", atMost(1)],
  ["speed.batch", "time per image, batch 64 against 1024", "%", atMost(10)],
];

/** The guided story. */
export const wantedOfStory: readonly Wanted[] = [
  ["story.words", "words of the longest chapter", "words", atMost(90)],
  ["story.response", "slowest response of a chapter on SwiftShader", "s", atMost(1)],
  ["story.first-chapter", "time until the first chapter can be used", "s", atMost(2)],
  ["story.javascript", "JavaScript of the story beside the shell, compressed", "kB", atMost(60)],
  ["story.readers", "time to understand what to do, slowest chapter", "s", atMost(10)],
];

/** The house. */
export const wantedOfProject: readonly Wanted[] = [
  [
    "project.reference",
    "greatest relative difference of a kernel from its reference",
    "",
    atMost(1e-4),
  ],
];
