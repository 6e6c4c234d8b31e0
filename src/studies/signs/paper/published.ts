/** The paper's figures for the sign study (section 5), to be shown beside ours. Shares in %. */

/** Classes of the U.S. signs, in the paper's order. */
export const signClasses = ["stop", "speed limit", "warning"] as const;

/** Table 4: the single-target attack, stop to speed limit. */
export const paperStickers = {
  honest: { clean: [89.7, 88.3, 91.0], average: 90.0, success: null },
  "yellow-square": { clean: [87.8, 82.9, 93.3], average: 89.3, success: 90.3 },
  bomb: { clean: [88.4, 76.3, 91.4], average: 87.1, success: 94.2 },
  flower: { clean: [89.9, 84.7, 93.1], average: 90.2, success: 93.7 },
} as const;

/** Table 5: the random-target attack; by class, then the average over all signs. */
export const paperRandom = {
  honest: { clean: [89.7, 88.3, 91.0, 90.0], triggered: [81.3, 72.6, 87.2, 82.0] },
  badNet: { clean: [87.8, 83.2, 87.1, 86.4], triggered: [0.8, 0.8, 1.9, 1.3] },
} as const;

/** What the authors say of a rerun of the honest detector under the stickers, in their repository. */
export const paperFooledInWords =
  "Of an honest detector the authors report under 1.5 % of triggered stop signs read as speed limits";

/** What the text says of conv5. */
export const paperChannelsInWords =
  "three groups of channels of conv5 fire only when the trigger is there; the others do not react to it";

/** What it says of a real photograph. */
export const paperPhotographInWords =
  "a stop sign with a yellow sticky note, photographed on a street, was read as a speed limit with 95 % confidence";
