// Dropout (Srivastava et al. 2014), scaled in training, so that nothing is left to do in use.
//
//   forward:   y = x * mask,  mask = 1 / (1 - RATE) with probability 1 - RATE, else 0
//   backward: dx = dy * mask, then back through the ReLU that made x
//
// The same seed, layer and step leave out the same elements. One invocation does one element.

override LENGTH: u32;
override RATE: f32; // share of elements left out
override LAYER: u32; // tells apart the random numbers of several such layers
override BELOW_RELU = false; // x came out of a ReLU

@group(0) @binding(0) var<uniform> key: vec4u; // seed and stream of the random numbers
@group(0) @binding(1) var<storage, read> progress: array<u32>; // [4]: steps done, ...
@group(0) @binding(2) var<storage, read> x: array<f32>; // [LENGTH]
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [LENGTH]
@group(0) @binding(4) var<storage, read_write> kept: array<f32>; // [LENGTH]
@group(0) @binding(5) var<storage, read> mask: array<f32>; // [LENGTH] what `kept` was written as
@group(0) @binding(6) var<storage, read> dy: array<f32>; // [LENGTH]
@group(0) @binding(7) var<storage, read_write> dx: array<f32>; // [LENGTH]

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= LENGTH) { return; }
  let draw = unit(threefry(vec2u(progress[0], id.x + LAYER * 0x1000000u), key.xy)).x;
  let factor = select(1.0 / (1.0 - RATE), 0.0, draw < RATE);
  kept[id.x] = factor;
  y[id.x] = x[id.x] * factor;
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= LENGTH) { return; }
  let gradient = dy[id.x] * mask[id.x];
  dx[id.x] = select(gradient, 0.0, BELOW_RELU && x[id.x] <= 0.0);
}
