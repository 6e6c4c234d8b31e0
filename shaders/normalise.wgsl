// Local response normalisation within a channel (Krizhevsky et al. 2012, as Caffe's WITHIN_CHANNEL).
//
//   s[h, w]   = 1 + ALPHA / K^2 * sum over the K x K window about (h, w) of x^2, zeros beyond the edges
//   forward:   y[h, w] = x[h, w] * s[h, w]^-BETA
//   backward: dx[h, w] = dy[h, w] * s[h, w]^-BETA
//                        - 2 ALPHA BETA / K^2 * x[h, w] * sum over the window of dy * x * s^(-BETA - 1)
//
// An image and channel together are one plane. One invocation computes one element. The forward pass
// leaves s^-BETA (factor) and x * s^(-BETA - 1) (slope) for the other one, as powers are dear.

override PLANES: u32; // images times channels
override H: u32;
override W: u32;
override K: u32; // window: K x K, K odd
override ALPHA: f32;
override BETA: f32;
override BELOW_RELU = false; // x came out of a ReLU, which dx goes back through

@group(0) @binding(0) var<storage, read> x: array<f32>; // [B, C, H, W]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [B, C, H, W]
@group(0) @binding(2) var<storage, read_write> factor: array<f32>; // [B, C, H, W]
@group(0) @binding(3) var<storage, read_write> slope: array<f32>; // [B, C, H, W]
@group(0) @binding(4) var<storage, read> factors: array<f32>; // what `factor` was written as
@group(0) @binding(5) var<storage, read> slopes: array<f32>; // what `slope` was written as
@group(0) @binding(6) var<storage, read> dy: array<f32>; // [B, C, H, W]
@group(0) @binding(7) var<storage, read_write> dx: array<f32>; // [B, C, H, W]

override REACH = (K - 1u) / 2u;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= PLANES * H * W) { return; }
  let window = window_about(at);
  var sum = 0.0;
  for (var i = window.x; i < window.y; i++) {
    for (var j = window.z; j < window.w; j++) {
      let value = x[i * W + j];
      sum += value * value;
    }
  }
  let s = 1.0 + ALPHA / f32(K * K) * sum;
  let f = pow(s, -BETA);
  let value = x[at] * f;
  factor[at] = f;
  slope[at] = value / s;
  y[at] = value;
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= PLANES * H * W) { return; }
  let value = x[at];
  if (BELOW_RELU && value <= 0.0) {
    dx[at] = 0.0;
    return;
  }
  let window = window_about(at);
  var sum = 0.0;
  for (var i = window.x; i < window.y; i++) {
    for (var j = window.z; j < window.w; j++) {
      let there = i * W + j;
      sum += dy[there] * slopes[there];
    }
  }
  dx[at] = dy[at] * factors[at] - 2.0 * ALPHA * BETA / f32(K * K) * value * sum;
}

/// Rows and columns of the window about an element, rows numbered through all planes: first and end of each.
fn window_about(at: u32) -> vec4u {
  let row = at / W;
  let column = at - row * W;
  let top = row / H * H;
  let first = vec2u(max(row, top + REACH), max(column, REACH)) - REACH;
  let end = vec2u(min(row + REACH + 1u, top + H), min(column + REACH + 1u, W));
  return vec4u(first.x, end.x, first.y, end.y);
}
