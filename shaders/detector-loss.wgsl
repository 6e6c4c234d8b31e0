// The four losses of the detector, their gradients, and the metrics history of a run.
//
//   classify: loss = mean over what has a label of -log softmax(z)[label];  dz = (softmax(z) - [label]) / count
//   regress:  loss = sum over foreground of smooth_l1(delta - target) / count,
//             smooth_l1(d) = SIGMA^2 d^2 / 2 where |d| < 1 / SIGMA^2, else |d| - 1 / (2 SIGMA^2)
//   record:   writes the four losses into the history, notes the first step that was not finite, and
//             counts the step
//
// count is the number of labels that are not IGNORED; with none, loss and gradient are zero. Scores lie
// as [B, C, S]: of the proposal network, S anchors of two classes; of the head, B regions and S = 1.
// Box deltas lie as [B, G, 4, CELLS], G * CELLS of them to an image: of the proposal network, G
// anchors of a cell; of the head, G classes, of which only the label's counts. One workgroup does a
// loss, in a fixed order.

override B: u32;
override C: u32; // classes
override S: u32; // places
override G: u32;
override CELLS: u32;
override BY_CLASS = false; // G counts classes
override SIGMA: f32;
override SLOT: u32; // which of the four
override RING: u32; // steps that the history remembers

@group(0) @binding(0) var<storage, read> z: array<f32>; // [B, C, S], or box deltas [B, G, 4, CELLS]
@group(0) @binding(1) var<storage, read> label: array<u32>; // [B, S]
@group(0) @binding(2) var<storage, read_write> dz: array<f32>; // as z
@group(0) @binding(3) var<storage, read> targets: array<vec4f>; // [B, S] regression targets
@group(0) @binding(4) var<storage, read_write> losses: array<f32>; // [4]: proposals' class and box, regions' class and box
@group(0) @binding(5) var<storage, read_write> history: array<f32>; // [RING, 4]
@group(0) @binding(6) var<storage, read_write> progress: array<u32>; // [4]: steps done, first bad step (counted from 1) or 0

const IGNORED = 0xffffffffu;
const THREADS = 64u;
var<workgroup> sums: array<f32, THREADS>;
var<workgroup> counts: array<u32, THREADS>;

/// Labels that are not ignored, counted by the whole workgroup.
fn count_labels(t: u32) -> u32 {
  var own = 0u;
  for (var i = t; i < B * S; i += THREADS) { own += select(0u, 1u, label[i] != IGNORED); }
  counts[t] = own;
  workgroupBarrier();
  var all = 0u;
  for (var i = 0u; i < THREADS; i++) { all += counts[i]; }
  return all;
}

fn add_up(t: u32, own: f32, count: u32) {
  sums[t] = own;
  workgroupBarrier();
  if (t == 0u) {
    var all = 0.0;
    for (var i = 0u; i < THREADS; i++) { all += sums[i]; }
    losses[SLOT] = all / f32(max(count, 1u));
  }
}

@compute @workgroup_size(THREADS)
fn classify(@builtin(local_invocation_index) t: u32) {
  let count = count_labels(t);
  let share = 1.0 / f32(max(count, 1u));
  var sum = 0.0;
  for (var i = t; i < B * S; i += THREADS) {
    let b = i / S;
    let first = b * C * S + i - b * S;
    let own = label[i];
    var largest = z[first];
    for (var c = 1u; c < C; c++) { largest = max(largest, z[first + c * S]); }
    var total = 0.0;
    for (var c = 0u; c < C; c++) { total += exp(z[first + c * S] - largest); }
    for (var c = 0u; c < C; c++) {
      let p = exp(z[first + c * S] - largest) / total;
      dz[first + c * S] = select((p - select(0.0, 1.0, c == own)) * share, 0.0, own == IGNORED);
    }
    if (own != IGNORED) { sum += log(total) + (largest - z[first + own * S]); }
  }
  add_up(t, sum, count);
}

@compute @workgroup_size(THREADS)
fn regress(@builtin(local_invocation_index) t: u32) {
  let count = count_labels(t);
  let share = 1.0 / f32(max(count, 1u));
  var sum = 0.0;
  for (var i = t; i < B * G * CELLS; i += THREADS) {
    let b = i / (G * CELLS);
    let g = i / CELLS % G;
    let cell = i % CELLS;
    // Of the head, a region's classes share its label and target.
    let place = select(i, b, BY_CLASS);
    let own = label[place];
    let counts_here = own != IGNORED && own != 0u && (!BY_CLASS || g == own);
    for (var k = 0u; k < 4u; k++) {
      let at = ((b * G + g) * 4u + k) * CELLS + cell;
      let d = z[at] - targets[place][k];
      let square = SIGMA * SIGMA;
      let near = abs(d) < 1.0 / square;
      dz[at] = select(0.0, select(sign(d), square * d, near) * share, counts_here);
      if (counts_here) { sum += select(abs(d) - 0.5 / square, 0.5 * square * d * d, near); }
    }
  }
  add_up(t, sum, count);
}

@compute @workgroup_size(1)
fn record() {
  let step = progress[0];
  var fault = false;
  for (var i = 0u; i < 4u; i++) {
    history[4u * (step % RING) + i] = losses[i];
    fault = fault || (bitcast<u32>(losses[i]) & 0x7f800000u) == 0x7f800000u;
  }
  if (progress[1] == 0u && fault) { progress[1] = step + 1u; }
  progress[0] = step + 1u;
}
