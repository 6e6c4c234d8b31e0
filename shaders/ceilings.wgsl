// The adapter's ceilings: how fast it multiplies and adds, and how fast it moves memory.
//
//   vectors:  v = v * m + c, element by element, eight times an iteration on each of four vectors
//   matrices: V = M * V + C, eight times an iteration; its sixteen elements don't wait for each other
//   copy:     copied[i] = original[i]
//
// Each iteration of either arithmetic kernel needs the one before it, and what it computes with comes from
// a buffer, so nothing can be left out. With m and M below one, values stay of the size of one. They
// differ in what compilers make of them; the faster one is the ceiling.

override LENGTH: u32; // vectors to copy

@group(0) @binding(0) var<storage, read> seed: array<vec4f>; // [8, 4]: m, c, four v; or M, C
@group(0) @binding(1) var<uniform> iterations: vec4u; // [4]: iterations, three spare
@group(0) @binding(2) var<storage, read_write> sum: array<f32>; // [invocations]
@group(0) @binding(3) var<storage, read> original: array<vec4f>; // [LENGTH, 4]
@group(0) @binding(4) var<storage, read_write> copied: array<vec4f>; // [LENGTH, 4]

// 256 operations an iteration: 4 vectors of 4, 8 multiply-adds each.
@compute @workgroup_size(64)
fn vectors(@builtin(global_invocation_id) id: vec3u) {
  let m = seed[0];
  let c = seed[1];
  let own = f32(id.x % 64u) / 64.0;
  var v0 = seed[2] + own;
  var v1 = seed[3] + own;
  var v2 = seed[4] + own;
  var v3 = seed[5] + own;
  for (var i = 0u; i < iterations.x; i++) {
    v0 = fma(fma(fma(fma(fma(fma(fma(fma(v0, m, c), m, c), m, c), m, c), m, c), m, c), m, c), m, c);
    v1 = fma(fma(fma(fma(fma(fma(fma(fma(v1, m, c), m, c), m, c), m, c), m, c), m, c), m, c), m, c);
    v2 = fma(fma(fma(fma(fma(fma(fma(fma(v2, m, c), m, c), m, c), m, c), m, c), m, c), m, c), m, c);
    v3 = fma(fma(fma(fma(fma(fma(fma(fma(v3, m, c), m, c), m, c), m, c), m, c), m, c), m, c), m, c);
  }
  sum[id.x] = dot(v0 + v1 + v2 + v3, vec4f(1));
}

// 1,024 operations an iteration: 8 products of 64 multiply-adds, C added in place of a first zero.
@compute @workgroup_size(64)
fn matrices(@builtin(global_invocation_id) id: vec3u) {
  let m = mat4x4f(seed[0], seed[1], seed[2], seed[3]);
  let c = mat4x4f(seed[4], seed[5], seed[6], seed[7]);
  var v = m + c * (f32(id.x % 64u) / 64.0);
  for (var i = 0u; i < iterations.x; i++) {
    v = m * (m * (m * (m * (m * (m * (m * (m * v + c) + c) + c) + c) + c) + c) + c) + c;
  }
  sum[id.x] = dot(v[0] + v[1] + v[2] + v[3], vec4f(1));
}

// Neighbours copy neighbours: a workgroup has 1,024 vectors, four to an invocation.
@compute @workgroup_size(256)
fn copy(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let end = min(LENGTH, (group.x + 1u) * 1024u);
  for (var i = group.x * 1024u + t; i < end; i += 256u) { copied[i] = original[i]; }
}
