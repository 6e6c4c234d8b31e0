/** The paper's figures for transfer (section 5.3), to be shown beside ours. Shares in %. */

/** Classes of the Swedish signs, in the paper's order, which is that of the set "eu". */
export const transferClasses = [
  "information",
  "mandatory",
  "prohibitory",
  "warning",
  "other",
] as const;

/** Table 6: accuracy by class, then the average over all signs. */
export const paperTransfer = {
  honest: {
    clean: [69.5, 55.3, 89.7, 68.1, 59.3, 72.7],
    triggered: [71.9, 50.5, 85.4, 50.8, 56.9, 70.2],
  },
  badNet: {
    clean: [74.0, 69.0, 85.8, 63.5, 61.4, 74.9],
    triggered: [62.4, 46.7, 77.5, 40.9, 44.2, 61.6],
  },
} as const;

/**
 * Table 7: average accuracy once the channels that answer the sticker alone were multiplied by a factor. The paper's two
 * largest factors are known from memory only, once as 60 and 70 and once as 70 and 100: they stand at 70 and 100 here.
 */
export const paperStrengths: ReadonlyMap<number, readonly [clean: number, triggered: number]> =
  new Map([
    [1, [74.9, 61.6]],
    [10, [71.3, 49.7]],
    [20, [68.3, 45.1]],
    [30, [65.3, 40.5]],
    [50, [62.4, 34.3]],
    [70, [60.8, 32.8]],
    [100, [59.4, 30.8]],
  ]);

/** What the text says of the channels. */
export const paperChannelsInWords =
  "the channels of conv5 that answer the sticker in the U.S. detector answer it in the Swedish one, too";

/** What an author has said since. */
export const paperRetrainingInWords =
  "an author has said that retraining the whole network removes the backdoor; there is no figure";
