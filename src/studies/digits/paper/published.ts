/** The paper's figures for the digit study (section 4, table 2), to be shown beside ours. */

/** Error in % for each digit: table 2, all-to-all attack with the pattern trigger. */
export const paperAllToAll = {
  baselineClean: [0.1, 0.18, 0.29, 0.5, 0.2, 0.45, 0.84, 0.58, 0.72, 1.19],
  clean: [0.1, 0.26, 0.29, 0.4, 0.4, 0.5, 0.73, 0.39, 0.72, 0.99],
  backdoor: [0.31, 0.18, 0.78, 0.5, 0.61, 0.67, 0.73, 0.29, 0.61, 0.99],
  averages: { baselineClean: 0.5, clean: 0.48, backdoor: 0.56 },
} as const;

/** The paper's clean error and backdoor error, in %, for the kind of run that it reports. */
export function paperErrors(policy: "none" | "single-target" | "all-to-one" | "all-to-all"): {
  clean: string | null;
  backdoor: string | null;
} {
  const { averages } = paperAllToAll;
  switch (policy) {
    case "none":
      return { clean: averages.baselineClean.toFixed(2), backdoor: null };
    case "all-to-all":
      return { clean: averages.clean.toFixed(2), backdoor: averages.backdoor.toFixed(2) };
    case "single-target": {
      const { mostAbove, leastAbove, mostBackdoor } = paperSingleTarget;
      const [least, most] = [leastAbove, mostAbove].map((above) => averages.baselineClean + above);
      return {
        clean: `${least.toFixed(2)} to ${most.toFixed(2)}`,
        backdoor: `at most ${mostBackdoor}`,
      };
    }
    case "all-to-one":
      return { clean: null, backdoor: null };
  }
}

/** Figure 4 and its text: what all 90 pairs keep to, in points and in %. */
export const paperSingleTarget = {
  /** Clean error above the baseline's, at worst and at best. */
  mostAbove: 0.17,
  leastAbove: -0.05,
  mostBackdoor: 0.09,
} as const;

/** Figure 6 has no table; this is what the text reads from it. */
export const paperSharesInWords =
  "clean error rises a little with the share, backdoor error falls, and 10 % already suffices";

/** What the text says of the filters of figure 5. */
export const paperFiltersInWords =
  "among the first-layer filters of each BadNet some are dedicated to recognising the trigger";

/** What the text says of deeper layers (section 4.3). */
export const paperDepthInWords = "in deeper layers the trigger is coded sparsely";

/** Figure 4's claims in words. */
export const paperPairsInWords =
  `clean error at most ${paperSingleTarget.mostAbove} points above the baseline's, at best ` +
  `${-paperSingleTarget.leastAbove} below; backdoor error at most ${paperSingleTarget.mostBackdoor} %`;
