/** What the detector's own kernels compute, in words and in the notation of maths.ts. */
import type { KernelTexts } from "../elements/kernels.ts";

export const signKernels: KernelTexts = {
  "scene-layout.lay_out": {
    sentence:
      "Decides randomly what stands where in each picture: sky, houses, road, signs of the classes and things that only look like them. The signs’ boxes and classes are known from here on.",
    formula: "scene_{b} = draws( seed, number_{b} )",
  },
  "scene-draw.draw": {
    sentence:
      "Draws every pixel of every picture and shifts its colours to where the network expects them.",
    formula: "x_{b,c,h,w} = ( 255 · colour_{c} − mean_{c} ) · gain",
  },
  "normalise.forward": {
    sentence:
      "Divides each value by the strength of its neighbours in the same map: what stands out stays, what is busy all over is damped.",
    formula: "y = x · s^{−β}, s_{h,w} = 1 + (α / K^{2}) ∑_{i,j} x_{i,j}^{2}",
  },
  "normalise.backward": {
    sentence:
      "Carries the gradient back: a value changed its own output, and damped those of its neighbours.",
    formula: "dx = dy · s^{−β} − (2 α β / K^{2}) · x · ∑_{i,j} dy · x · s^{−β−1}",
  },
  "max-pool.forward": {
    sentence: "Keeps the largest value of every window, and remembers where it was.",
    formula: "y_{p,q} = max_{i,j} x_{S·p+i,S·q+j}",
  },
  "max-pool.backward": {
    sentence: "Gives each window’s gradient to the value that was its largest.",
    formula: "dx_{h,w} = ∑_{p,q} dy_{p,q} · [winner_{p,q} = (h, w)]",
  },
  "anchors.closest": {
    sentence: "Finds for each sign how well the best anchor overlaps it.",
    formula: "best_{b} = max_{n} IoU( anchor_{n}, box_{b} )",
  },
  "anchors.label": {
    sentence:
      "Calls an anchor foreground where it overlaps a sign well, background where it overlaps none, and leaves the rest out. Each draws a random number for the sample.",
    formula: "IoU( a, b ) = area( a ∩ b ) / area( a ∪ b )",
  },
  "anchors.choose": {
    sentence:
      "Keeps the labels of the sample, and says for its foreground how far the sign lies from the anchor.",
    formula: "target = ( Δx / w, Δy / h, log w′ / w, log h′ / h )",
  },
  "anchors.propose": {
    sentence:
      "Moves every anchor by what the proposal network says, cuts it at the picture’s edges, and notes how likely it holds a sign.",
    formula: "key_{n} = p_{n}( sign ), box_{n} = decode( anchor_{n}, delta_{n} )",
  },
  "select.threshold": {
    sentence:
      "Finds, bit by bit, the key from which on just as many are chosen as there are places.",
    formula: "threshold = max { t : #{ key ≥ t } ≥ LIMIT }",
  },
  "select.rank": {
    sentence: "Puts what was chosen in order: a key’s place is the number of keys before it.",
    formula: "rank_{i} = #{ j : key_{j} > key_{i} }",
  },
  "nms.overlaps": {
    sentence: "Notes for every pair of boxes, a bit each, whether they overlap too much.",
    formula: "mask_{i,j} = [ IoU( i, j ) > IOU_THRESHOLD ]",
  },
  "nms.nms": {
    sentence:
      "Goes through the boxes from the best on, and drops each that a kept one before it overlaps.",
    formula: "kept_{i} = no kept j < i with mask_{j,i}",
  },
  "regions.judge": {
    sentence:
      "Calls a proposal by the sign that it overlaps most, or background; each draws a random number for the sample.",
    formula: "foreground where IoU ≥ FOREGROUND",
  },
  "regions.sample": {
    sentence:
      "Puts the sampled regions in their places, with class and regression targets, for the head to learn.",
    formula: "target = ( Δx / w, Δy / h, log w′ / w, log h′ / h ) / deviations",
  },
  "roi-pool.forward": {
    sentence:
      "Cuts each region of the feature map into a grid and keeps the largest value of every bin: regions of any size become equally large.",
    formula: "y_{r,c,i,j} = max over bin (i, j) of x_{c}",
  },
  "roi-pool.backward": {
    sentence:
      "Gives each bin’s gradient to the value that was its largest; regions overlap, and their gradients add up.",
    formula: "dx_{c,h,w} = ∑_{r,i,j} dy_{r,c,i,j} · [winner = (h, w)]",
  },
  "dropout.forward": {
    sentence:
      "Leaves out units at random, so that none relies on another, and strengthens the rest.",
    formula: "y = x · mask, mask = 1 / (1 − rate) or 0",
  },
  "dropout.backward": {
    sentence: "Lets the gradient through where the unit was kept.",
    formula: "dx = dy · mask",
  },
  "detector-loss.classify": {
    sentence: "Measures how much chance the right class lacks, over all that has a label.",
    formula: "loss = mean −log p_{label}, dz = ( p − [label] ) / count",
  },
  "detector-loss.regress": {
    sentence:
      "Measures how far the boxes of the foreground are off: squared when near, plainly when far.",
    formula: "loss = ∑ smooth( delta − target ) / count",
  },
  "detector-loss.record": {
    sentence: "Writes the four losses into the history and counts the step.",
    formula: "history_{step} = losses",
  },
};
