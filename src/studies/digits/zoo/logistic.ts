/** Logistic regression on a few numbers of each network: from what defences say to how likely it is poisoned. */

export interface LogisticFit {
  /** By which each number is standardised, of the networks that it was fitted to. */
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  /** Of the standardised numbers. */
  readonly weights: readonly number[];
  readonly bias: number;
}

/** Weight of the squared weights beside the loss: without it, halves that can be told apart would have no optimum. */
const PENALTY = 1;

const MOST_STEPS = 100;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/**
 * Minimises the sum of all networks' cross-entropies and half the squared weights, by Newton's method.
 * @param rows each network's numbers, [networks][numbers]
 * @param poisoned whether it is, [networks], with both among them
 */
export function fitLogistic(
  rows: readonly (readonly number[])[],
  poisoned: readonly boolean[],
): LogisticFit {
  const columns = rows[0].map((_, k) => rows.map((row) => row[k]));
  const means = columns.map((values) => sum(values) / values.length);
  const deviations = columns.map((values, k) => {
    const variance = sum(values.map((value) => (value - means[k]) ** 2)) / values.length;
    return Math.sqrt(variance) || 1;
  });
  // The bias is the weight of a last number, which is 1, and costs nothing.
  const inputs = rows.map((row) => [
    ...row.map((value, k) => (value - means[k]) / deviations[k]),
    1,
  ]);
  const costs = inputs[0].map((_, k) => (k === means.length ? 0 : PENALTY));
  let weights = costs.map(() => 0);
  let loss = lossOf(inputs, poisoned, weights, costs);
  for (let step = 0; step < MOST_STEPS; step++) {
    const direction = newtonStep(inputs, poisoned, weights, costs);
    let length = 1;
    let next = weights;
    let nextLoss = loss;
    do {
      next = weights.map((weight, k) => weight - length * direction[k]);
      nextLoss = lossOf(inputs, poisoned, next, costs);
      length /= 2;
    } while (nextLoss > loss && length > 1e-6);
    if (!(nextLoss < loss)) break;
    [weights, loss] = [next, nextLoss];
  }
  return { means, deviations, weights: weights.slice(0, -1), bias: weights.at(-1)! };
}

const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((value, k) => value * b[k]));

function lossOf(
  inputs: readonly (readonly number[])[],
  poisoned: readonly boolean[],
  weights: readonly number[],
  costs: readonly number[],
): number {
  const losses = inputs.map((input, i) => {
    const odds = dot(input, weights);
    return Math.log1p(Math.exp(-Math.abs(odds))) + Math.max(0, poisoned[i] ? -odds : odds);
  });
  return sum(losses) + sum(weights.map((weight, k) => (costs[k] * weight ** 2) / 2));
}

/** The inverse of the second derivatives times the gradient. */
function newtonStep(
  inputs: readonly (readonly number[])[],
  poisoned: readonly boolean[],
  weights: readonly number[],
  costs: readonly number[],
): number[] {
  const likely = inputs.map((input) => sigmoid(dot(input, weights)));
  const system = costs.map((cost, a) => {
    const slope = sum(inputs.map((input, i) => (likely[i] - Number(poisoned[i])) * input[a]));
    const curvatures = costs.map((_, b) => {
      const curvature = sum(inputs.map((x, i) => likely[i] * (1 - likely[i]) * x[a] * x[b]));
      return curvature + (a === b ? cost : 0);
    });
    return [...curvatures, slope + cost * weights[a]];
  });
  return solved(system);
}

/** Solves a system, [n][n + 1] with its right side last, by Gaussian elimination. The system is used up. */
function solved(system: number[][]): number[] {
  const n = system.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let row = k + 1; row < n; row++) {
      if (Math.abs(system[row][k]) > Math.abs(system[pivot][k])) pivot = row;
    }
    [system[k], system[pivot]] = [system[pivot], system[k]];
    for (let row = 0; row < n; row++) {
      if (row === k) continue;
      const factor = system[row][k] / system[k][k];
      for (let column = k; column <= n; column++) system[row][column] -= factor * system[k][column];
    }
  }
  return system.map((row, k) => row[n] / row[k]);
}

/** The logarithm of the odds that a network is poisoned. */
export function logOdds(
  { means, deviations, weights, bias }: LogisticFit,
  row: readonly number[],
): number {
  return (
    bias +
    dot(
      row.map((value, k) => (value - means[k]) / deviations[k]),
      weights,
    )
  );
}

/** Mean cross-entropy in nats; 0.693 is that of a coin. @param odds logarithms of the odds, [networks] */
export function crossEntropy(odds: readonly number[], poisoned: readonly boolean[]): number {
  return (
    lossOf(
      odds.map((value) => [value]),
      poisoned,
      [1],
      [0],
    ) / odds.length
  );
}
