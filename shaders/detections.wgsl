// What the head of the detector says of each region: for every class a score and a box.
//
//   key[b, c, r] = softmax(scores[r])[c] as bits, 0 below LEAST_SCORE or where there is no region
//   box[b, c, r] = region moved by the box deltas of that class, cut at the image's edges
//
// The background gets no group: group b * (C - 1) + c - 1 is class c of image b. select.wgsl and
// nms.wgsl make detections of them. One invocation does one region and class.

override R: u32; // regions of an image
override C: u32; // classes, the background first
override HEIGHT: u32; // of the image
override WIDTH: u32;
override LEAST_SCORE: f32; // of a detection

@group(0) @binding(0) var<storage, read> scores: array<f32>; // [B * R, C]
@group(0) @binding(1) var<storage, read> deltas: array<f32>; // [B * R, C, 4]
@group(0) @binding(2) var<storage, read> regions: array<vec4f>; // [B, R]
@group(0) @binding(3) var<storage, read_write> keys: array<u32>; // [B, C - 1, R]
@group(0) @binding(4) var<storage, read_write> boxes: array<vec4f>; // [B, C - 1, R]

const DEVIATIONS = vec4f(0.1, 0.1, 0.2, 0.2);

@compute @workgroup_size(64)
fn detect(@builtin(global_invocation_id) id: vec3u) {
  let r = id.x;
  if (r >= R) { return; }
  let b = id.y / (C - 1u);
  let c = id.y - b * (C - 1u) + 1u;
  let row = b * R + r;
  var largest = scores[row * C];
  for (var i = 1u; i < C; i++) { largest = max(largest, scores[row * C + i]); }
  var total = 0.0;
  for (var i = 0u; i < C; i++) { total += exp(scores[row * C + i] - largest); }
  let score = exp(scores[row * C + c] - largest) / total;
  let first = (row * C + c) * 4u;
  let delta = vec4f(deltas[first], deltas[first + 1u], deltas[first + 2u], deltas[first + 3u]);
  let at = id.y * R + r;
  let region = regions[row];
  boxes[at] = clip(decode(region, delta * DEVIATIONS), vec2f(f32(WIDTH), f32(HEIGHT)));
  keys[at] = select(0u, bitcast<u32>(score), score >= LEAST_SCORE && score <= 1.0 && area(region) > 0.0);
}
