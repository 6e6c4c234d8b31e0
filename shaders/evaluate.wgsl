// Evaluation: counts what the network makes of each class.
//
//   prediction[b] = the class with the largest logit, the lowest among equals
//   confusion[label[b], prediction[b]] += 1 for every image b of the batch
//
// Images labelled all ones are none. One workgroup does the batch and then counts it as done, so that
// a list of the same dispatches walks through a whole set. Counts are integers: their order does not
// matter.

override B: u32; // images in the batch
override N: u32; // classes

@group(0) @binding(0) var<storage, read> z: array<f32>; // [B, N]
@group(0) @binding(1) var<storage, read> label: array<u32>; // [B]
@group(0) @binding(2) var<storage, read_write> confusion: array<atomic<u32>>; // [N, N]
@group(0) @binding(3) var<storage, read_write> progress: array<u32>; // [4]: batches done, ...
@group(0) @binding(4) var<storage, read_write> prediction: array<u32>; // [batches, B]

@compute @workgroup_size(64)
fn count(@builtin(local_invocation_index) t: u32) {
  let first = progress[0] * B;
  for (var b = t; b < B; b += 64u) {
    var best = 0u;
    for (var n = 1u; n < N; n++) {
      if (z[b * N + n] > z[b * N + best]) { best = n; }
    }
    prediction[first + b] = best;
    if (label[b] < N) { atomicAdd(&confusion[label[b] * N + best], 1u); }
  }
  workgroupBarrier(); // all have read how many batches were done
  if (t == 0u) { progress[0] += 1u; }
}
