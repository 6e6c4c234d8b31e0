/** Convolutions and pools of any form as those that our layers have: square, with as many zeros on each side. */
import { UserError } from "../errors.ts";
import { budgets } from "./budgets.ts";
import { windowsAlong, type Convolution, type Pool, type Shape } from "./network.ts";
import type { PoolDescription } from "../models/description.ts";

/** A convolution's row and its weights, [filters, channels, kernel, kernel]. */
export interface SquareConvolution {
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  readonly weights: Float64Array;
}

/**
 * A kernel with gaps (dilation), one that is no square, or one with fewer zeros on one side is a larger square one
 * with weights that are zero: the same sums.
 * @throws UserError where no square kernel gives as many outputs
 */
export function squareConvolution(step: Convolution): SquareConvolution {
  const { name, shape, stride, dilation, pads } = step;
  const [filters, channels, ...kernel] = shape;
  const pad = Math.max(...pads);
  // Along either side: the kernel begins `before` rows after the square one, and ends `after` before its end.
  const before = [pad - pads[0], pad - pads[1]];
  const sides = [0, 1].map(
    (side) => before[side] + (kernel[side] - 1) * dilation[side] + 1 + (pad - pads[side + 2]),
  );
  if (stride[0] !== stride[1] || sides[0] !== sides[1] || sides[0] > budgets.kernel) {
    throw new UserError(
      `the convolution ${name} (kernel ${kernel.join(" x ")}, stride ${stride.join(" x ")}, padding ${pads.join(", ")}) shrinks rows ` +
        "and columns by different amounts, and only equal ones are computed here.",
    );
  }
  const [size] = sides;
  const weights = new Float64Array(filters * channels * size * size);
  const area = kernel[0] * kernel[1];
  for (let plane = 0; plane < filters * channels; plane++)
    for (let i = 0; i < kernel[0]; i++)
      for (let j = 0; j < kernel[1]; j++) {
        const row = before[0] + i * dilation[0];
        const column = before[1] + j * dilation[1];
        weights[(plane * size + row) * size + column] =
          step.weights[plane * area + i * kernel[1] + j];
      }
  return { kernel: size, stride: stride[0], pad, weights };
}

/** @throws UserError where its windows are no squares, or padded differently */
export function squarePool(
  { name, by, window }: Pool,
  shape: Shape,
  label: string,
): PoolDescription {
  const [, height, width] = shape;
  if (!window) {
    const side = Math.max(height, width);
    const padEnd = side - Math.min(height, width);
    return {
      kind: "pool",
      label,
      by,
      kernel: side,
      stride: side,
      ...(padEnd > 0 ? { padEnd } : {}),
    };
  }
  const { kernel, stride, pads, ceil, countsPads } = window;
  const [top, left, bottom, right] = pads;
  const isSquare = kernel[0] === kernel[1] && stride[0] === stride[1] && top === left;
  const isPadded = Math.max(...pads) < kernel[0] && bottom === right;
  const isCounted = by === "max" || !countsPads || (top === bottom && left === right);
  if (!isSquare || !isPadded || !isCounted) {
    throw new UserError(
      `the pool ${name} (window ${kernel.join(" x ")}, stride ${stride.join(" x ")}, padding ${pads.join(", ")}) treats rows and ` +
        "columns in different ways, and only equal ones are computed here.",
    );
  }
  const along = (size: number) => windowsAlong(size, kernel[0], stride[0], top, bottom, ceil);
  const padEnd = paddingFor(
    [height, width],
    [along(height), along(width)],
    kernel[0],
    stride[0],
    top,
    bottom,
  );
  if (padEnd === null) {
    throw new UserError(
      `the pool ${name} has windows beyond the image along one side only, which is not computed here.`,
    );
  }
  return {
    kind: "pool",
    label,
    by,
    kernel: kernel[0],
    stride: stride[0],
    ...(top > 0 ? { pad: top } : {}),
    ...(padEnd !== top ? { padEnd } : {}),
    ...(by === "average" && countsPads && top > 0 ? { counted: top } : {}),
  };
}

/** Rows behind an image with which whole windows are as many as wanted, along both sides; null where there are none. */
function paddingFor(
  sizes: readonly number[],
  wanted: readonly number[],
  kernel: number,
  stride: number,
  before: number,
  after: number,
): number | null {
  const isEnough = (padEnd: number) =>
    sizes.every((size, i) => windowsAlong(size, kernel, stride, before, padEnd) === wanted[i]);
  // The file's own first; those of `ceil` lie within a stride of it, on either side.
  for (let more = 0; more < 2 * stride; more++) {
    if (isEnough(after + more)) return after + more;
    if (more > 0 && after - more >= 0 && isEnough(after - more)) return after - more;
  }
  return null;
}
