/** The account of shaders/lib/activation.wgsl: a gradient taken back through pooling and ReLU. */
import type { DispatchView } from "../../../studies/port.ts";
import type { Line } from "./explanation.ts";

/**
 * @param gradient of this layer's input
 * @param below what the layer below gave at this place, after ReLU and before pooling
 */
export function passBack(
  { constants }: DispatchView,
  gradient: number,
  below: number,
): { lines: Line[]; result: number } {
  const lines: Line[] = [];
  let result = gradient;
  if (constants["BELOW_POOL"] === 2) {
    result /= 4;
    lines.push({ text: "pooling averaged four: a quarter to each", value: result });
  }
  if (constants["BELOW_RELU"]) {
    const open = below > 0;
    result = open ? result : 0;
    lines.push({ text: "what ReLU gave here", value: below });
    lines.push({
      text: open ? "above zero: the gradient passes" : "zero: ReLU stops the gradient",
      value: result,
    });
  }
  return { lines, result };
}
