/** The epochs that get a number along the track of a run. */
import { scaleLinear } from "d3";

/** As many whole epochs as fit, in round steps. @param width of the track, in pixels */
export function epochTicks(epochs: number, width: number): number[] {
  return scaleLinear([0, epochs], [0, width])
    .ticks(Math.max(1, Math.min(epochs, Math.floor(width / 48))))
    .filter(Number.isInteger);
}
