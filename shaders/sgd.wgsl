// Stochastic gradient descent with momentum and weight decay, over all parameters at once.
//
//   v = momentum * v + (dw + weight_decay * w),   w = w - rate * v
//
// One invocation updates every 64th of 1,024 neighbouring parameters, so that neighbours in a
// workgroup touch neighbours in memory. After a step that was not finite nothing changes any more.

override LENGTH: u32; // parameters

@group(0) @binding(0) var<uniform> optimiser: Optimiser;
@group(0) @binding(1) var<storage, read> progress: array<u32>; // [4]: steps done, first bad step or 0
@group(0) @binding(2) var<storage, read> dw: array<f32>; // [LENGTH]
@group(0) @binding(3) var<storage, read_write> w: array<f32>; // [LENGTH]
@group(0) @binding(4) var<storage, read_write> v: array<f32>; // [LENGTH] velocity

@compute @workgroup_size(64)
fn step(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  if (progress[1] != 0u) { return; }
  let rate = rate_at(optimiser, progress[0]);
  let end = min(LENGTH, (group.x + 1u) * 1024u);
  // Four at a time: on a CPU going round a loop takes longer than an update.
  for (var i = group.x * 1024u + t; i < end; i += 256u) {
    update(i, rate);
    if (i + 64u < end) { update(i + 64u, rate); }
    if (i + 128u < end) { update(i + 128u, rate); }
    if (i + 192u < end) { update(i + 192u, rate); }
  }
}

fn update(i: u32, rate: f32) {
  let value = w[i];
  let velocity = optimiser.momentum * v[i] + (dw[i] + optimiser.weight_decay * value);
  v[i] = velocity;
  w[i] = value - rate * velocity;
}
