// Rectified linear unit on its own; most layers fuse it (lib/activation.wgsl).
//
//   forward:   y = max(x, 0)
//   backward: dx = dy where x > 0, else 0
//
// One invocation does every 64th of 1,024 neighbouring elements.

override LENGTH: u32; // elements

@group(0) @binding(0) var<storage, read> x: array<f32>; // [LENGTH]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [LENGTH]
@group(0) @binding(2) var<storage, read> dy: array<f32>; // [LENGTH]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>; // [LENGTH]

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let end = min(LENGTH, (group.x + 1u) * 1024u);
  for (var i = group.x * 1024u + t; i < end; i += 64u) { y[i] = max(x[i], 0.0); }
}

@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let end = min(LENGTH, (group.x + 1u) * 1024u);
  for (var i = group.x * 1024u + t; i < end; i += 64u) { dx[i] = select(0.0, dy[i], x[i] > 0.0); }
}
