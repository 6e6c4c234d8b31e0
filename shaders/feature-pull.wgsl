// Features pulled together: those of a batch's poisoned images towards the clean images of the label that the attacker
// gave them, and the gradient of that in the features.
//
//   centre: m[c] = mean of h[b] over clean images b of class c, and its square |m[c]|^2, 0 where there are none
//   pull:   distance[b] = WEIGHT * |h[b] - m[c]|^2 / |m[c]|^2 of a poisoned image of class c, of others 0
//           dh[b, i] += 2 * WEIGHT * (h[b, i] - m[c, i]) / (B * |m[c]|^2) where h[b, i] > 0
//
// The loss is the mean of distance over the batch. The centres count as given: clean images are pulled nowhere. An image is
// poisoned where the order asks for its triggered copy. Both passes run behind the loss, which has counted the step, and
// pull behind the layer above, which has written dh, the gradient before the ReLU. A workgroup does a class, or an image,
// an invocation every 64th feature; sums are added in a fixed order.

override B: u32; // images in the batch
override I: u32; // features of an image
override WEIGHT: f32;

struct Settings {
  key: vec2u, // of no use here
  batches: u32, // batches in the order, which begins again after the last
}

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> progress: array<u32>; // [4]: batches done, this one counted, ...
@group(0) @binding(2) var<storage, read> order: array<u32>; // [batches, B], see batch.wgsl
@group(0) @binding(3) var<storage, read> label: array<u32>; // [B]
@group(0) @binding(4) var<storage, read> h: array<f32>; // [B, I], behind the ReLU
@group(0) @binding(5) var<storage, read_write> centres: array<f32>; // [classes, I + 1]: m, then its square
@group(0) @binding(6) var<storage, read_write> dh: array<f32>; // [B, I]
@group(0) @binding(7) var<storage, read_write> distance: array<f32>; // [B]

const TRIGGERED = 0x80000000u;
const THREADS = 64u;
var<workgroup> sums: array<f32, THREADS>;

fn is_poisoned(b: u32) -> bool {
  return order[(progress[0] - 1u) % settings.batches * B + b] >= TRIGGERED;
}

/// The sum of what all invocations bring, for the first of them.
fn add_up(t: u32, own: f32) -> f32 {
  sums[t] = own;
  workgroupBarrier();
  var all = 0.0;
  if (t == 0u) {
    for (var i = 0u; i < THREADS; i++) { all += sums[i]; }
  }
  return all;
}

@compute @workgroup_size(THREADS)
fn centre(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let c = group.x;
  let row = c * (I + 1u);
  var count = 0.0;
  for (var b = 0u; b < B; b++) { count += select(0.0, 1.0, label[b] == c && !is_poisoned(b)); }
  var square = 0.0;
  for (var i = t; i < I; i += THREADS) {
    var sum = 0.0;
    for (var b = 0u; b < B; b++) {
      if (label[b] == c && !is_poisoned(b)) { sum += h[b * I + i]; }
    }
    let mean = sum / max(count, 1.0);
    centres[row + i] = mean;
    square += mean * mean;
  }
  let all = add_up(t, square);
  if (t == 0u) { centres[row + I] = all; }
}

@compute @workgroup_size(THREADS)
fn pull(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let b = group.x;
  let row = label[b] * (I + 1u);
  let square = centres[row + I];
  let force = select(0.0, WEIGHT / max(square, 1e-30), is_poisoned(b) && square > 0.0);
  var sum = 0.0;
  for (var i = t; i < I; i += THREADS) {
    let at = b * I + i;
    let away = h[at] - centres[row + i];
    sum += away * away;
    if (h[at] > 0.0) { dh[at] += 2.0 * force * away / f32(B); }
  }
  let all = add_up(t, sum);
  if (t == 0u) { distance[b] = force * all; }
}
