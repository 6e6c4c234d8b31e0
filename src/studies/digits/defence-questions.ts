/** Questions about a backdoor in the network on view: the defences of the table, and what stands behind their findings. */
import type { Defence } from "../../defences/defence.ts";
import { everyImage } from "../../data/order.ts";
import { defend as runDefences } from "../../defences/defend.ts";
import { Judge } from "../../defences/judge.ts";
import { defences as table } from "../../defences/table.ts";
import { UserError } from "../../errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { scaledParameters } from "../../inspection/scaled-parameters.ts";
import { DIGIT_SIZE } from "../../models/digit-net.ts";
import { parametersSha256, type ParameterValues } from "../../training/parameter-values.ts";
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
import { mendedModel } from "./mended-model.ts";
import { inTurn, type DigitNetwork, type NetworkSubject } from "./network.ts";

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

/** Images that the pace is measured on, at most: few, as nobody asked for it. */
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
      const { materials, parameters, data } = network;
      const { possible, leftOut } = fitting(chosen, view, data);
      const tell = asking.onProgress;
      const conditions = await conditionsOf(gpu, view, network, options);
      tell({ kind: "begun", conditions, defences: possible.map(({ id }) => id), leftOut });
      const judge = await Judge.build(gpu, view.inspector.options.network, materials.judging);
      const clock = new PhaseClock(tell);
      await runDefences(
        gpu,
        { description: view.inspector.options.network, parameters },
        materials.materialsOn(gpu),
        possible,
        judge,
        {
          before,
          signal,
          onProgress: ({ id }, done, total) => clock.update(id, false, done, total),
          onJudging: (defence, done, total) => clock.update(defence?.id ?? null, true, done, total),
          onBefore: (standing) => tell({ kind: "before", before: standing }),
          onResult: async (_, result, left) => {
            const mended = left && (await mendedModel(mendedOf(view), left, result));
            tell({ kind: "result", result, mended });
          },
        },
      );
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
    withNetwork(view, subject, options, async (gpu, { materials, parameters }) => {
      const off = neurons.map((neuron) => ({ ...neuron, factor: 0 }));
      const left = scaledParameters(parameters, off);
      const judge = await Judge.build(gpu, view.inspector.options.network, materials.judging);
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
    const entries = everyImage(count).slice(0, PACED);
    const network = { parameters, scaled: [] };
    const going = () => !signal.aborted;
    // Once for what is compiled at the first time.
    await inspector.evaluate(network, entries.subarray(0, 1), going);
    const start = performance.now();
    await inspector.evaluate(network, entries, going);
    return (1000 * entries.length) / (performance.now() - start);
  });

/** Pixels of the training set's images, by the numbers that findings give them: [images, 28, 28], 0 to 255. */
const trainingImages: Ask<
  { readonly numbers: readonly number[]; readonly seed: number },
  Uint8Array
> = async ({ view, source }, { numbers, seed }) => {
  const { recipe } = await view();
  const set = trainingSetOfRecipe(recipe, source.digits().train, {
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
  const network = { description: inspector.options.network, parameters };
  const materials = defenceMaterials(network, origin.imported ? null : recipe, data, {
    ...options,
    training: USUAL_TRAINING,
  });
  const gpu = inspector.gpu.scope();
  try {
    return await work(gpu, { parameters, materials, data });
  } finally {
    gpu.destroy();
  }
}

interface Loaded {
  readonly parameters: ParameterValues;
  readonly materials: ReturnType<typeof defenceMaterials>;
  readonly data: ReturnType<DefendedSubject["source"]["digits"]>;
}

async function conditionsOf(
  gpu: Gpu,
  { recipe, file, step, origin }: View<DigitNetwork>,
  { parameters, materials, data }: Loaded,
  { attack, seed }: DefenceOptions,
) {
  return {
    model: {
      file: file ?? `a run's network at step ${step}`,
      parametersSha256: await parametersSha256(parameters),
      recipe: origin.imported ? null : recipe,
    },
    attack,
    data: { name: data.name, sha256: data.sha256 },
    images: materials.counts,
    seed,
    adapter: gpu.adapter,
  };
}

/**
 * What looks at layers that the network has not, or at a training set that is not at hand, is left out.
 * @throws UserError where nothing is left
 */
function fitting(
  chosen: readonly Defence[],
  { origin, inspector }: View<DigitNetwork>,
  data: { readonly name: string; readonly sha256: string },
): { possible: readonly Defence[]; leftOut: string | null } {
  const without = (own: readonly Defence[], why: string) =>
    own.length === 0 ? [] : [`${own.map(({ name }) => name).join(" and ")} ${why}`];
  const missing = chosen.filter(({ layers }) => layers?.(inspector.options.network) === false);
  const isAs = (told: string, own: string) => told === "unknown" || told === own;
  const same = isAs(origin.data, data.name) && isAs(origin.dataSha256, data.sha256);
  const needing =
    same && !origin.imported ? [] : chosen.filter(({ needs }) => needs === "training set");
  const reasons = [
    ...without(missing, "look at layers that this network has not."),
    ...without(
      needing,
      origin.imported
        ? "look at the training set, which of a network of another tool is not known."
        : `look at the training set, but the network was trained on ${origin.data} and the digits at hand are others (${data.name}): drop that data's four files on the page Digits.`,
    ),
  ];
  const possible = chosen.filter((one) => !missing.includes(one) && !needing.includes(one));
  const leftOut = reasons.length > 0 ? `Left out: ${reasons.join(" ")}` : null;
  if (possible.length === 0 && leftOut !== null) throw new UserError(leftOut);
  return { possible, leftOut };
}

/** As the file of the network on view would say. */
function mendedOf({ recipe, step, origin, inspector }: View<DigitNetwork>) {
  const { data, dataSha256, imported } = origin;
  const told = Object.entries({ data, dataSha256 }).filter(([, value]) => value !== "unknown");
  const metadata: Readonly<Record<string, string>> = Object.fromEntries(told);
  const description = inspector.options.network;
  return { recipe, step, description, origin: imported?.origin ?? null, metadata };
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
