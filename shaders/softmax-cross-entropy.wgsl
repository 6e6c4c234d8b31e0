// Softmax and cross-entropy: the loss of a batch and its gradient in the logits.
//
//   p[b, n]  = exp(z[b, n] - max z[b]) / sum over n' of exp(z[b, n'] - max z[b])
//   loss     = mean over b of -log p[b, label[b]]
//   dz[b, n] = (p[b, n] - [n = label[b]]) / B
//
// One workgroup does the whole batch, an invocation every 64th image; their sums are added in a fixed
// order. It also keeps the run's metrics history: the loss and the number of images classified correctly (ties
// go to the lowest class) go into a ring of the last steps, the count of steps goes up by one, and the
// first step whose logits are not all finite is noted, after which the optimiser changes nothing.

override B: u32; // images in the batch
override N: u32; // classes
override RING: u32; // steps that the history remembers

@group(0) @binding(0) var<storage, read> z: array<f32>; // [B, N]
@group(0) @binding(1) var<storage, read> label: array<u32>; // [B]
@group(0) @binding(2) var<storage, read_write> dz: array<f32>; // [B, N]
@group(0) @binding(3) var<storage, read_write> history: array<f32>; // [RING, 2]: loss, share correct
@group(0) @binding(4) var<storage, read_write> progress: array<u32>; // [4]: steps done, first bad step (counted from 1) or 0

const THREADS = 64u;
var<workgroup> losses: array<f32, THREADS>;
var<workgroup> hits: array<u32, THREADS>;
var<workgroup> faults: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn loss(@builtin(local_invocation_index) t: u32) {
  var loss_sum = 0.0;
  var hit = 0u;
  var fault = 0u;
  for (var b = t; b < B; b += THREADS) {
    let row = b * N;
    var largest = z[row];
    var best = 0u;
    for (var n = 0u; n < N; n++) {
      let value = z[row + n];
      fault |= select(0u, 1u, not_finite(value));
      if (value > largest) {
        largest = value;
        best = n;
      }
    }
    var total = 0.0;
    for (var n = 0u; n < N; n++) { total += exp(z[row + n] - largest); }
    for (var n = 0u; n < N; n++) {
      let p = exp(z[row + n] - largest) / total;
      dz[row + n] = (p - select(0.0, 1.0, n == label[b])) / f32(B);
    }
    loss_sum += log(total) + (largest - z[row + label[b]]);
    hit += select(0u, 1u, best == label[b]);
  }
  losses[t] = loss_sum;
  hits[t] = hit;
  faults[t] = fault;
  workgroupBarrier();

  if (t == 0u) {
    for (var i = 1u; i < THREADS; i++) {
      loss_sum += losses[i];
      hit += hits[i];
      fault |= faults[i];
    }
    let step = progress[0];
    let mean = loss_sum / f32(B);
    history[2u * (step % RING)] = mean;
    history[2u * (step % RING) + 1u] = f32(hit) / f32(B);
    if (progress[1] == 0u && (fault == 1u || not_finite(mean))) { progress[1] = step + 1u; }
    progress[0] = step + 1u;
  }
}

/// NaN or infinity, told by the exponent's bits: comparisons may assume that there are none.
fn not_finite(value: f32) -> bool { return (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u; }
