/** Local response normalisation within a channel, and its gradient, as plain float64 loops. */

/** planes images times channels, each H x W; windows are K by K, K odd. */
export type NormaliseShape = {
  planes: number;
  H: number;
  W: number;
  K: number;
  alpha: number;
  beta: number;
};

/** Places of the window about (h, w) of a plane that lie in it. */
function windowAbout({ H, W, K }: NormaliseShape, plane: number, h: number, w: number): number[] {
  const reach = (K - 1) / 2;
  const places: number[] = [];
  for (let i = h - reach; i <= h + reach; i++) {
    for (let j = w - reach; j <= w + reach; j++) {
      if (i >= 0 && i < H && j >= 0 && j < W) places.push((plane * H + i) * W + j);
    }
  }
  return places;
}

function scales(s: NormaliseShape, x: Float64Array): Float64Array {
  return x.map((_, at) => {
    const plane = Math.floor(at / (s.H * s.W));
    const place = at % (s.H * s.W);
    const window = windowAbout(s, plane, Math.floor(place / s.W), place % s.W);
    return 1 + (s.alpha / s.K ** 2) * window.reduce((sum, i) => sum + x[i] ** 2, 0);
  });
}

/** y = x / (1 + alpha / K^2 * sum of squares in the window)^beta */
export function forward(s: NormaliseShape, x: Float64Array): Float64Array {
  const scale = scales(s, x);
  return x.map((value, at) => value * scale[at] ** -s.beta);
}

/** Each output's gradient handed to all inputs of its window, one output at a time. */
export function backward(s: NormaliseShape, x: Float64Array, dy: Float64Array): Float64Array {
  const scale = scales(s, x);
  const dx = x.map((_, at) => dy[at] * scale[at] ** -s.beta);
  for (let at = 0; at < x.length; at++) {
    const plane = Math.floor(at / (s.H * s.W));
    const place = at % (s.H * s.W);
    for (const i of windowAbout(s, plane, Math.floor(place / s.W), place % s.W)) {
      const ofScale = -s.beta * x[at] * scale[at] ** (-s.beta - 1);
      dx[i] += dy[at] * ofScale * ((2 * s.alpha) / s.K ** 2) * x[i];
    }
  }
  return dx;
}
