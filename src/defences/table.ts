/** The table of defences: each has a row, and the command line and the page know them from here. */
import { activationClusteringDefence } from "./activation-clustering.ts";
import { channelLipschitzDefence } from "./channel-lipschitz.ts";
import type { Defence } from "./defence.ts";
import { convolutionPruningDefence, finePruningDefence } from "./fine-pruning.ts";
import { fineTuningDefence } from "./fine-tuning.ts";
import { marginDefence } from "./margin.ts";
import { neuralCleanseDefence } from "./neural-cleanse.ts";
import { pairwiseDefence } from "./pairwise-cleanse.ts";
import { spectralSignaturesDefence } from "./spectral-signatures.ts";
import { stripDefence } from "./strip.ts";
import { unlearningDefence } from "./unlearning.ts";
import { untargetedDefence } from "./untargeted-cleanse.ts";

const rows: readonly Defence[] = [
  channelLipschitzDefence,
  spectralSignaturesDefence,
  activationClusteringDefence,
  fineTuningDefence,
  stripDefence,
  finePruningDefence,
  convolutionPruningDefence,
  untargetedDefence,
  marginDefence,
  neuralCleanseDefence,
  unlearningDefence,
  pairwiseDefence,
];

/** In order of what they cost. */
export const defences: readonly Defence[] = rows.toSorted((a, b) => a.cost - b.cost);
