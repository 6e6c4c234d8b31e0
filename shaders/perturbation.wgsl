// Perturbations under search: one for each group of a batch's images, added to all images of the group.
//
//   wear:     x'[b, i] = clamp(x[b, i] + d[g, i], 0, 1),  g = b / S
//   gradient: dd[g, i] = sum over b of dx'[b, i] where 0 <= x[b, i] + d[g, i] <= 1
//   project:  d = clamp(d, LOW, 1), then d * RADIUS / |d| where |d| is longer than RADIUS
//
// |d| is the L2 norm. One invocation does one element: of x', or of dd, for which it adds the group's images up
// in their order. In `project` one workgroup does one group.

override G: u32; // groups
override S: u32; // images of a group
override LENGTH: u32; // elements of an image
override LOW = -1f; // of an element of a perturbation
override RADIUS = 0f; // 0: as long as it likes

@group(0) @binding(0) var<storage, read> x: array<f32>; // [G * S, LENGTH]
@group(0) @binding(1) var<storage, read> known: array<f32>; // [G, LENGTH]: d
@group(0) @binding(2) var<storage, read_write> worn: array<f32>; // [G * S, LENGTH]: x'
@group(0) @binding(3) var<storage, read> dworn: array<f32>; // [G * S, LENGTH]
@group(0) @binding(4) var<storage, read_write> ddelta: array<f32>; // [G, LENGTH]: dd
@group(0) @binding(5) var<storage, read_write> delta: array<f32>; // [G, LENGTH]: d

const THREADS = 64u;
var<workgroup> sums: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn wear(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * THREADS; // workgroups are numbered row by row
  if (at >= G * S * LENGTH) { return; }
  worn[at] = clamp(x[at] + known[at / LENGTH / S * LENGTH + at % LENGTH], 0.0, 1.0);
}

@compute @workgroup_size(THREADS)
fn gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * THREADS;
  if (at >= G * LENGTH) { return; }
  let own = known[at];
  var here = at / LENGTH * S * LENGTH + at % LENGTH;
  var sum = 0.0;
  for (var s = 0u; s < S; s++) {
    let value = x[here] + own;
    if (value >= 0.0 && value <= 1.0) { sum += dworn[here]; }
    here += LENGTH;
  }
  ddelta[at] = sum;
}

@compute @workgroup_size(THREADS)
fn project(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let first = group.x * LENGTH;
  var sum = 0.0;
  for (var i = t; i < LENGTH; i += THREADS) {
    let value = clamp(delta[first + i], LOW, 1.0);
    delta[first + i] = value;
    sum += value * value;
  }
  if (RADIUS == 0.0) { return; }
  sums[t] = sum;
  workgroupBarrier();
  var square = 0.0;
  for (var i = 0u; i < THREADS; i++) { square += sums[i]; }
  if (square <= RADIUS * RADIUS) { return; }
  let factor = RADIUS / sqrt(square);
  for (var i = t; i < LENGTH; i += THREADS) { delta[first + i] *= factor; }
}
