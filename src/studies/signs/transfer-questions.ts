/** What European detectors on U.S. convolutions make of a scene: the question that the page of transfer asks. */
import type { Sticker } from "../../data/sticker.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { DetectorInspector } from "../../inspection/detector-inspector.ts";
import { wearing, type Wear } from "../../layers/scene.ts";
import { parametersSha256, type ParameterValues } from "../../training/parameter-values.ts";
import { PAPER_SEED } from "../reproduction/shipped.ts";
import { fetchDetector } from "./fetch-detector.ts";
import { looking, unchanged, type Ask } from "./looking.ts";
import { planSigns, unseenScenes } from "./plan.ts";
import type { MapsView, PictureView } from "./port.ts";
import { anywhere, attackOf, parseSignRecipe, type SignRecipe } from "./recipe.ts";
import { RANDOM_BADNET, TRANSFERRED } from "./shipped.ts";
import { fromBadNet, type Origin } from "./transfer/instances.ts";

/** On whose convolutions a detector stands; the BadNet's once more with its loud channels multiplied. */
export type Compared = Origin | "strengthened";

/** What one of them makes of a scene. */
export interface ComparedView {
  readonly picture: PictureView;
  /** Of the last convolution. */
  readonly map: MapsView;
}

/** A detector that ships. */
interface Shipped {
  readonly parameters: ParameterValues;
  readonly step: number;
}

/** What ships: the two detectors, and the sticker of the BadNet that one of them stands on. */
interface Bench {
  readonly detectors: Readonly<Record<Origin, Shipped>>;
  readonly sticker: Sticker;
}

/** A bench for each device: it looks with whichever detector it is given. */
const benches = new WeakMap<Gpu, Promise<DetectorInspector>>();
let shipped: Promise<Bench> | null = null;

async function shippedOnes(base: string): Promise<Bench> {
  const { honest, badnet } = TRANSFERRED;
  const fetched = await Promise.all(
    [honest, badnet, RANDOM_BADNET].map(async (name) => await fetchDetector(base, name)),
  );
  const [one, other] = fetched.map(({ state: { parameters, step } }) => ({ parameters, step }));
  const { attack } = parseSignRecipe(fetched[2].recipe);
  return {
    detectors: { honest: one, badnet: other },
    sticker: attackOf(anywhere(attack!)).sticker,
  };
}

/**
 * An unseen scene of European signs, as three detectors see it: on the honest convolutions, on the BadNet's, and on the
 * BadNet's with channels of its last convolution multiplied, the head as it is.
 */
const transferred: Ask<
  {
    readonly scene: number;
    readonly wear: Exclude<Wear, "alike">;
    readonly channels: readonly number[];
    readonly factor: number;
  },
  Readonly<Record<Compared, ComparedView>>
> = async (subject, { scene, wear, channels, factor }, asking) =>
  await looking(subject, "transferred", unchanged, asking, async ({ inspector }) => {
    const { source } = subject;
    shipped ??= shippedOnes(source.base).catch((error: unknown) => {
      shipped = null;
      throw error;
    });
    const {
      detectors: { honest, badnet },
      sticker,
    } = await shipped;
    const root = inspector.gpu;
    const bench = benches.get(root) ?? buildBench(root, await source.artwork());
    benches.set(root, bench);
    const own = await bench;
    const [unseen] = unseenScenes(scene + 1).slice(scene);
    own.wear(sticker, null);
    const look = async ({ parameters, step }: Shipped, louder: number): Promise<ComparedView> => {
      own.load(() => ({ values: parameters }));
      const { lastLayer } = own;
      own.scale(channels.map((channel) => ({ layer: lastLayer, channel, factor: louder })));
      const { picture, layers } = await own.maps(wearing(unseen, wear));
      const map = layers.find(({ label }) => label === lastLayer)!;
      return { picture: { ...picture, step }, map };
    };
    return {
      honest: await look(honest, 1),
      badnet: await look(badnet, 1),
      strengthened: await look(badnet, factor),
    };
  });

async function buildBench(
  root: Gpu,
  atlas: Parameters<typeof planSigns>[1],
): Promise<DetectorInspector> {
  const recipe = parseSignRecipe({
    study: "signs",
    preset: "compact",
    set: "eu",
    iterations: 1,
    photoShare: 0,
    mixedShare: 0,
    photographs: null,
    seed: 1,
  });
  return await DetectorInspector.build(root.scope(), planSigns(recipe, atlas, null, []));
}

/** The recipe of a European detector on the shipped BadNet's convolutions, strengthened. */
const transferRecipe: Ask<
  { readonly channels: readonly number[]; readonly factor: number },
  SignRecipe
> = async ({ source }, { channels, factor }) => {
  const { state } = await fetchDetector(source.base, RANDOM_BADNET);
  const { recipe } = fromBadNet(PAPER_SEED);
  const strengthened =
    factor === 1 || channels.length === 0 ? null : { factor, channels: [...channels] };
  return {
    ...recipe,
    start: await parametersSha256(state.parameters),
    transfer: { ...recipe.transfer!, strengthened },
  };
};

export const transferQuestions = { transferred, transferRecipe };
