/** Questions about a backdoor in the network on view: the defences of the table, and what stands behind their findings. */
import type { Defence } from "../../defences/defence.ts";
import { defend as runDefences } from "../../defences/defend.ts";
import { Judge } from "../../defences/judge.ts";
import type { Subject } from "../../defences/subject.ts";
import { defences as table } from "../../defences/table.ts";
import { UserError } from "../../errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { scaledParameters } from "../../inspection/scaled-parameters.ts";
import { DIGIT_SIZE, digitNet } from "../../models/digit-net.ts";
import { parametersSha256 } from "../../training/parameter-values.ts";
import type { Question, TaskProgress } from "../questions.ts";
import type { View } from "../study.ts";
import { timed } from "../task-queue.ts";
import { defenceMaterials, trainingSetOfRecipe, USUAL_TRAINING } from "./defence-materials.ts";
import type {
  DefenceNews,
  DefenceOptions,
  DefendArguments,
  RemoveArguments,
  Removed,
} from "./defence-port.ts";
import { mendedModel, type MendedOf } from "./mended-model.ts";
import { inTurn, type DigitNetwork, type DigitOrigin, type NetworkSubject } from "./network.ts";
import type { DigitRecipe } from "./recipe.ts";

/** The network on view, which must not change meanwhile. */
export interface DefendedSubject extends NetworkSubject {
  /** @throws UserError while a run goes on that would spoil figures */
  assertStill(): void;
}
type Ask<Arguments, Answer, Progress = TaskProgress> = Question<
  DefendedSubject,
  Arguments,
  Answer,
  Progress
>;

/** Images that the pace is measured on: few, as nobody asked for it. */
const PACED = 128;

/**
 * Asks defences of the network on view, one after the other, and tells what each found.
 * @throws UserError while a run goes on, or where there are too few images
 */
const defend: Ask<DefendArguments, void, DefenceNews> = async (
  subject,
  { defences, options, before },
  asking,
) => {
  subject.assertStill();
  const chosen = table.filter(({ id }) => defences.includes(id));
  await inTurn(subject, "defend", asking, async (view, signal) => {
    await withNetwork(view, subject, options, async (gpu, network) => {
      const { materials, data } = network;
      const { possible, leftOut } = possibleOf(chosen, view, data);
      const tell = asking.onProgress;
      const conditions = await conditionsOf(gpu, view, network, options);
      tell({ kind: "begun", conditions, defences: possible.map(({ id }) => id), leftOut });
      const judge = await Judge.build(gpu, network.description, materials.judging);
      const clock = new PhaseClock(tell);
      await runDefences(gpu, network, materials.materialsOn(gpu), possible, judge, {
        before,
        signal,
        onProgress: ({ id }, done, total) => clock.update(id, false, done, total),
        onJudging: (defence, done, total) => clock.update(defence?.id ?? null, true, done, total),
        onBefore: (standing) => tell({ kind: "before", before: standing }),
        onResult: async (_, result, left) => {
          const mended = left && (await mendedModel(mendedOf(view), left, result));
          tell({ kind: "result", result, mended });
        },
      });
    });
  });
};

/** Takes neurons out, such as a defence named, and judges what is left. */
const removeNeurons: Ask<RemoveArguments, Removed> = async (
  subject,
  { id, neurons, options },
  asking,
) => {
  subject.assertStill();
  return await inTurn(subject, "remove", asking, async (view, signal) =>
    withNetwork(view, subject, options, async (gpu, network) => {
      const { materials, parameters } = network;
      const off = neurons.map((neuron) => ({ ...neuron, factor: 0 }));
      const left = scaledParameters(parameters, off);
      const judge = await Judge.build(gpu, network.description, materials.judging);
      const tell = timed(1, asking.onProgress);
      const report = (done: number, total: number) => tell(done / total);
      const after = await judge.stands(left, { report, signal });
      const evidence = removedInWords(neurons);
      const mended = await mendedModel(mendedOf(view), left, { id, evidence });
      return { after, evidence, mended };
    }),
  );
};

/** Images that go forward through the network on view in a second, with all that belongs to it. */
const defencePace: Ask<object, number> = async (subject, _, asking) =>
  await inTurn(subject, "pace", asking, async ({ inspector, parameters }, signal) => {
    const { count } = subject.source.digits().test;
    const entries = Uint32Array.from({ length: PACED }, (_, i) => i % count);
    const network = { parameters, scaled: [] };
    const going = () => !signal.aborted;
    // Once for what is compiled at the first time.
    await inspector.evaluate(network, entries.subarray(0, 1), going);
    const start = performance.now();
    await inspector.evaluate(network, entries, going);
    return (1000 * PACED) / (performance.now() - start);
  });

/** Pixels of the training set's images, by the numbers that findings give them: [images, 28, 28], 0 to 255. */
const trainingImages: Ask<
  { readonly numbers: readonly number[]; readonly seed: number },
  Uint8Array
> = async ({ view, source }, { numbers, seed }) => {
  const { recipe, origin } = await view();
  const set = trainingSetOfRecipe(recipeOf(origin, recipe), source.digits().train, {
    training: USUAL_TRAINING,
    seed,
  });
  const area = DIGIT_SIZE ** 2;
  const pixels = new Uint8Array(numbers.length * area);
  const one = new Float32Array(area);
  for (const [i, number] of numbers.entries()) {
    set.fill(number, one);
    pixels.set(
      one.map((value) => Math.round(255 * value)),
      i * area,
    );
  }
  return pixels;
};

export const defenceQuestions = { defend, removeNeurons, defencePace, trainingImages };

/** The network on view as it stands, and what defences of it work with, on a scope of its own. */
async function withNetwork<Answer>(
  { inspector, parameters: source, recipe, origin }: View<DigitNetwork>,
  subject: DefendedSubject,
  options: DefenceOptions,
  work: (gpu: Gpu, network: Loaded) => Promise<Answer>,
): Promise<Answer> {
  const data = subject.source.digits();
  const parameters = await inspector.parameters({ parameters: source, scaled: [] });
  const network = { description: origin.imported?.description ?? digitNet, parameters };
  const materials = defenceMaterials(network, recipeOf(origin, recipe), data, {
    ...options,
    training: USUAL_TRAINING,
  });
  const gpu = inspector.gpu.scope();
  try {
    return await work(gpu, { ...network, materials, data });
  } finally {
    gpu.destroy();
  }
}

interface Loaded extends Subject {
  readonly materials: ReturnType<typeof defenceMaterials>;
  readonly data: ReturnType<DefendedSubject["source"]["digits"]>;
}

async function conditionsOf(
  gpu: Gpu,
  { recipe, origin, file, step }: View<DigitNetwork>,
  { parameters, materials, data }: Loaded,
  { attack, seed }: DefenceOptions,
) {
  return {
    model: {
      file: file ?? `a run's network at step ${step}`,
      parametersSha256: await parametersSha256(parameters),
      recipe: recipeOf(origin, recipe),
    },
    attack,
    data: { name: data.name, sha256: data.sha256 },
    images: materials.counts,
    seed,
    adapter: gpu.adapter,
  };
}

/** By what it was trained; null: nobody knows. */
const recipeOf = (origin: DigitOrigin, recipe: DigitRecipe) => (origin.imported ? null : recipe);

/**
 * Left out is what looks at the training set where the data at hand are not what the network was trained on, and what
 * looks at layers that it has not.
 * @throws UserError where nothing is left
 */
function possibleOf(
  chosen: readonly Defence[],
  { origin }: View<DigitNetwork>,
  data: { readonly name: string; readonly sha256: string },
): { possible: readonly Defence[]; leftOut: string | null } {
  const { imported } = origin;
  const isAs = (told: string, own: string) => told === "unknown" || told === own;
  const same = isAs(origin.data, data.name) && isAs(origin.dataSha256, data.sha256);
  const needing = chosen.filter(({ needs }) => needs === "training set" && (imported || !same));
  const unfit = chosen.filter(({ layers }) => imported && layers && !layers(imported.description));
  const namesOf = (some: readonly Defence[]) => some.map(({ name }) => name).join(" and ");
  const reasons = [
    needing.length > 0 &&
      (imported
        ? `${namesOf(needing)} look at the training set, and of an imported network it is not known.`
        : `${namesOf(needing)} look at the training set, but the network was trained on ${origin.data} and the digits ` +
          `at hand are others (${data.name}): drop that data's four files on the page Digits.`),
    unfit.length > 0 && `${namesOf(unfit)} look at layers that this network has not.`,
  ].filter((reason) => reason !== false);
  const possible = chosen.filter((one) => !needing.includes(one) && !unfit.includes(one));
  if (reasons.length === 0) return { possible, leftOut: null };
  if (possible.length === 0) throw new UserError(reasons.join(" "));
  return { possible, leftOut: reasons.join(" ") };
}

/** As the file of the network on view would say. */
function mendedOf({ recipe, step, origin: { imported, ...seen } }: View<DigitNetwork>): MendedOf {
  const metadata = Object.fromEntries(
    Object.entries(seen).filter(([, told]) => told !== "unknown"),
  );
  const { description = digitNet, origin = null } = imported ?? {};
  return { recipe, step, metadata, description, origin };
}

/** Neurons that a sentence names. */
const NAMED = 12;

function removedInWords(neurons: RemoveArguments["neurons"]): string {
  const layers = [...new Set(neurons.map(({ layer }) => layer))];
  const each = layers.map((layer) => {
    const own = neurons.filter((neuron) => neuron.layer === layer).map(({ channel }) => channel);
    const named = own.slice(0, NAMED).join(", ");
    return `${own.length} of ${layer} (${named}${own.length > NAMED ? " and more" : ""})`;
  });
  return `Neurons that were taken out, without training: ${each.join("; ") || "none"}.`;
}

/** Turns what defences report into progress with the time left; a phase that begins anew says nothing of the last. */
class PhaseClock {
  private phase = "";
  private last = 0;
  private count: (done: number) => void = () => undefined;

  constructor(private readonly tell: (news: DefenceNews) => void) {}

  update(id: string | null, judging: boolean, done: number, total: number): void {
    const phase = `${id} ${judging} ${total}`;
    if (phase !== this.phase || done < this.last) {
      this.phase = phase;
      this.count = timed(total, (progress) => this.tell({ kind: "at", id, judging, ...progress }));
    }
    this.last = done;
    this.count(done);
  }
}
