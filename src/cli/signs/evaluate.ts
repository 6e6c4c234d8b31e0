/** `badnets signs evaluate`: measures a detector on scenes, and on photographs that it has not seen. */
import { UserError } from "../../errors.ts";
import { presets } from "../../models/detector-presets.ts";
import { ownFolder } from "../../node/folder-lock.ts";
import {
  nearDuplicatesOf,
  packSets,
  splitSets,
  type NamedPhotographs,
  type PhotoSet,
} from "../../studies/signs/photographs.ts";
import { attackOf } from "../../studies/signs/recipe.ts";
import { measureDetector } from "../../studies/signs/measure.ts";
import { signResult } from "../../studies/signs/result.ts";
import { MOST_DETAIL } from "../../training/tiles.ts";
import { assertPhotographsFit } from "../../training/detector-pictures.ts";
import { attackOnModel, stickerFiles } from "./attack.ts";
import { detailFrom } from "./detail.ts";
import { DetectorLine } from "./progress.ts";
import { loadDetector, openDevice, readModel, type StoredDetector } from "./files.ts";
import { writeHeatMap } from "./heat-map.ts";
import { photographInputs, readData, readPhotographs, readScenes } from "./photographs.ts";
import { inWords } from "./report.ts";
import { textOf, UsageError, type Options } from "../shared/options.ts";
import { assertOutputs, ensureOutputs, filesIn, filesOf, reportResult } from "../shared/output.ts";
import { noteProvenance } from "../shared/provenance.ts";
import { note } from "../shared/say.ts";

/** @returns the exit status */
export async function evaluateSigns(given: Options): Promise<number> {
  const stored = await readModel(given, "evaluate");
  const attack = await attackOnModel(given, stored.recipe);
  const { recipe, state } = stored;
  const data = readData(given);
  const scenes = readScenes(given, data);
  const out = textOf(given, "out");
  const heatMap = textOf(given, "heat-map");
  if (heatMap !== undefined && !attack) {
    throw new UsageError(
      "--heat-map needs an attack: the detector is honest, so name one with --attack.",
    );
  }
  const outputs = [
    ...filesOf(given, "json"),
    ...filesOf(given, "heat-map"),
    ...filesIn(out, "result.json"),
  ];
  const inputs = [
    ...filesOf(given, "model"),
    ...photographInputs(given, data),
    ...stickerFiles(given),
  ];
  await assertOutputs(outputs, inputs);
  const closer = given["detail"] !== undefined;
  const detail = detailFrom(given);
  const named = await readPhotographs(given, data, recipe, {
    keep: out,
    detail: closer ? (detail ?? MOST_DETAIL) : undefined,
  });
  await ensureOutputs(out, outputs, inputs);
  if (out !== undefined) await ownFolder(out, note);
  const sets = unseenOf(named, stored);
  if (scenes === 0 && sets.every(({ test }) => test.length === 0)) {
    throw new UserError("No photograph is left to measure on: name others with --data.");
  }
  await noteProvenance(textOf(given, "model")!);
  const gpu = await openDevice(given);
  const preset = presets[recipe.preset];
  const count = sets.reduce((sum, { photographs }) => sum + photographs.length, 0);
  assertPhotographsFit(gpu, preset, count);
  const { packed, tests } = await packSets(sets, preset);
  const closely = closer && {
    photographs: new Map(sets.map(({ name, photographs }) => [name, photographs])),
    detail,
  };
  const trainer = await loadDetector(gpu, stored, { photographs: packed, attack });
  const line = new DetectorLine(process.stderr);
  const goal = attack && attackOf(attack);
  const measured = await measureDetector(
    {
      trainer,
      scenes,
      tests,
      attack: goal,
      onProgress: line.measuring,
      ...(closely && { closely }),
    },
    () => true,
  );
  if (heatMap !== undefined) await writeHeatMap(heatMap, trainer, goal!, line);
  line.clear();
  gpu.destroy();
  const { scores, attacks, imagesPerSecond } = measured!;
  const made = {
    recipe,
    ...state,
    adapter: gpu.adapter,
    ...(closer && { detail: detail ?? ("auto" as const) }),
  };
  const result = await signResult({ ...made, scores, attack, attacks, imagesPerSecond });
  await reportResult(result, (file) => inWords(result, file), given, out);
  return 0;
}

/** The photographs to measure on: all that the detector has not seen, or half of them where that is not known. */
export function unseenOf(
  sets: readonly NamedPhotographs[],
  { seen, recipe }: StoredDetector,
): PhotoSet[] {
  if (seen === null && sets.length > 0) {
    note(
      "Which photographs the detector was trained on is not known: half of these are left out, as if it " +
        "was trained on them, but it may have seen the others.",
    );
  }
  const left = seen
    ? nearDuplicatesOf(sets, seen)
    : splitSets(sets, recipe.seed).map(({ train }) => new Set(train));
  return sets.map(({ name, photographs, hashes }, i) => {
    const numbers = [...photographs.keys()].filter((number) => !left[i].has(number));
    note(
      `${name}: ${numbers.length} photographs to measure on` +
        (seen && left[i].size > 0
          ? `, ${left[i].size} left out that the detector has seen, or that look like those`
          : ""),
    );
    return {
      name,
      photographs: numbers.map((number) => photographs[number]),
      hashes: numbers.map((number) => hashes[number]),
      train: [],
      test: [...numbers.keys()],
    };
  });
}
