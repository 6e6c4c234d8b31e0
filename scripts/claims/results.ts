/** All result files of the project, as the claims read them. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConvolutionResult } from "../../bench/convolution.ts";
import type { Report } from "../../bench/report.ts";
import type { DefenceReport } from "../../src/studies/digits/defence-report.ts";
import { readFolders } from "../../src/node/sweep-dir.ts";
import type { Finished, InstanceFile } from "../../src/studies/digits/paper/instance-file.ts";
import { digitReproduction } from "../../src/studies/digits/paper/reproduction.ts";
import type { DigitResult } from "../../src/studies/digits/result.ts";
import type { Finished as FinishedZoo } from "../../src/studies/digits/zoo/instance-file.ts";
import { zooReproduction } from "../../src/studies/digits/zoo/reproduction.ts";
import type { Finished as FinishedSigns } from "../../src/studies/signs/paper/instance-file.ts";
import { signReproduction } from "../../src/studies/signs/paper/reproduction.ts";
import type { Finished as FinishedTransfers } from "../../src/studies/signs/transfer/instance-file.ts";
import { transferReproduction } from "../../src/studies/signs/transfer/reproduction.ts";
import type { SignResult } from "../../src/studies/signs/result.ts";

/** A file's content, and its path as seen from the project. */
export interface Recorded<T> {
  readonly file: string;
  readonly content: T;
}

/** Images a second on the command line and on the page in turn, and what the page's visitor waited for. */
export interface InterfaceReport {
  readonly share: number;
  readonly rounds: readonly {
    readonly commandLine: { readonly imagesPerSecond: number; readonly adapter: string };
    readonly page: {
      readonly imagesPerSecond: number;
      /** Milliseconds. */
      readonly firstView: number;
      readonly longTasks: readonly number[];
      /** Bytes of the scripts of the first view, compressed; missing in reports of before it was recorded. */
      readonly javascript?: number;
    };
  }[];
}

/** Measured once, on one machine, the trees in turn. */
export interface HouseReport {
  readonly commits: { readonly before: string; readonly after: string };
  readonly adapter: string;
  /** Outside the folders of a study that was added for a trial. */
  readonly toyStudyLines: number;
  /** Of TypeScript under src. */
  readonly sourceLines: { readonly before: number; readonly after: number };
  readonly importCircles: number;
  readonly importsBetweenPages: number;
  /** Images a second of the digit step, batch 64, round by round. */
  readonly training: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** Images a second with the laboratory open, as `npm run bench:interface` counts them; null: not measured. */
  readonly interface: {
    readonly before: readonly number[];
    readonly after: readonly number[];
  } | null;
  /** Milliseconds until a visitor sees the recorded network, likewise. */
  readonly firstView: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** Seconds until the first step is done, as `npm run bench` counts them. */
  readonly firstStep: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** Minutes of `npm ci` and `npm test` on a clean clone. */
  readonly testMinutes: number;
}

/** Digits on pictures of each kind, as scripts/digit-photos.ts has them read. */
export interface DigitPhotoReport {
  /** Where the network was computed. */
  readonly adapter: string;
  readonly seed: number;
  readonly kinds: Readonly<Record<string, { readonly read: number; readonly of: number }>>;
}

/** Seconds of a training step of the detector in turn: honest, with the sticker attack, with all convolutions frozen. */
export interface StepCostReport {
  readonly adapter: string;
  readonly rounds: readonly {
    readonly honest: number;
    readonly attacked: number;
    readonly frozen: number;
  }[];
}

/** Of scripts/signing-samples.ts: how many there are, and how many are judged rightly. */
export interface SamplesReport {
  readonly software: string;
  readonly vectors: { readonly all: number; readonly right: number };
  readonly models: { readonly all: number; readonly right: number };
}

/** Of scripts/measure-imports.ts. */
export interface ImportsReport {
  readonly software: string;
  readonly adapter: string;
  /** Of the network that is dropped on the page. */
  readonly parameters: number;
  /** From the drop until its layers are drawn, round by round. */
  readonly onViewSeconds: readonly number[];
  /** Test images that the shipped BadNet's logits are compared on, and the greatest difference in onnxruntime. */
  readonly images: number;
  readonly logitDifference: number;
}

/** Of scripts/mutate-imports.ts. */
export interface MutatedReport {
  readonly software: string;
  readonly formats: Readonly<
    Record<
      string,
      {
        readonly files: number;
        readonly read: number;
        readonly refused: number;
        readonly longestMs: number;
        readonly extraBytes: number;
      }
    >
  >;
}

/** How long signatures take, in Node. */
export interface SigningReport {
  /** Node's version: nothing is computed on a GPU. */
  readonly software: string;
  /** Of a model of 1.2 MB. */
  readonly signMilliseconds: number;
  /** SHA-256 of 500 MB that lie in memory, and verifying a file of as many, a second. */
  readonly platformMegabytes: number;
  readonly verifyMegabytes: number;
  /** What verifying takes of memory at most. */
  readonly extraMegabytes: number;
}

export interface Results {
  readonly honest: Recorded<DigitResult>;
  readonly badNet: Recorded<DigitResult>;
  /** The reproduction's instances, in `file`/instances. */
  readonly sweep: Recorded<Finished>;
  /** Likewise of the sign section; empty before any is run. */
  readonly signSweep: Recorded<FinishedSigns>;
  /** Likewise of the transfer section. */
  readonly transfer: Recorded<FinishedTransfers>;
  /** Likewise of the population. */
  readonly zoo: Recorded<FinishedZoo>;
  /** Detectors by the name of their file. */
  readonly detectors: readonly Recorded<SignResult>[];
  /** Attacked detectors, and honest ones under the same stickers. */
  readonly stickers: readonly Recorded<SignResult>[];
  /** Of defences, one for each time that they were run on a network. */
  readonly defences: readonly Recorded<DefenceReport>[];
  /** One for each batch size. */
  readonly training: readonly Recorded<Report>[];
  readonly convolutions: Recorded<{ readonly results: readonly ConvolutionResult[] }>;
  readonly interface: Recorded<InterfaceReport>;
  readonly house: Recorded<HouseReport>;
  readonly digitPhotos: Recorded<DigitPhotoReport>;
  /** One, or none: not measured. */
  readonly signing: readonly Recorded<SigningReport>[];
  readonly samples: readonly Recorded<SamplesReport>[];
  readonly imports: readonly Recorded<ImportsReport>[];
  readonly mutated: readonly Recorded<MutatedReport>[];
  /** null: not measured */
  readonly stepCost: Recorded<StepCostReport> | null;
}

/** @param root folder of the project */
export async function readResults(root: string): Promise<Results> {
  const read = async <T>(file: string): Promise<Recorded<T>> => ({
    file,
    content: JSON.parse(await readFile(join(root, file), "utf8")) as T,
  });
  const below = async <T>(folder: string, name: RegExp) => {
    const names = (await readdir(join(root, folder))).filter((one) => name.test(one)).sort();
    return await Promise.all(names.map(async (one) => await read<T>(`${folder}/${one}`)));
  };
  const benches = await below<{ reports: Report[] }>("bench/results", /^swiftshader-\d+\.json$/);
  return {
    honest: await read<InstanceFile>("results/digits/instances/baseline-s1.json").then(
      // Whose parameters ship, in results/digits/models.
      ({ file, content }) => ({ file, content: content.result }),
    ),
    badNet: await read("public/showcase/result.json"),
    sweep: {
      file: "results/digits/instances",
      content: await readFolders(digitReproduction, [join(root, "results/digits")]),
    },
    signSweep: {
      file: "results/signs/instances",
      content: await readFolders(signReproduction, [join(root, "results/signs")]),
    },
    transfer: {
      file: "results/transfer/instances",
      content: await readFolders(transferReproduction, [join(root, "results/transfer")]),
    },
    zoo: {
      file: "results/zoo/instances",
      content: await readFolders(zooReproduction, [join(root, "results/zoo")]),
    },
    detectors: await below("results/signs", /\.json$/),
    stickers: await below("results/stickers", /\.json$/),
    defences: await below("results/defences", /\.json$/),
    training: benches
      .flatMap(({ file, content }) => content.reports.map((report) => ({ file, content: report })))
      .sort((a, b) => a.content.batch - b.content.batch),
    convolutions: await read("bench/results/convolutions-swiftshader.json"),
    interface: await read("bench/results/swiftshader-interface.json"),
    house: await read("results/project/house.json"),
    digitPhotos: await read("results/inputs/digit-photo.json"),
    signing: await below("results/project", /^signing-speed\.json$/),
    samples: await below("results/project", /^signing-samples\.json$/),
    imports: await below("results/project", /^imports\.json$/),
    mutated: await below("results/project", /^mutated-imports\.json$/),
    stepCost: (await below<StepCostReport>("results/project", /^step-cost\.json$/))[0] ?? null,
  };
}
