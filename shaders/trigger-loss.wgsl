// What searches for triggers and margins minimise, as a mean over each group of a batch's images, and its
// gradient in the logits. y is the class that the image's label names.
//
//   aim:    loss = -log p[y],       dz[n] = (p[n] - [n = y]) / S              read as y
//   astray: loss = -log(1 - p[y]),  dz[y] = p[y] / S,  dz[n] = -p[y] q[n] / S  not read as y
//   margin: loss = z[k] - z[y],     dz[n] = ([n = k] - [n = y]) / S            y far above all others
//
// p is the softmax of all logits, q that of those of the classes other than y, and k the largest of these, the
// lowest among equals. One workgroup does one group, an invocation every 64th of its images; their sums are
// added in a fixed order. The share of images that are read as y (aim, margin) or not read as y (astray) is
// told beside the loss. The first workgroup counts the step as done.

override G: u32; // groups
override S: u32; // images of a group
override N: u32; // classes
override WISH: u32; // AIM, ASTRAY or MARGIN

const AIM = 0u;
const ASTRAY = 1u;
const MARGIN = 2u;

@group(0) @binding(0) var<storage, read> z: array<f32>; // [G * S, N]
@group(0) @binding(1) var<storage, read> label: array<u32>; // [G * S]
@group(0) @binding(2) var<storage, read_write> dz: array<f32>; // [G * S, N]
@group(0) @binding(3) var<storage, read_write> tally: array<f32>; // [G, 2]: mean loss, share that does as is wished
@group(0) @binding(4) var<storage, read_write> progress: array<u32>; // [4]: steps done, ...

const THREADS = 64u;
var<workgroup> losses: array<f32, THREADS>;
var<workgroup> hits: array<u32, THREADS>;

/// What the logits of an image say of class y.
struct Reading {
  own: f32, // z[y]
  rival: u32, // k
  best: f32, // z[k]
  others: f32, // sum of exp(z[n] - best) over the other classes
}

fn weigh(b: u32, y: u32) -> Reading {
  let row = b * N;
  var rival = select(0u, 1u, y == 0u);
  for (var n = rival + 1u; n < N; n++) {
    if (n != y && z[row + n] > z[row + rival]) { rival = n; }
  }
  let best = z[row + rival];
  var others = 0.0;
  for (var n = 0u; n < N; n++) {
    if (n != y) { others += exp(z[row + n] - best); }
  }
  return Reading(z[row + y], rival, best, others);
}

/// Whether the image is read as y: ties go to the lowest class.
fn is_read(r: Reading, y: u32) -> bool { return r.own > r.best || (r.own == r.best && y < r.rival); }

@compute @workgroup_size(THREADS)
fn loss(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  var loss_sum = 0.0;
  var hit = 0u;
  for (var s = t; s < S; s += THREADS) {
    let b = group.x * S + s;
    let y = label[b];
    let r = weigh(b, y);
    switch WISH {
      case AIM: { loss_sum += aim(b, y, r); }
      case ASTRAY: { loss_sum += astray(b, y, r); }
      case MARGIN, default: { loss_sum += margin(b, y, r); }
    }
    hit += select(0u, 1u, is_read(r, y) == (WISH != ASTRAY));
  }
  losses[t] = loss_sum;
  hits[t] = hit;
  workgroupBarrier();
  if (t != 0u) { return; }
  for (var i = 1u; i < THREADS; i++) {
    loss_sum += losses[i];
    hit += hits[i];
  }
  tally[2u * group.x] = loss_sum / f32(S);
  tally[2u * group.x + 1u] = f32(hit) / f32(S);
  if (group.x == 0u) { progress[0] += 1u; }
}

// Each writes an image's gradient and gives its loss.

fn aim(b: u32, y: u32, r: Reading) -> f32 {
  let largest = max(r.own, r.best);
  let total = exp(r.own - largest) + exp(r.best - largest) * r.others;
  for (var n = 0u; n < N; n++) {
    dz[b * N + n] = (exp(z[b * N + n] - largest) / total - select(0.0, 1.0, n == y)) / f32(S);
  }
  return log(total) + (largest - r.own);
}

fn astray(b: u32, y: u32, r: Reading) -> f32 {
  let largest = max(r.own, r.best);
  let total = exp(r.own - largest) + exp(r.best - largest) * r.others;
  let p = exp(r.own - largest) / total;
  for (var n = 0u; n < N; n++) {
    dz[b * N + n] = select(-exp(z[b * N + n] - r.best) / r.others, 1.0, n == y) * p / f32(S);
  }
  // 1 - p is what the other classes have of the total: no small difference of large numbers.
  return log(total) + (largest - r.best) - log(r.others);
}

fn margin(b: u32, y: u32, r: Reading) -> f32 {
  for (var n = 0u; n < N; n++) {
    dz[b * N + n] = (select(0.0, 1.0, n == r.rival) - select(0.0, 1.0, n == y)) / f32(S);
  }
  return r.best - r.own;
}
