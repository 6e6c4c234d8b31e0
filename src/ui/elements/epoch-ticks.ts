/** The epochs that get a number along the track of a run. */
import { scaleLinear } from "d3";

/**
 * As many whole epochs as fit, in round steps.
 * @param width of the track, in pixels
 * @param apart pixels between them, roughly
 */
export function epochTicks(epochs: number, width: number, apart = 48): number[] {
  return scaleLinear([0, epochs], [0, width])
    .ticks(Math.max(1, Math.min(epochs, Math.floor(width / apart))))
    .filter(Number.isInteger);
}
