/** What searches for triggers and margins minimise, group by group, and its gradient in the logits, in float64. */
import { argmax } from "./softmax-cross-entropy.ts";

export type Wish = "aim" | "astray" | "margin";

/** G groups of S images, N classes. */
export type TriggerLossShape = { G: number; S: number; N: number };

/** The loss of one image with logits z and label y. */
export function lossOf(wish: Wish, z: Float64Array, y: number): number {
  if (wish === "margin") return Math.max(...z.filter((_, n) => n !== y)) - z[y];
  const largest = Math.max(...z);
  const exponentials = z.map((value) => Math.exp(value - largest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  if (wish === "aim") return -Math.log(exponentials[y] / total);
  const others = exponentials.reduce((sum, value, n) => (n === y ? sum : sum + value), 0);
  return -Math.log(others / total);
}

export function triggerLoss(
  wish: Wish,
  { G, S, N }: TriggerLossShape,
  z: Float64Array,
  labels: ArrayLike<number>,
) {
  const losses = new Float64Array(G);
  const shares = new Float64Array(G);
  const dz = new Float64Array(z.length);
  for (let b = 0; b < G * S; b++) {
    const g = Math.floor(b / S);
    const y = labels[b];
    const row = z.slice(b * N, b * N + N);
    losses[g] += lossOf(wish, row, y) / S;
    const isRead = argmax(N, z, b) === y;
    if (isRead === (wish !== "astray")) shares[g] += 1 / S;
    dz.set(
      gradientOf(wish, row, y).map((value) => value / S),
      b * N,
    );
  }
  return { losses, shares, dz };
}

/** The gradient of `lossOf` in z. */
export function gradientOf(wish: Wish, z: Float64Array, y: number): Float64Array {
  const isY = (n: number) => Number(n === y);
  if (wish === "margin") {
    const without = z.map((value, n) => (n === y ? -Infinity : value));
    const rival = argmax(z.length, without, 0);
    return z.map((_, n) => Number(n === rival) - isY(n));
  }
  const largest = Math.max(...z);
  const exponentials = z.map((value) => Math.exp(value - largest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  const p = exponentials.map((value) => value / total);
  if (wish === "aim") return p.map((value, n) => value - isY(n));
  const others = p.reduce((sum, value, n) => (n === y ? sum : sum + value), 0);
  return p.map((value, n) => (n === y ? value : (-p[y] * value) / others));
}
