// Maximum over K x K windows, S apart. Windows may overlap; rows and columns that no window reaches get
// no gradient. Windows may begin PAD rows and columns before the image; only what lies in it counts.
//
//   forward:   y[p, q] = max over i, j of x[S p + i - PAD, S q + j - PAD]
//              and winner[p, q] = where in the plane the first of them lies
//   backward: dx[h, w] = sum over the windows whose winner is (h, w) of dy[p, q], then back through the
//              ReLU that made x, where one did
//
// An image and channel together are one plane. One invocation computes one element of what is
// written, gathering: nothing is accumulated in memory.

override PLANES: u32; // images times channels
override H: u32; // height in
override W: u32; // width in
override K: u32; // window: K x K
override S: u32; // stride
override PAD = 0u; // rows and columns around the image, less than K
override P: u32; // height out
override Q: u32; // width out
override BELOW_RELU = false; // x came out of a ReLU

@group(0) @binding(0) var<storage, read> x: array<f32>; // [B, C, H, W]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [B, C, P, Q]
@group(0) @binding(2) var<storage, read> dy: array<f32>; // [B, C, P, Q]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>; // [B, C, H, W]
@group(0) @binding(4) var<storage, read_write> winners: array<u32>; // [B, C, P, Q]
@group(0) @binding(5) var<storage, read> maxima: array<u32>; // what `winners` was written as
@group(0) @binding(6) var<storage, read> below: array<f32>; // what `x` was read as: [B, C, H, W]

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = index(id, groups);
  if (at >= PLANES * P * Q) { return; }
  let winner = first_maximum(at);
  y[at] = x[winner];
  winners[at] = winner % (H * W);
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = index(id, groups);
  if (at >= PLANES * H * W) { return; }
  let windows = windows_over(at);
  let place = at % (H * W);
  var sum = 0.0;
  for (var p = windows.first.x; p <= windows.last.x; p++) {
    for (var q = windows.first.y; q <= windows.last.y; q++) {
      let window = windows.plane * P * Q + u32(p) * Q + u32(q);
      if (maxima[window] == place) { sum += dy[window]; }
    }
  }
  if (BELOW_RELU && below[at] <= 0.0) { sum = 0.0; }
  dx[at] = sum;
}

/// The element of this invocation; workgroups are numbered row by row.
fn index(id: vec3u, groups: vec3u) -> u32 { return id.x + id.y * groups.x * 64u; }

/// The address of the largest element in output `at`'s window, the first in reading order among equals.
fn first_maximum(at: u32) -> u32 {
  let plane = at / (P * Q);
  let place = at - plane * P * Q;
  let p = place / Q;
  let corner = vec2u(p, place - p * Q) * S;
  let first = max(corner, vec2u(PAD)) - PAD;
  let end = min(corner + K - PAD, vec2u(H, W));
  var best = plane * H * W + first.x * W + first.y;
  for (var h = first.x; h < end.x; h++) {
    for (var w = first.y; w < end.y; w++) {
      let here = plane * H * W + h * W + w;
      if (x[here] > x[best]) { best = here; }
    }
  }
  return best;
}

/// The windows that hold an element of x: rows and columns first to last, none when first > last.
struct Windows { plane: u32, first: vec2i, last: vec2i }

fn windows_over(at: u32) -> Windows {
  let plane = at / (H * W);
  let place = at - plane * H * W;
  let h = place / W;
  let here = vec2i(vec2u(h, place - h * W) + PAD);
  let stride = i32(S);
  let first = max(vec2i(), here - i32(K) + stride) / stride;
  return Windows(plane, first, min(here / stride, vec2i(vec2u(P, Q)) - 1));
}
