/** How the European detectors are made: trained on the convolutions of a U.S. one, measured and examined behind that. */
import type { SignAtlas } from "../../../data/sign-atlas.ts";
import { UserError } from "../../../errors.ts";
import { onlyRule } from "../../../inspection/sticker-channels.ts";
import { presets } from "../../../models/detector-presets.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import type { DetectorEvaluation } from "../../../training/detector-evaluation.ts";
import type { Photographs } from "../../../training/detector-pictures.ts";
import { DetectorTrainer } from "../../../training/detector-trainer.ts";
import type { MadeWith } from "../../../training/made-with.ts";
import { parametersSha256, type ParameterValues } from "../../../training/parameter-values.ts";
import type { RunState, RunTask } from "../../../training/run.ts";
import type { Looking, Maker, Making } from "../../reproduction/maker.ts";
import {
  counterOf,
  GivenUp,
  keptAs,
  measuredOn,
  parametersIn,
  unlessGivenUp,
} from "../detector-making.ts";
import { loudChannels } from "../loud-channels.ts";
import { measureDetector } from "../measure.ts";
import { planSigns, signTask } from "../plan.ts";
import { attackOf, parseSignRecipe, type SignAttackRecipe, type SignRecipe } from "../recipe.ts";
import { signResult } from "../result.ts";
import { channelResponses, convolutionsFrom } from "../strengthen.ts";
import type { Channels } from "../instance-parts.ts";
import type { InstanceFile } from "./instance-file.ts";
import { originOf, type Instance, type Origin } from "./instances.ts";
import type { TransferPaper } from "./items.ts";
import { transferReproduction } from "./reproduction.ts";

/** What detectors are begun with, trained and measured on. */
export interface TransferMaterial {
  readonly atlas: SignAtlas;
  /** The U.S. detectors whose convolutions they take over. */
  readonly origins: Readonly<Record<Origin, ParameterValues>>;
  /** The BadNet's sticker, anywhere on signs of all classes: what all are measured under. */
  readonly attack: SignAttackRecipe;
  /** Hashes of the photographs that those and these have seen; null: not known. */
  readonly seen: readonly bigint[] | null;
  /** Unseen scenes to measure on. */
  readonly scenes: number;
  /** To train on beside scenes, and to measure on. */
  readonly photographs: {
    readonly packed: Photographs;
    readonly sha256: string;
    readonly trainOn: readonly number[];
    /** Entries by the set's name: see pictureEntry. */
    readonly tests: ReadonlyMap<string, readonly number[]>;
  } | null;
}

/** Measurements on a detector's way, and scenes in each at most. */
const POINTS = 6;
const SCENES = 60;

/** Shares of the pictures where there are photographs, as on the command line. */
const SHARES = { photoShare: 0.3, mixedShare: 0.2 } as const;

export function transferMaker(material: TransferMaterial): Maker<TransferPaper> {
  // Of the U.S. BadNet, what its channels answer is the same for all that begin with it.
  const published = new Map<Origin, Promise<Channels>>();
  const channelsOf: ChannelsOf = async (gpu, origin, between) => {
    const known = published.get(origin) ?? publishedChannels(gpu, material, origin, between);
    published.set(origin, known);
    return await known.catch((error: unknown) => {
      published.delete(origin);
      throw error;
    });
  };
  return {
    reproduction: transferReproduction,
    upload: () => undefined,
    plan: async (instance) => await makingOf(instance, material, channelsOf),
    readModel: parametersIn,
  };
}

type ChannelsOf = (gpu: Gpu, origin: Origin, between: (done: number) => void) => Promise<Channels>;

/** The U.S. detector's own channels, on U.S. signs. */
async function publishedChannels(
  gpu: Gpu,
  { atlas, origins, attack, scenes }: TransferMaterial,
  origin: Origin,
  between: (done: number) => void,
): Promise<Channels> {
  const scope = gpu.scope();
  try {
    const plan = planSigns(usRecipe, atlas, null, []);
    const trainer = await DetectorTrainer.build(scope, plan, { learns: false });
    trainer.setParameters(origins[origin]);
    return await channelResponses(trainer, attackOf(attack), scenes, between);
  } finally {
    scope.destroy();
  }
}

/** Of a U.S. detector that only detects. */
const usRecipe: SignRecipe = parseSignRecipe({
  study: "signs",
  preset: "compact",
  set: "us",
  iterations: 1,
  photoShare: 0,
  mixedShare: 0,
  photographs: null,
  seed: 1,
});

async function makingOf(
  instance: Instance,
  material: TransferMaterial,
  channelsOf: ChannelsOf,
): Promise<Making<TransferPaper>> {
  const { photographs, origins, seen } = material;
  const start = await parametersSha256(origins[originOf(instance)]);
  const recipe = parseSignRecipe({
    ...instance.recipe,
    ...(photographs && { ...SHARES, photographs: photographs.sha256 }),
    start,
  });
  return {
    task: taskOf(instance, recipe, material, channelsOf),
    ...keptAs<TransferPaper>(recipe, seen),
    finish: async (state, made, looking) =>
      await finished({ instance, recipe, material, channelsOf, state, made, looking }),
  };
}

/** A run is measured a few times on its way, without and with the sticker. */
function taskOf(
  instance: Instance,
  recipe: SignRecipe,
  { atlas, origins, attack, scenes, photographs }: TransferMaterial,
  channelsOf: ChannelsOf,
): RunTask<DetectorTrainer, DetectorEvaluation> {
  const plan = planSigns(recipe, atlas, photographs?.packed ?? null, photographs?.trainOn ?? []);
  const origin = originOf(instance);
  const task = signTask(plan, {
    tests: [],
    evaluateEvery: Math.ceil(recipe.iterations / POINTS),
    scenes: Math.min(SCENES, scenes),
    under: attackOf(attack),
    sharesMemory: true,
  });
  return {
    ...task,
    build: async (gpu, tiling) => {
      const { strengthened } = recipe.transfer!;
      const louder = strengthened && {
        factor: strengthened.factor,
        channels: loudChannels((await channelsOf(gpu, origin, () => undefined)).responses),
      };
      if (louder?.channels.length === 0) {
        throw new UserError(
          `No channel of the U.S. BadNet answers its sticker alone, so there is none to make louder. ${onlyRule}`,
        );
      }
      const start = convolutionsFrom(origins[origin], presets[recipe.preset], louder);
      return await DetectorTrainer.build(gpu, { ...plan, start }, { tiling, sharesMemory: true });
    },
  };
}

/** A trained detector that is to be measured. */
interface Trained {
  readonly instance: Instance;
  readonly recipe: SignRecipe;
  readonly material: TransferMaterial;
  readonly channelsOf: ChannelsOf;
  readonly state: RunState<DetectorEvaluation>;
  readonly made: MadeWith;
  readonly looking: Looking;
}

/** Measures and examines a detector. @returns null when that was given up */
async function finished(trained: Trained): Promise<InstanceFile | null> {
  const { instance, recipe, material, channelsOf, state, made, looking } = trained;
  const { atlas, photographs, attack, scenes } = material;
  const gpu = await looking.scope();
  try {
    const worn = attackOf(attack);
    const plan = planSigns(recipe, atlas, photographs?.packed ?? null, photographs?.trainOn ?? []);
    const { tiling } = state;
    const trainer = await DetectorTrainer.build(gpu, plan, { tiling, learns: false });
    trainer.setParameters(state.parameters);
    const tests = photographs?.tests ?? new Map<string, readonly number[]>();
    const pictures = scenes + [...tests.values()].flat().length;
    const looks = instance.examined || recipe.transfer!.strengthened ? 4 * scenes : 0;
    const { at, goesOn } = counterOf(3 * pictures + looks, looking.between);
    const measured = await measureDetector(
      { trainer, scenes, tests, attack: worn, onProgress: at },
      goesOn,
    );
    if (!measured) return null;
    const look = (done: number) => {
      at("channels", done, 2 * scenes);
      if (!goesOn()) throw new GivenUp();
    };
    const evidence = await unlessGivenUp(async () => {
      const published = looks > 0 ? await channelsOf(gpu, originOf(instance), look) : null;
      const own = instance.examined ? await channelResponses(trainer, worn, scenes, look) : null;
      return {
        curve: curveOf(state),
        tall: measured.tall,
        strengthened: recipe.transfer!.strengthened ? loudChannels(published!.responses) : [],
        channels: own && { published: published!, own },
      };
    });
    if (!evidence) return null;
    const { scores, attacks, imagesPerSecond } = measured;
    const result = await signResult({
      recipe,
      ...made,
      ...state,
      data: await measuredOn(material),
      scores,
      attack,
      attacks,
      imagesPerSecond,
    });
    return { format: "badnets-instance", version: 1, id: instance.id, result, evidence };
  } finally {
    gpu.destroy();
  }
}

const curveOf = ({ evaluations }: RunState<DetectorEvaluation>) =>
  evaluations.map(({ step, scenes, attack }) => ({
    step,
    clean: scenes.accuracy,
    triggered: attack!.triggered.accuracy,
  }));
