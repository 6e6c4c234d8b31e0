/** What `badnets signs train` needs before it can train: recipe, photographs, plan and what it goes on from. */
import { existsSync } from "node:fs";
import { UserError } from "../../errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { isOfClasses } from "../../models/detector-parameters.ts";
import { presets } from "../../models/detector-presets.ts";
import { ownFolder } from "../../node/folder-lock.ts";
import { signArtwork } from "../../node/sign-artwork.ts";
import {
  nearDuplicatesOf,
  packSets,
  splitSets,
  type NamedPhotographs,
  type PhotoSet,
} from "../../studies/signs/photographs.ts";
import { planSigns } from "../../studies/signs/plan.ts";
import {
  ownStickerOf,
  parseSignRecipe,
  type SignAttackRecipe,
  type SignRecipe,
} from "../../studies/signs/recipe.ts";
import { convolutionsFrom, type Louder } from "../../studies/signs/strengthen.ts";
import type { DetectorEvaluation } from "../../training/detector-evaluation.ts";
import { assertPhotographsFit } from "../../training/detector-pictures.ts";
import type { DetectorPlan } from "../../training/detector-plan.ts";
import { parametersSha256, type ParameterValues } from "../../training/parameter-values.ts";
import type { RunState } from "../../training/run.ts";
import { oneOf, textOf, UsageError, type Options } from "../shared/options.ts";
import { noteProvenance } from "../shared/provenance.ts";
import {
  assertOutputs,
  ensureOutputs,
  filesIn,
  filesOf,
  folderToResume,
} from "../shared/output.ts";
import { attackFrom, stickerFiles, stickerOnAll } from "./attack.ts";
import {
  DETECTOR,
  detectorIn,
  MODEL,
  openDevice,
  readBegun,
  readDetector,
  usualFolder,
  type StoredDetector,
} from "./files.ts";
import {
  assertSigns,
  photographInputs,
  readData,
  readPhotographs,
  readScenes,
} from "./photographs.ts";
import { assertSameRecipe, recipeFrom } from "./recipe.ts";
import { strengtheningFrom, transferFrom } from "./transfer.ts";
import { shellWord } from "../../text/shell.ts";
import { note } from "../shared/say.ts";

/** A run with all that it needs. */
export interface Job {
  readonly dir: string;
  readonly recipe: SignRecipe;
  readonly plan: DetectorPlan;
  /** Where it was opened already. */
  readonly opened: Gpu | null;
  readonly resumeFrom: RunState<DetectorEvaluation> | null;
  /** Hashes of the photographs that it is, and was, trained on; null: not known. */
  readonly known: readonly bigint[] | null;
  readonly scenes: number;
  /** Entries to measure on by the folder's name: see pictureEntry. */
  readonly tests: ReadonlyMap<string, readonly number[]>;
  /** The attack that it is measured under: its own, or of a transfer the sticker anywhere; null: none. */
  readonly under: SignAttackRecipe | null;
}

/** What trains: a detector from scratch or from another one, or one for other signs on another's convolutions. */
export type Verb = "train" | "transfer";

/** What a detector was made by. */
export const verbOf = ({ transfer }: SignRecipe): Verb => (transfer ? "transfer" : "train");

/** @throws UserError, and UsageError, for what does not go together */
export async function prepare(given: Options, verb: Verb): Promise<Job> {
  return await layOut(given, await begin(given, verb));
}

/** What is asked for, checked as far as it can be without a device. */
interface Beginning {
  readonly dir: string;
  /** Of the recipe, what does not depend on the photographs. */
  readonly asked: SignRecipe;
  /** The detector to go on with, and the one whose parameters a new one begins with. */
  readonly stored: StoredDetector | null;
  readonly begun: StoredDetector | null;
  readonly named: readonly NamedPhotographs[];
  readonly scenes: number;
  readonly under: SignAttackRecipe | null;
}

async function begin(given: Options, verb: Verb): Promise<Beginning> {
  const out = textOf(given, "out");
  const resumed = folderToResume(given, "detector");
  if (resumed !== undefined) {
    if (!existsSync(detectorIn(resumed))) {
      throw new UsageError(`There is no detector at ${detectorIn(resumed)}.`);
    }
    // What is gone on with is nobody else's from here on.
    await ownFolder(resumed, note);
  }
  const stored = resumed === undefined ? null : await readBegun(detectorIn(resumed));
  const data = readData(given);
  const scenes = readScenes(given, data);
  const transfers = verb === "transfer";
  const usual = transfers ? "eu" : "us";
  const set = stored?.recipe.set ?? oneOf(given, "signs", ["us", "eu"]) ?? usual;
  const attack = transfers ? null : await attackFrom(given, set);
  if (stored) {
    assertIsBy(verb, stored.recipe, detectorIn(resumed!));
    assertSameRecipe(given, data, stored.recipe, detectorIn(resumed!), attack);
  }
  if (transfers && !stored && textOf(given, "from") === undefined) {
    throw new UsageError(
      "transfer needs --from FILE, the detector whose convolutions are taken over.",
    );
  }
  const asked = stored?.recipe ?? {
    ...recipeFrom({ ...given, signs: set }, data, attack),
    transfer: transfers ? transferFrom(given) : null,
  };
  // An hour's work is saved somewhere even where no folder was named.
  const dir = out ?? usualFolder(asked);
  if (!stored && existsSync(detectorIn(dir))) {
    throw new UsageError(
      `${dir} already holds a detector: add --resume${out === undefined ? ` --out ${shellWord(dir)}` : ""} to go on ` +
        "from it, or choose another folder with --out.",
    );
  }
  const outputs = [...filesOf(given, "json"), ...filesIn(dir, DETECTOR, MODEL, "result.json")];
  const inputs = [
    ...filesOf(given, "from"),
    ...photographInputs(given, data),
    ...stickerFiles(given),
  ];
  await assertOutputs(outputs, inputs);
  const begun = await readBeginning(given, asked, stored);
  const named = await readPhotographs(given, data, asked, { keep: dir });
  assertSigns(named, asked.set);
  await ensureOutputs(dir, outputs, inputs);
  await ownFolder(dir, note);
  if (begun && !stored) await noteProvenance(textOf(given, "from")!);
  const under = transfers ? await stickerOnAll(given) : asked.attack;
  return { dir, asked, stored, begun, named, scenes, under };
}

/** @throws UsageError where a detector is of the other verb */
function assertIsBy(verb: Verb, recipe: SignRecipe, path: string): void {
  const own = verbOf(recipe);
  if (own === verb) return;
  throw new UsageError(`${path} is of signs ${own}: go on with that.`);
}

/** With photographs laid out for the GPU, and the plan. */
async function layOut(
  given: Options,
  { dir, asked, stored, begun, named, scenes, under }: Beginning,
): Promise<Job> {
  const preset = presets[asked.preset];
  let opened: Gpu | null = null;
  if (named.length > 0) {
    // What its adapter can hold is known before anything is laid out for it.
    opened = await openDevice(given);
    const count = named.reduce((sum, { photographs }) => sum + photographs.length, 0);
    assertPhotographsFit(opened, preset, count);
  }
  const before = (stored ?? begun)?.seen;
  const sets = withoutSeen(splitSets(named, asked.seed), before);
  const { packed, trainOn, seen, tests, sha256 } = await packSets(sets, preset);
  if (stored && stored.recipe.photographs !== sha256) {
    throw new UserError(
      `${detectorIn(dir)} is trained on other photographs: give the same with --data, in the same order.`,
    );
  }
  let louder: Louder | null = null;
  if (asked.transfer && !stored) {
    opened ??= await openDevice(given);
    louder = await strengtheningFrom(given, opened, begun!, under!);
  }
  const recipe = parseSignRecipe({
    ...asked,
    photographs: sha256,
    ...(louder && { transfer: { ...asked.transfer!, strengthened: louder } }),
    start: stored ? asked.start : begun && (await parametersSha256(begun.state.parameters)),
  });
  const plan = planSigns(
    recipe,
    await signArtwork(),
    packed,
    trainOn,
    begun && taken(begun, recipe, louder),
  );
  return {
    dir,
    recipe,
    // The reader's own sticker is drawn where it is only measured, too.
    plan: { ...plan, ownSticker: ownStickerOf(under) },
    opened,
    resumeFrom: stored && measuredAnew(stored.state, recipe.iterations),
    known: before === null ? null : [...new Set([...(before ?? []), ...seen])],
    scenes,
    tests,
    under,
  };
}

/** The parameters that a run takes over of the detector that it begins with. */
function taken(
  { recipe: { set, preset }, state: { parameters } }: StoredDetector,
  recipe: SignRecipe,
  louder: Louder | null,
): ParameterValues {
  if (recipe.transfer) return convolutionsFrom(parameters, presets[preset], louder);
  // Of a detector of other signs, what says the classes is learned anew.
  return new Map([...parameters].filter(([label]) => set === recipe.set || !isOfClasses(label)));
}

/** A state whose last step is measured again, perhaps on more than it was. */
function measuredAnew(
  state: RunState<DetectorEvaluation>,
  iterations: number,
): RunState<DetectorEvaluation> {
  return { ...state, evaluations: state.evaluations.filter(({ step }) => step < iterations) };
}

/** The detector that --from names; of one that is gone on with it may be named once more. */
async function readBeginning(
  given: Options,
  asked: SignRecipe,
  stored: StoredDetector | null,
): Promise<StoredDetector | null> {
  const from = textOf(given, "from");
  if (from === undefined) return null;
  const begun = await readDetector(from);
  if (stored) {
    const start = await parametersSha256(begun.state.parameters);
    if (start === stored.recipe.start) return begun;
    const own = stored.recipe.start?.slice(0, 8) ?? "random parameters";
    throw new UsageError(
      `--from is ${from}, detector ${start.slice(0, 8)}, but the run to go on with began with ${own}: leave --from out.`,
    );
  }
  if (begun.recipe.preset !== asked.preset) {
    throw new UsageError(
      `${from} is a ${begun.recipe.preset} detector, not a ${asked.preset} one: choose the same with --preset.`,
    );
  }
  return begun;
}

/** Takes out of what measures whatever an earlier run has trained on, and tells what is left. */
function withoutSeen(
  sets: readonly PhotoSet[],
  before: readonly bigint[] | null | undefined,
): PhotoSet[] {
  const seen = nearDuplicatesOf(sets, before ?? []);
  return sets.map((set, i) => {
    const test = set.test.filter((number) => !seen[i].has(number));
    const less = set.test.length - test.length;
    note(
      `${set.name}: ${set.train.length} photographs to train on, ${test.length} to measure on` +
        (less > 0 ? `, ${less} left out that the detector it begins with has seen` : "") +
        (before === null ? "; whether the detector it begins with has seen them is not known" : ""),
    );
    return { ...set, test };
  });
}
