/**
 * MM-BD (Wang et al., "MM-BD: post-training detection of backdoor attacks with arbitrary backdoor pattern types using a
 * maximum margin statistic", S&P 2024): without any data, how far above all others can an input lift each class? A
 * backdoor's target stands out.
 */
import { Random, Stream } from "../data/random.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { createOptimiser, optimiserUniform } from "../layers/optimiser.ts";
import type { Defence, Verdict } from "./defence.ts";
import { largestIsLikely, median } from "./outliers.ts";
import { perturbationStep, runSearch, type FrozenNetwork } from "./search.ts";
import type { Hooks, Subject } from "./subject.ts";

export interface MarginOptions {
  readonly classes: number;
  readonly seed: number;
  /** Random images that each class begins with. */
  readonly starts?: number;
  readonly steps?: number;
  readonly rate?: number;
  /** Kept from step to step. The authors' program makes its optimiser anew in each step and so loses it. */
  readonly momentum?: number;
  /** Ratio of the largest margin to the median from which the class is suspicious, if `likely` agrees. */
  readonly ratio?: number;
  readonly likely?: number;
}

export interface ClassMargin {
  readonly label: number;
  /** Logit of the class over the largest of the others, of the image that lifts it highest. */
  readonly margin: number;
  /** That image, 0 to 1. [C, H, W] */
  readonly image: Float32Array<ArrayBuffer>;
}

export interface MarginFindings {
  readonly classes: readonly ClassMargin[];
  /** The class with the largest margin. */
  readonly largest: number;
  /** The largest margin over the median of all. */
  readonly ratio: number;
  /** How likely the largest margin is where it is like the others: see largestIsLikely. */
  readonly p: number;
  readonly flagged: boolean;
  /** Images that went forward and back. */
  readonly passes: number;
}

const defaults = { starts: 30, steps: 300, rate: 0.01, momentum: 0.2, ratio: 2, likely: 0.05 };

type Settings = typeof defaults & MarginOptions;

export async function maximumMargins(
  gpu: Gpu,
  subject: Subject,
  options: MarginOptions,
  hooks: Hooks = {},
): Promise<MarginFindings> {
  const settings: Settings = { ...defaults, ...options };
  const { classes, starts, steps } = settings;
  const batch = classes * starts;
  const [tally, images] = await runSearch(
    gpu,
    subject,
    // One step more, which measures what the last of them made.
    { batch, steps: steps + 1, prepare: (scope, network) => prepare(scope, network, settings) },
    hooks,
  );
  const size = images.length / batch;
  const found = Array.from({ length: classes }, (_, label): ClassMargin => {
    const own = Array.from({ length: starts }, (_, start) => label * starts + start);
    const best = own.reduce((a, b) => (tally[2 * b] < tally[2 * a] ? b : a));
    const image = images.slice(best * size, (best + 1) * size);
    return { label, margin: -tally[2 * best], image };
  });
  return { ...judgeMargins(found, settings), passes: batch * (steps + 1) };
}

/** What the margins of all classes come to. */
export function judgeMargins(
  classes: readonly ClassMargin[],
  limits: { ratio: number; likely: number },
): Omit<MarginFindings, "passes"> {
  const margins = classes.map(({ margin }) => margin);
  const largest = margins.indexOf(Math.max(...margins));
  const ratio = margins[largest] / median(margins);
  const p = largestIsLikely(margins);
  return { classes, largest, ratio, p, flagged: ratio >= limits.ratio && p < limits.likely };
}

function prepare(gpu: Gpu, network: FrozenNetwork, settings: Settings) {
  const { starts, steps, rate, momentum, seed } = settings;
  const { batch, x } = network;
  const labels = gpu.tensor("labels", [batch], "u32");
  const progress = gpu.tensor("progress", [4], "u32");
  const tally = gpu.tensor("tally", [batch, 2]);
  const images = gpu.tensor("images", x.shape);
  const gradient = gpu.tensor("images.gradient", x.shape);
  gpu.write(
    labels,
    Uint32Array.from({ length: batch }, (_, b) => Math.floor(b / starts)),
  );
  const random = new Random(seed, Stream.initialise);
  gpu.write(
    images,
    Float32Array.from({ length: images.byteLength / 4 }, () => random.next()),
  );
  const optimiser = createOptimiser(gpu, "sgd", { values: images, gradients: gradient, progress });
  const constant = { weightDecay: 0, schedule: "constant", warmup: 0 } as const;
  gpu.write(
    optimiser.uniform,
    optimiserUniform({ kind: "sgd", rate, momentum, ...constant }, steps),
  );
  // Each image is a perturbation of its own of an image that is black.
  const blank = gpu.tensor("blank", x.shape);
  const step = perturbationStep(
    network,
    { wish: "margin", labels, tally, progress },
    { delta: images, gradient, clean: blank, low: 0 },
    optimiser.spec,
  );
  return { step, results: [tally, x] };
}

export function marginVerdict({ classes, largest, ratio, p, flagged }: MarginFindings): Verdict {
  const figures =
    `${largest} can be lifted ${classes[largest].margin.toFixed(1)} above all other classes, ${ratio.toFixed(2)} times ` +
    `the median (p ${p < 0.001 ? "< 0.001" : `= ${p.toFixed(3)}`})`;
  return {
    flagged,
    evidence: `${flagged ? "One class stands out" : "No class stands out"}: ${figures}.`,
  };
}

export const marginDefence: Defence = {
  id: "mmbd",
  name: "MM-BD",
  question:
    "Is there a class that an input can lift much further above all others than it can the rest?",
  source: "Wang 2023",
  kind: "find",
  needs: "nothing",
  cost: 85,
  work: ({ classes }) => ({ forward: 0, back: classes * defaults.starts * (defaults.steps + 1) }),
  blindSpots:
    "An attack with as many targets as classes lifts all of them, and one on a single class lifts its target too little.",
  answer: async (gpu, subject, { classes, seed }, hooks) => {
    const findings = await maximumMargins(gpu, subject, { classes, seed }, hooks);
    return { findings, mended: null, ...marginVerdict(findings) };
  },
};
