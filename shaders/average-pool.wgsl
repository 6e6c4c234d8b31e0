// Average over K x K windows, S apart. Windows may overlap, begin PAD rows and columns before the image, and
// reach beyond its end; there all is zero, of which COUNTED rows and columns on each side count as pixels.
//
//   forward:   y[p, q] = (1 / n[p, q]) * sum over i, j of x[S p + i - PAD, S q + j - PAD]
//              with n[p, q] the pixels of the window that lie within the image, or COUNTED beyond it
//   backward: dx[h, w] = sum over the windows that hold (h, w) of dy[p, q] / n[p, q], then back through the
//              ReLU that made x, where one did
//
// An image and channel together are one plane. One invocation computes one element of what is written,
// gathering: nothing is accumulated in memory.

override PLANES: u32; // images times channels
override H: u32; // height in
override W: u32; // width in
override K: u32; // window: K x K
override S: u32; // stride
override PAD = 0u; // rows and columns before the image, less than K
override COUNTED = 0u; // rows and columns beyond the image on each side that a window's size counts
override P: u32; // height out
override Q: u32; // width out
override BELOW_RELU = false; // x came out of a ReLU

@group(0) @binding(0) var<storage, read> x: array<f32>; // [B, C, H, W]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [B, C, P, Q]
@group(0) @binding(2) var<storage, read> dy: array<f32>; // [B, C, P, Q]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>; // [B, C, H, W]
@group(0) @binding(4) var<storage, read> below: array<f32>; // what `x` was read as: [B, C, H, W]

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = index(id, groups);
  if (at >= PLANES * P * Q) { return; }
  let plane = at / (P * Q);
  let place = at - plane * P * Q;
  let p = place / Q;
  let window = vec2u(p, place - p * Q);
  let corner = window * S;
  let first = max(corner, vec2u(PAD)) - PAD;
  let end = min(max(corner + K, vec2u(PAD)) - PAD, vec2u(H, W));
  var sum = 0.0;
  for (var h = first.x; h < end.x; h++) {
    for (var w = first.y; w < end.y; w++) { sum += x[plane * H * W + h * W + w]; }
  }
  y[at] = sum / size_of(window);
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = index(id, groups);
  if (at >= PLANES * H * W) { return; }
  let plane = at / (H * W);
  let place = at - plane * H * W;
  let h = place / W;
  let here = vec2u(h, place - h * W) + PAD;
  let first = (max(here + S, vec2u(K)) - K) / S;
  let last = min(here / S + 1u, vec2u(P, Q));
  var sum = 0.0;
  for (var p = first.x; p < last.x; p++) {
    for (var q = first.y; q < last.y; q++) {
      sum += dy[plane * P * Q + p * Q + q] / size_of(vec2u(p, q));
    }
  }
  if (BELOW_RELU && below[at] <= 0.0) { sum = 0.0; }
  dx[at] = sum;
}

/// The element of this invocation; workgroups are numbered row by row.
fn index(id: vec3u, groups: vec3u) -> u32 { return id.x + id.y * groups.x * 64u; }

/// Pixels of a window that count, those beyond the image included where they do.
fn size_of(window: vec2u) -> f32 {
  let corner = vec2i(window * S) - i32(PAD);
  let edge = i32(COUNTED);
  let first = max(corner, vec2i(-edge));
  let end = min(corner + i32(K), vec2i(vec2u(H, W)) + edge);
  let extent = end - first;
  return f32(extent.x * extent.y);
}
