/** How a network stands: what it reads correctly, and how often the attacker has his way, on images kept for that. */
import { measureAttack, measureClean, toRows, type Confusion } from "../backdoor/measure.ts";
import { TRIGGERED } from "../data/order.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { Inspector } from "../inspection/inspector.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import type { LabelledImages } from "../training/trainer.ts";
import type { KnownAttack } from "./defence.ts";
import type { Hooks, Subject } from "./subject.ts";

export interface Standing {
  readonly cleanAccuracy: number;
  /** See definitions.attackSuccess in backdoor/measure.ts; null where no trigger is known. */
  readonly attackSuccess: number | null;
  /** Share of the triggered images of attacked classes that are read as what they are. */
  readonly trueLabelAccuracy: number | null;
  /** The same of the classes that are not attacked; null also where all are. */
  readonly otherClassesAccuracy: number | null;
  /** Success by attacked class; null where no trigger is known. */
  readonly perClass:
    | readonly {
        readonly label: number;
        readonly target: number;
        readonly success: number | null;
      }[]
    | null;
}

export interface JudgeOptions {
  readonly classes: number;
  readonly images: LabelledImages;
  /** Numbers of those that are kept for judging. */
  readonly kept: Uint32Array<ArrayBuffer>;
  readonly attack: KnownAttack | null;
}

export class Judge {
  private constructor(
    private readonly inspector: Inspector,
    private readonly options: JudgeOptions,
  ) {}

  /** It lives as long as `gpu`. */
  static async build(
    gpu: Gpu,
    network: Subject["description"],
    options: JudgeOptions,
  ): Promise<Judge> {
    const { classes, images, attack } = options;
    const trigger = attack?.trigger ?? new Uint32Array(network.input[1] ** 2);
    return new Judge(
      await Inspector.build(gpu, { network, classes, test: images, trigger }),
      options,
    );
  }

  async stands(parameters: ParameterValues, { report, signal }: Hooks = {}): Promise<Standing> {
    const { classes, kept, attack } = this.options;
    const total = kept.length * (attack ? 2 : 1);
    const count = async (entries: Uint32Array, before: number): Promise<Confusion> => {
      const between = (done: number) => {
        report?.(before + done, total);
        return !signal?.aborted;
      };
      const inspected = { parameters: () => ({ values: parameters }), scaled: [] };
      const counts = await this.inspector.evaluate(inspected, entries, between);
      signal?.throwIfAborted();
      return toRows(counts, classes);
    };
    const cleanAccuracy = measureClean(await count(kept, 0)).accuracy;
    if (!attack) {
      const unknown = { attackSuccess: null, trueLabelAccuracy: null, otherClassesAccuracy: null };
      return { cleanAccuracy, ...unknown, perClass: null };
    }
    const triggered = kept.map((image) => (image | TRIGGERED) >>> 0);
    const confusion = await count(triggered, kept.length);
    const { success, trueLabelAccuracy, otherClassesAccuracy, perClass } = measureAttack(
      confusion,
      attack.policy,
    );
    return {
      cleanAccuracy,
      attackSuccess: success,
      trueLabelAccuracy,
      otherClassesAccuracy,
      perClass: perClass.map(({ label, target, success }) => ({ label, target, success })),
    };
  }
}
