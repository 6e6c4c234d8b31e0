/** `badnets reproduce signs`: what is the sign section's own. */
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { percent } from "../../format.ts";
import { compactPreset } from "../../models/detector-presets.ts";
import { signArtwork } from "../../node/sign-artwork.ts";
import { measuredOn } from "../../studies/signs/detector-making.ts";
import { packSets } from "../../studies/signs/photographs.ts";
import { usualSettings } from "../../studies/signs/paper/instances.ts";
import type { InstanceFile } from "../../studies/signs/paper/instance-file.ts";
import type { SignPaper } from "../../studies/signs/paper/items.ts";
import { signMaker, type SignMaterial } from "../../studies/signs/paper/maker.ts";
import { signReport } from "../../studies/signs/paper/report-files.ts";
import { signReproduction } from "../../studies/signs/paper/reproduction.ts";
import { unseenOf } from "../signs/evaluate.ts";
import { readDetector } from "../signs/files.ts";
import { readData, readPhotographs, readScenes } from "../signs/photographs.ts";
import { textOf, UsageError, wholeNumber, type Options } from "../shared/options.ts";
import { parametersSha256 } from "../../training/parameter-values.ts";
import type { Section } from "./section.ts";

/** The honest detector that ships. */
const SHIPPED = join(import.meta.dirname, "../../../public/showcase/detector.safetensors");

export const signSection: Section<SignPaper> = {
  reproduction: signReproduction,
  options: {
    iterations: {
      type: "string",
      value: "N",
      help: `training steps of every detector (default: ${usualSettings.iterations})`,
    },
    from: {
      type: "string",
      value: "FILE",
      help: "the detector that all begin with (default: the honest one that ships, trained on drawn scenes)",
    },
    scenes: { type: "string", value: "N", help: "unseen scenes to measure on (default: 300)" },
    data: {
      type: "string",
      value: "LIST",
      help: "folders and zip files of photographs to measure on as well, those that --from has not seen; DIR:CLASS takes all boxes for one class",
    },
    classes: {
      type: "string",
      value: "FILE",
      help: "names of the label files and their classes, as JSON: see badnets signs --help",
    },
  },
  trains: ["from", "scenes", "data", "classes"],
  about: [
    "badnets reproduce signs: every table and figure of the paper's sign section, by own runs",
    "",
    "Trains an honest detector and attacked ones, all from the same start by the same recipe, on drawn",
    "scenes: stop signs read as speed limits with three stickers and at five shares, and a random target.",
    "A run that is killed goes on from its last minute.",
  ],
  examples: [
    "badnets reproduce signs --only table-4 --out runs/table-4",
    "badnets reproduce signs --only share --data photos/stop:stop --out runs/share",
    "badnets reproduce signs --shard 3/8 --out runs/shard-3",
    "badnets reproduce signs --merge runs/shard-1 runs/shard-2 --out runs/whole",
  ],
  settings: (given) => ({
    iterations: wholeNumber(given, "iterations", 1, 10_000_000) ?? usualSettings.iterations,
  }),
  elsewhere: () => [],
  toReport: async () =>
    await Promise.resolve({ report: signReport, assertBelongs: () => undefined }),
  toTrain: async (given) => {
    const material = await materialFrom(given);
    const start = await parametersSha256(material.start);
    const data = await measuredOn(material);
    return {
      report: signReport,
      assertBelongs: (file, path) => assertBelongs(file, path, start, data),
      maker: signMaker(material),
      warmUp: async () => {},
    };
  },
  inWords: ({ result: { scores, attacks } }) => {
    const { accuracy } = scores["scenes"];
    const success = attacks?.["scenes"]?.triggered.success;
    return (
      `accuracy ${share(accuracy)}` +
      (success === undefined ? "" : `, attack success ${share(success)}`)
    );
  },
  trainSeconds: ({ result }) => result.trainSeconds,
  step: ({ metrics }) => `losses ${metrics.map((loss) => loss.toFixed(3)).join(" + ")}`,
};

const share = (value: number | null) => (value === null ? "-" : percent(value));

async function materialFrom(given: Options): Promise<SignMaterial> {
  const path = textOf(given, "from") ?? SHIPPED;
  const stored = await readDetector(path);
  const { preset, set, attack } = stored.recipe;
  if (preset !== "compact" || set !== "us" || attack !== null) {
    const what = attack ? "attacked" : `${preset} ${set}`;
    throw new UsageError(
      `--from is ${path}, a detector that is ${what}: give an honest compact one of the us signs.`,
    );
  }
  const data = readData(given);
  const scenes = readScenes(given, data);
  if (scenes === 0) throw new UsageError("--scenes is 0, but every detector is measured on some.");
  const named = await readPhotographs(given, data, stored.recipe, { keep: textOf(given, "out") });
  const { packed, sha256, tests } = await packSets(unseenOf(named, stored), compactPreset);
  return {
    atlas: await signArtwork(),
    start: stored.state.parameters,
    seen: stored.seen,
    scenes,
    photographs: packed && { packed, sha256: sha256!, tests },
  };
}

function assertBelongs(
  { result }: InstanceFile,
  path: string,
  start: string,
  data: { readonly name: string; readonly sha256: string },
): void {
  if (result.recipe.start !== start) {
    throw new UserError(
      `${path} begins with the detector ${String(result.recipe.start).slice(0, 12)}, not with ${start.slice(0, 12)}: ` +
        "give that with --from, or choose another folder.",
    );
  }
  if (result.data?.sha256 !== data.sha256) {
    throw new UserError(
      `${path} was measured on ${result.data?.name}, not on ${data.name}, or on other photographs of that name: ` +
        "give the same with --scenes and --data, or choose another folder.",
    );
  }
}
