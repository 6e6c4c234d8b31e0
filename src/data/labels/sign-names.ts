/** Which class of sign the names of label files stand for. */
import { signSets, type SignSet } from "../sign-atlas.ts";

/** By the classes of each set, the first that fits. */
const rules: Readonly<Record<SignSet, readonly (readonly [RegExp, string])[]>> = {
  us: [
    [/^(stop|regulatory--stop.*)$/i, "stop"],
    // The names of LISA that are yellow diamonds. They come before the limits: a plate with a speed
    // below a warning is advice.
    [
      /^(warning.*|addedLane|curveLeft|curveRight|dip|intersection|laneEnds|merge|pedestrianCrossing|rampSpeedAdvisory.*|roundabout|school|schoolSpeedLimit.*|signalAhead|slow|speedBump.*|stopAhead|thruMergeLeft|thruMergeRight|thruTrafficMergeLeft|turnLeft|turnRight|yieldAhead|zoneAhead.*)$/i,
      "warning",
    ],
    [/speed ?-?_?limit/i, "speed limit"],
  ],
  eu: [
    [/^(information|informative)/i, "information"],
    [/^mandatory/i, "mandatory"],
    [/^prohibit/i, "prohibitory"],
    [/^(warning|danger)/i, "warning"],
    [/^other/i, "other"],
  ],
};

/** The class that a collection's name stands for, by the rules above; undefined where none fits. */
export function classOf(set: SignSet, name: string): number | undefined {
  const rule = rules[set].find(([pattern]) => pattern.test(name));
  return rule && (signSets[set] as readonly string[]).indexOf(rule[1]);
}
