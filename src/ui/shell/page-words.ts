/** What a study's page says: words of its own, and how things stand. */
import type { KernelTexts } from "../elements/kernels.ts";
import type { Tab } from "../elements/tab-bar.ts";
import type { ReadyNetwork } from "./ready-networks.ts";
import type { Download, TimeWords } from "./time-bar.ts";

export const EVICTABLE =
  "This browser may delete the kept run when the disk runs low; save a checkpoint to be safe.";

/** What a study's page says, whatever is on view. */
export interface PageWords {
  /** What a narrow screen shows one at a time. */
  readonly columns: {
    readonly settings: string;
    readonly network: string;
    readonly evidence: string;
  };
  /** What the study trains. */
  readonly noun: string;
  /** Views of it, before those of its training step. */
  readonly tabs: readonly Tab[];
  /** What may be opened, and how to say that it may be dropped. */
  readonly opens: string;
  readonly drops: string;
  readonly time: TimeWords;
  /** Networks that ship with the app. */
  readonly ready: readonly ReadyNetwork[];
  /** Of the box that saves; "model" is the network's button. */
  readonly save: { readonly heading: string; readonly model: string };
  /** What kernels compute that only this study has. */
  readonly kernels?: KernelTexts;
}

/** What a study's page says of what is on view. */
export interface Status {
  /** The network on view, in a sentence. */
  readonly lead: string;
  /** What it is trained on; null while that is on its way. */
  readonly data: string | null;
  /** What has to come before a run can start, in words; null when it is there. */
  readonly loading: string | null;
  /** Data on its way. */
  readonly download?: Download | null;
  /** Running mean of the training's loss. */
  readonly loss: number | null;
  /** The run was measured, and can have a result. */
  readonly measured: boolean;
  /** What can be saved, and opened again. */
  readonly saving: string;
}

/** What a narrow screen chooses from. @param pair network and evidence fit beside each other */
export function columnTabs(
  { settings, network, evidence }: PageWords["columns"],
  pair: boolean,
): readonly Tab[] {
  const first = { id: "settings", name: settings };
  if (pair) return [first, { id: "network", name: `${network} and ${evidence.toLowerCase()}` }];
  return [first, { id: "network", name: network }, { id: "evidence", name: evidence }];
}
