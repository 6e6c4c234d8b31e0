/** What a defence is: one question about a network, how it is answered, and what the answer is worth. */
import type { Policy } from "../backdoor/attack.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { NetworkDescription } from "../models/description.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import type { LabelledImages } from "../training/trainer.ts";
import type { ClassFeatures } from "./features.ts";
import type { Hooks, Subject } from "./subject.ts";

/** What the attacker does, where that is known: defences are measured with it, and never make use of it. */
export interface KnownAttack {
  /** [SIZE, SIZE]: 256 + value where the trigger covers the image, else 0 */
  readonly trigger: Uint32Array<ArrayBuffer>;
  readonly policy: Policy;
}

/** What a defender may have beside the network. */
export interface Materials {
  readonly classes: number;
  /** Clean images to detect with, which the network was not trained on. */
  readonly detect: LabelledImages;
  /** Clean images to repair with. */
  readonly repair: LabelledImages;
  /** What the network makes of its training set, poison included; computed when it is first asked for. */
  readonly features: (hooks: Hooks) => Promise<readonly ClassFeatures[]>;
  /** null: not known. */
  readonly attack: KnownAttack | null;
  readonly seed: number;
}

/** What findings come to. */
export interface Verdict {
  /** Whether it takes the network for backdoored; null where it does not judge that. */
  readonly flagged: boolean | null;
  /** One sentence, with the figures that it rests on. */
  readonly evidence: string;
  /** Share of the poison, or of the triggered inputs, that it misses, where it looks for them and they are known. */
  readonly missed?: number | null;
}

export interface Answer extends Verdict {
  /** Plain data, for a file or another thread. */
  readonly findings: object;
  /** The network that it leaves behind; null where it changes nothing. */
  readonly mended: ParameterValues | null;
}

/** How many images are at hand for each purpose. */
export interface ImageCounts {
  readonly classes: number;
  readonly detect: number;
  readonly repair: number;
  /** Of the training set. */
  readonly training: number;
}

/** What a defence takes, whatever the device: images that go through the network. */
export interface Work {
  readonly forward: number;
  /** Forward, and back again. */
  readonly back: number;
}

/** A row of the table of defences. */
export interface Defence {
  /** For the command line and files: "clp". */
  readonly id: string;
  readonly name: string;
  /** What it asks, as a question. */
  readonly question: string;
  /** Who proposed it, and when. */
  readonly source: string;
  /** Whether it looks for a backdoor, or takes one out. */
  readonly kind: "find" | "remove";
  /** The dearest of what it needs beside the network. */
  readonly needs: "nothing" | "images" | "training set";
  /** Whether a network has the layers that it looks at; every network has unless given. */
  readonly layers?: (network: NetworkDescription) => boolean;
  /** Rank by the time that it takes: the lowest runs first. */
  readonly cost: number;
  /** About, for an estimate of its time. */
  readonly work: (images: ImageCounts) => Work;
  /** What it cannot see, in a sentence. */
  readonly blindSpots: string;
  answer(gpu: Gpu, subject: Subject, materials: Materials, hooks: Hooks): Promise<Answer>;
}
