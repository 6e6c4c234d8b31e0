/** Claims of the benchmarks: the training step, the detector's convolutions, the open laboratory. */
import { median } from "d3";
import { OWN_NAME, type Report, type Result } from "../../bench/report.ts";
import { atLeast, atMost, claimsOf, share, slug, unmeasured, type Claim } from "./claim.ts";
import type { Recorded, Results } from "./results.ts";

/** What is counted of a step for those that compute through WebGPU. */
export const counted = [
  ["dispatches", "dispatches"],
  ["uploads", "uploads"],
  ["buffers", "buffers made"],
  ["bindGroups", "bind groups made"],
  ["pipelines", "pipelines made"],
] as const;

/** The most of our own step. */
const most = { dispatches: 14, uploads: 0, buffers: 0, bindGroups: 0, pipelines: 0 } as const;

export type Timed = Extract<Result, { readonly stepSeconds: unknown }>;

export const contestantId = (batch: number, name: string) => `speed.step.${batch}.${slug(name)}`;

/** Those that were measured, fastest first. */
export function timed({ results }: Report): Timed[] {
  return results
    .filter((result): result is Timed => "stepSeconds" in result)
    .sort((a, b) => median(a.stepSeconds)! - median(b.stepSeconds)!);
}

export function speedClaims(results: Results): Claim[] {
  return [
    ...results.training.flatMap(trainingClaims),
    ...interfaceClaims(results.interface),
    ...convolutionClaims(results.convolutions),
    unmeasured("speed", "speed.step.memory", "memory that 5,000 steps add", "bytes", atMost(0)),
  ];
}

function trainingClaims({ file, content }: Recorded<Report>): Claim[] {
  const { batch, adapter, anatomy } = content;
  const row = claimsOf("speed", { file, adapter, seeds: [] });
  const all = timed(content);
  const own = all.find(({ name }) => name === OWN_NAME)!;
  const others = all.filter((one) => one !== own);
  const seconds = ({ stepSeconds }: Timed) => median(stepSeconds)!;
  const id = `speed.step.${batch}`;
  return [
    ...all.flatMap((one) => contestantClaims(one, batch, row)),
    row(
      `${id}.ratio`,
      `images a second, ours against the next library's, batch ${batch}`,
      "times",
      others.length > 0 ? Math.min(...others.map(seconds)) / seconds(own) : null,
      atLeast(5),
    ),
    row(
      `${id}.loss-difference`,
      `greatest difference of a loss from the median of all libraries, batch ${batch}`,
      "%",
      share(greatestDifference(all)),
      atMost(0.1),
    ),
    row(
      `${id}.product-share`,
      `throughput of the step against our best dense product, batch ${batch}`,
      "%",
      anatomy ? share(anatomy.flops / seconds(own) / 1e9 / anatomy.bestProduct) : null,
      atLeast(60),
    ),
    row(
      `${id}.first-step`,
      `time from having the data to the end of the first step, batch ${batch}`,
      "s",
      anatomy?.firstStepSeconds ?? null,
      atMost(2),
    ),
  ];
}

function contestantClaims(one: Timed, batch: number, row: ReturnType<typeof claimsOf>): Claim[] {
  const { name, stepSeconds, counts } = one;
  const id = contestantId(batch, name);
  return [
    row(
      `${id}.images-per-second`,
      `training, ${name}, batch ${batch}`,
      "images/s",
      batch / median(stepSeconds)!,
    ),
    ...(counts.dispatches === 0
      ? []
      : counted.map(([what, words]) =>
          row(
            `${id}.${slug(words)}`,
            `${words} in a step, ${name}, batch ${batch}`,
            "",
            counts[what],
            name === OWN_NAME ? atMost(most[what]) : null,
          ),
        )),
  ];
}

/** Of all losses from their step's median over the libraries, as a share of it. */
function greatestDifference(all: readonly Timed[]): number {
  return Math.max(
    ...all[0].losses.map((_, step) => {
      const losses = all.map((one) => one.losses[step]);
      const usual = median(losses)!;
      return Math.max(...losses.map((loss) => Math.abs(loss - usual) / Math.abs(usual)));
    }),
  );
}

function interfaceClaims({ file, content }: Results["interface"]): Claim[] {
  const { rounds, share: reached } = content;
  const javascript = median(rounds, ({ page }) => page.javascript) ?? null;
  const { adapter } = rounds[0].commandLine;
  const row = claimsOf("speed", { file, adapter, seeds: [] });
  const range = (id: string, claim: string, values: readonly number[]) => [
    row(`${id}.least`, `${claim}, least of ${values.length} runs`, "images/s", Math.min(...values)),
    row(`${id}.most`, `${claim}, most of ${values.length} runs`, "images/s", Math.max(...values)),
  ];
  return [
    ...range(
      "speed.interface.page",
      "training with the laboratory open",
      rounds.map(({ page }) => page.imagesPerSecond),
    ),
    ...range(
      "speed.interface.command-line",
      "training by the command line beside it",
      rounds.map(({ commandLine }) => commandLine.imagesPerSecond),
    ),
    row(
      "speed.interface.share",
      "training with the laboratory open against the command line",
      "%",
      share(reached),
      atLeast(90),
    ),
    row(
      "speed.interface.long-tasks",
      "tasks of the page's main thread over 50 ms while training",
      "",
      rounds.reduce((sum, { page }) => sum + page.longTasks.length, 0),
      atMost(0),
    ),
    row(
      "speed.interface.first-view",
      "time from the request to the view of the BadNet that ships",
      "s",
      median(rounds, ({ page }) => page.firstView)! / 1000,
      atMost(2),
    ),
    row(
      "speed.interface.javascript",
      "JavaScript of the first view, compressed",
      "kB",
      javascript === null ? null : javascript / 1000,
      atMost(200),
    ),
  ];
}

/** The passes of a convolution, and what they are called. */
export const passes = [
  ["forward", "forward"],
  ["weights", "gradient of the weights"],
  ["input", "gradient of the input"],
] as const;

function convolutionClaims({ file, content }: Results["convolutions"]): Claim[] {
  const row = claimsOf("speed", { file, adapter: content.results[0].adapter ?? null, seeds: [] });
  return content.results.flatMap(({ shape, ours, dense, others }) => {
    const id = `speed.convolution.${slug(shape.name)}`;
    const all = ours.forward + ours.weights + ours.input;
    return [
      ...passes.map(([pass, words]) =>
        row(
          `${id}.${pass}`,
          `throughput against our dense product of the same extents, ${shape.name}, ${words}`,
          "%",
          share(dense / ours[pass]),
          atLeast(80),
        ),
      ),
      ...others.flatMap((other) => [
        row(
          `${id}.against.${slug(other.name)}.forward`,
          `throughput against ${other.name}, ${shape.name}, forward`,
          "times",
          other.forward / ours.forward,
          atLeast(2),
        ),
        row(
          `${id}.against.${slug(other.name)}.all`,
          `throughput against ${other.name}, ${shape.name}, forward and both gradients`,
          "times",
          other.all / all,
          atLeast(2),
        ),
      ]),
    ];
  });
}
