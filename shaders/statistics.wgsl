// Statistics of a layer's activations, channel by channel, accumulated over batches.
//
//   count, mean, sum of squared deviations from the mean, least, largest, number above zero
//
// One workgroup takes one channel. Each invocation sums up every 64th value with Welford's update;
// their results are merged in a fixed order, and into what earlier batches left, by the formula of
// Chan, Golub and LeVeque (1979), which stays accurate where a plain sum of squares would not.
// Images labelled all ones are left out.

override B: u32; // images in the batch
override C: u32; // channels
override N: u32; // values of a channel in one image

@group(0) @binding(0) var<storage, read> values: array<f32>; // [B, C, N]
@group(0) @binding(1) var<storage, read> label: array<u32>; // [B]
@group(0) @binding(2) var<storage, read_write> summary: array<f32>; // [C, 6], in the order above

struct Summary { count: f32, mean: f32, deviations: f32, least: f32, largest: f32, positive: f32 }

var<workgroup> parts: array<Summary, 64>;

@compute @workgroup_size(64)
fn accumulate(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let c = group.x;
  var own = Summary(0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
  for (var e = t; e < B * N; e += 64u) {
    let b = e / N;
    if (label[b] == 0xffffffffu) { continue; }
    let value = values[(b * C + c) * N + e - b * N];
    own = merge(own, Summary(1.0, value, 0.0, value, value, select(0.0, 1.0, value > 0.0)));
  }
  parts[t] = own;
  workgroupBarrier();

  if (t == 0u) {
    let at = 6u * c;
    var all = Summary(summary[at], summary[at + 1u], summary[at + 2u],
      summary[at + 3u], summary[at + 4u], summary[at + 5u]);
    for (var i = 0u; i < 64u; i++) { all = merge(all, parts[i]); }
    summary[at] = all.count;
    summary[at + 1u] = all.mean;
    summary[at + 2u] = all.deviations;
    summary[at + 3u] = all.least;
    summary[at + 4u] = all.largest;
    summary[at + 5u] = all.positive;
  }
}

fn merge(a: Summary, b: Summary) -> Summary {
  if (b.count == 0.0) { return a; }
  if (a.count == 0.0) { return b; }
  let count = a.count + b.count;
  let difference = b.mean - a.mean;
  return Summary(
    count,
    a.mean + difference * (b.count / count),
    a.deviations + b.deviations + difference * difference * (a.count * b.count / count),
    min(a.least, b.least),
    max(a.largest, b.largest),
    a.positive + b.positive);
}
