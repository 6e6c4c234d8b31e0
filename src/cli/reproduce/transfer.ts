/** `badnets reproduce transfer`: what is the transfer section's own. */
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { percent } from "../../format.ts";
import { compactPreset } from "../../models/detector-presets.ts";
import { measuredOn } from "../../studies/signs/detector-making.ts";
import { signArtwork } from "../../node/sign-artwork.ts";
import {
  nearDuplicatesOf,
  packSets,
  splitSets,
  type NamedPhotographs,
} from "../../studies/signs/photographs.ts";
import { anywhere } from "../../studies/signs/recipe.ts";
import type { InstanceFile } from "../../studies/signs/transfer/instance-file.ts";
import { originOf, usualSettings, type Origin } from "../../studies/signs/transfer/instances.ts";
import type { TransferPaper } from "../../studies/signs/transfer/items.ts";
import { transferMaker, type TransferMaterial } from "../../studies/signs/transfer/maker.ts";
import { transferReport } from "../../studies/signs/transfer/report-files.ts";
import { transferReproduction } from "../../studies/signs/transfer/reproduction.ts";
import { parametersSha256 } from "../../training/parameter-values.ts";
import { textOf, UsageError, wholeNumber, type Options } from "../shared/options.ts";
import { noteProvenance } from "../shared/provenance.ts";
import { readDetector, type StoredDetector } from "../signs/files.ts";
import { readData, readPhotographs, readScenes } from "../signs/photographs.ts";
import type { Section } from "./section.ts";

/** The honest detector that ships; no random-target BadNet does. */
const HONEST = join(import.meta.dirname, "../../../public/showcase/detector.safetensors");

export const transferSection: Section<TransferPaper> = {
  reproduction: transferReproduction,
  options: {
    iterations: {
      type: "string",
      value: "N",
      help: `training steps of every detector (default: ${usualSettings.iterations})`,
    },
    honest: {
      type: "string",
      value: "FILE",
      help: "the honest U.S. detector (default: the one that ships)",
    },
    badnet: {
      type: "string",
      value: "FILE",
      help: "the U.S. BadNet, such as badnets signs train --random-target makes one",
    },
    scenes: { type: "string", value: "N", help: "unseen scenes to measure on (default: 300)" },
    data: {
      type: "string",
      value: "LIST",
      help: "folders and zip files of photographs of European signs: half of them trains as well, the others measure; DIR:CLASS takes all boxes for one class",
    },
    classes: {
      type: "string",
      value: "FILE",
      help: "names of the label files and their classes, as JSON: see badnets signs --help",
    },
  },
  trains: ["honest", "badnet", "scenes", "data", "classes"],
  about: [
    "badnets reproduce transfer: every table and figure of the paper's transfer section, by own runs",
    "",
    "Trains detectors of European signs on the convolutions of an honest U.S. detector and of a BadNet:",
    "as they are, with the channels that answer the sticker made louder, and with some or all of them",
    "learning.",
    "A run that is killed goes on from its last minute.",
  ],
  examples: [
    "badnets reproduce transfer --badnet random.safetensors --only table-6 --out runs/table-6",
    "badnets reproduce transfer --badnet random.safetensors --data photos/europe --out runs/transfer",
    "badnets reproduce transfer --badnet random.safetensors --shard 2/4 --out runs/shard-2",
    "badnets reproduce transfer --merge runs/shard-1 runs/shard-2 --out runs/whole",
  ],
  settings: (given) => ({
    iterations: wholeNumber(given, "iterations", 1, 10_000_000) ?? usualSettings.iterations,
  }),
  elsewhere: () => [],
  toReport: async () =>
    await Promise.resolve({ report: transferReport, assertBelongs: () => undefined }),
  toTrain: async (given) => {
    const material = await materialFrom(given);
    const { honest, badnet } = material.origins;
    const starts = {
      honest: await parametersSha256(honest),
      badnet: await parametersSha256(badnet),
    };
    const data = await measuredOn(material);
    return {
      report: transferReport,
      assertBelongs: (file, path) => assertBelongs(file, path, starts, data),
      maker: transferMaker(material),
      warmUp: async () => {},
    };
  },
  inWords: ({ result: { scores, attacks } }) =>
    `accuracy ${share(scores["scenes"].accuracy)}, with the sticker ${share(attacks!["scenes"].triggered.accuracy)}`,
  trainSeconds: ({ result }) => result.trainSeconds,
  step: ({ metrics }) => `losses ${metrics.map((loss) => loss.toFixed(3)).join(" + ")}`,
};

const share = (value: number | null) => (value === null ? "-" : percent(value));

async function materialFrom(given: Options): Promise<TransferMaterial> {
  const honest = await readOrigin(given, "honest");
  const badnet = await readOrigin(given, "badnet");
  const data = readData(given);
  const scenes = readScenes(given, data);
  if (scenes === 0) throw new UsageError("--scenes is 0, but every detector is measured on some.");
  const european = { ...honest.recipe, set: "eu" as const };
  const named = await readPhotographs(given, data, european, { keep: textOf(given, "out") });
  const seen = honest.seen && badnet.seen && [...honest.seen, ...badnet.seen];
  const packed = await packSets(unseenHalves(named, seen), compactPreset);
  return {
    atlas: await signArtwork(),
    origins: { honest: honest.state.parameters, badnet: badnet.state.parameters },
    attack: anywhere(badnet.recipe.attack!),
    seen: seen && [...new Set([...seen, ...packed.seen])],
    scenes,
    photographs: packed.packed && { ...packed, packed: packed.packed, sha256: packed.sha256! },
  };
}

/** Split the same way for all seeds; what an origin has seen measures nothing. */
function unseenHalves(named: readonly NamedPhotographs[], seen: readonly bigint[] | null) {
  const sets = splitSets(named, 1);
  const known = nearDuplicatesOf(sets, seen ?? []);
  return sets.map((set, i) => ({
    ...set,
    test: set.test.filter((number) => !known[i].has(number)),
  }));
}

/** @throws UsageError where it is no compact detector of U.S. signs, or of the other kind */
async function readOrigin(given: Options, origin: Origin): Promise<StoredDetector> {
  const path = textOf(given, origin) ?? (origin === "honest" ? HONEST : undefined);
  if (path === undefined) {
    throw new UsageError(
      "transfer needs --badnet FILE, an attacked detector of U.S. signs: badnets signs train --random-target makes one.",
    );
  }
  const stored = await readDetector(path);
  const { preset, set, attack } = stored.recipe;
  const fits = preset === "compact" && set === "us" && (attack === null) === (origin === "honest");
  if (fits) {
    if (path !== HONEST) await noteProvenance(path);
    return stored;
  }
  const kind = attack ? "an attacked" : "an honest";
  throw new UsageError(
    `--${origin} is ${path}, ${kind} ${preset} detector of the ${set} signs: give ` +
      `${origin === "honest" ? "an honest" : "an attacked"} compact one of the us signs.`,
  );
}

function assertBelongs(
  file: InstanceFile,
  path: string,
  starts: Readonly<Record<Origin, string>>,
  data: { readonly name: string; readonly sha256: string },
): void {
  const { result } = file;
  const origin = originOf(file);
  if (result.recipe.start !== starts[origin]) {
    throw new UserError(
      `${path} begins with the detector ${String(result.recipe.start).slice(0, 12)}, not with ` +
        `${starts[origin].slice(0, 12)}: give that with --${origin}, or choose another folder.`,
    );
  }
  if (result.data?.sha256 !== data.sha256) {
    throw new UserError(
      `${path} was trained and measured on ${result.data?.name}, not on ${data.name}, or on other photographs of that ` +
        "name: give the same with --scenes and --data, or choose another folder.",
    );
  }
}
