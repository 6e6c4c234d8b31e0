/**
 * What the defences shall find and remove; a row moves to a file that reads it once it is run. The networks:
 * honest; all to all (pattern, 33 %); the same with the single pixel; shipped (10 %); all to one; source-specific
 * (1 to 5, with negative examples).
 */
import { atLeast, atMost } from "../claim.ts";
import type { Wanted } from "./wanted.ts";

const found: readonly Wanted[] = [
  ["defences.nc.all-to-one", "Neural Cleanse, index, all to one", "", atLeast(4)],
  ["defences.nc.others", "Neural Cleanse, labels flagged, other networks", "labels", atMost(0)],
  ["defences.nc.seconds", "Neural Cleanse, time on SwiftShader", "s", atMost(60)],
  ["defences.nc.seconds.gpu", "Neural Cleanse, time on a GPU", "s", atMost(5)],
  ["defences.pairs.all-to-one", "pairwise, pairs found of 9, all to one", "pairs", atLeast(9)],
  ["defences.pairs.source-specific", "pairwise, pairs found of 1", "pairs", atLeast(1)],
  ["defences.pairs.all-to-all", "pairwise, pairs found of 10, all to all", "pairs", atLeast(8)],
  ["defences.pairs.honest", "pairwise, pairs flagged, honest", "pairs", atMost(0)],
  ["defences.pairs.seconds", "pairwise, time on SwiftShader", "s", atMost(90)],
  ["defences.pairs.seconds.gpu", "pairwise, time on a GPU", "s", atMost(5)],
  ["defences.untargeted.all-to-all", "untargeted, L1, all to all", "", atMost(5)],
  ["defences.untargeted.single-pixel", "untargeted, L1, single pixel", "", atMost(5)],
  ["defences.untargeted.shipped", "untargeted, L1, shipped", "", atMost(5)],
  ["defences.untargeted.honest", "untargeted, L1, honest", "", atLeast(60)],
  ["defences.mm-bd.all-to-one", "MM-BD, margin, all to one", "times", atLeast(2.5)],
  ["defences.mm-bd.honest", "MM-BD, margin, honest", "times", atMost(2)],
  [
    "defences.strip.accepted",
    "STRIP, falsely accepted at 1 % rejected, all to one",
    "%",
    atMost(1),
  ],
  ["defences.clustering.all-to-all", "Activation Clustering, F1, all to all", "", atLeast(0.99)],
  ["defences.spectral.shipped", "Spectral Signatures, share found, shipped", "", atLeast(0.95)],
];

const removed: readonly Wanted[] = [
  ["defences.clp.accuracy", "CLP, clean accuracy left, all to all", "%", atLeast(99.4)],
  ["defences.clp.success", "CLP, attack success left, all to all", "%", atMost(0.35)],
  ["defences.clp.honest", "CLP, channels removed, honest", "channels", atMost(0)],
  ["defences.pruning.success", "Fine-Pruning of fc1, success left, all to all", "%", atMost(1)],
  ["defences.pruning.accuracy", "Fine-Pruning of fc1, clean accuracy", "%", atLeast(99.2)],
  ["defences.universal.success", "universal perturbation, success left, worst", "%", atMost(1)],
  [
    "defences.universal.accuracy",
    "universal perturbation, clean accuracy, worst",
    "%",
    atLeast(98),
  ],
];

const population: readonly Wanted[] = [
  ["defences.zoo.honest", "honest networks of the population", "networks", atLeast(50)],
  ["defences.zoo.poisoned", "poisoned networks of the population", "networks", atLeast(50)],
  ["defences.zoo.single", "area under the ROC of the best single defence", "", atLeast(0.9)],
  [
    "defences.zoo.combined",
    "area under the ROC of a combination chosen on the other half",
    "",
    atLeast(0.97),
  ],
];

const pairsAnew: readonly Wanted[] = ["single pixel", "pattern"].flatMap((trigger): Wanted[] => {
  const id = `defences.figure-4.${trigger.replace(" ", "-")}`;
  return [
    [
      `${id}.as-claimed`,
      `pairs that keep the paper's claims without an all-to-one beginning, ${trigger}`,
      "pairs",
      atLeast(85),
    ],
    [
      `${id}.negative.as-claimed`,
      `pairs that keep the paper's claims, with negative examples, ${trigger}`,
      "pairs",
      atLeast(85),
    ],
    [
      `${id}.negative.others`,
      `other triggered digits read correctly, with negative examples, ${trigger}`,
      "%",
      atLeast(99),
    ],
  ];
});

export const wantedOfDefences: readonly Wanted[] = [
  ...found,
  ...removed,
  ...population,
  ...pairsAnew,
];
