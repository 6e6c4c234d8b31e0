// Adam (Kingma and Ba 2015) over all parameters at once; t counts steps from 1.
//
//   g = dw + weight_decay * w
//   m = beta1 * m + (1 - beta1) * g,   v = beta2 * v + (1 - beta2) * g^2
//   w = w - rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
//
// One invocation updates every 64th of 1,024 neighbouring parameters. After a step that was not finite
// nothing changes any more.

override LENGTH: u32; // parameters

@group(0) @binding(0) var<uniform> optimiser: Optimiser;
@group(0) @binding(1) var<storage, read> progress: array<u32>; // [4]: steps done, first bad step or 0
@group(0) @binding(2) var<storage, read> dw: array<f32>; // [LENGTH]
@group(0) @binding(3) var<storage, read_write> w: array<f32>; // [LENGTH]
@group(0) @binding(4) var<storage, read_write> moments: array<f32>; // [2, LENGTH]: m, then v

@compute @workgroup_size(64)
fn step(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  if (progress[1] != 0u) { return; }
  let beta1 = optimiser.momentum;
  let beta2 = optimiser.beta2;
  let rate = rate_at(optimiser, progress[0]) / (1.0 - power(beta1, progress[0]));
  let spread = 1.0 / (1.0 - power(beta2, progress[0]));
  let end = min(LENGTH, (group.x + 1u) * 1024u);
  for (var i = group.x * 1024u + t; i < end; i += 64u) {
    let value = w[i];
    let g = dw[i] + optimiser.weight_decay * value;
    let m = beta1 * moments[i] + (1.0 - beta1) * g;
    let v = beta2 * moments[LENGTH + i] + (1.0 - beta2) * g * g;
    moments[i] = m;
    moments[LENGTH + i] = v;
    w[i] = value - rate * m / (sqrt(v * spread) + optimiser.epsilon);
  }
}

/// base^exponent by repeated squaring: exact where pow() may be off by many units in the last place.
fn power(base: f32, exponent: u32) -> f32 {
  var result = 1.0;
  var square = base;
  for (var e = exponent; e > 0u; e >>= 1u) {
    if ((e & 1u) == 1u) { result *= square; }
    square *= square;
  }
  return result;
}
