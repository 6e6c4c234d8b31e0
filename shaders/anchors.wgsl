// What the proposal network shall learn of each anchor, and what it proposes.
//
//   closest:  of each sign's box, the greatest intersection over union that any anchor has with it
//   label:    an anchor is foreground when it overlaps a box by FOREGROUND or more, or more than every
//             other anchor does; background when it overlaps none by BACKGROUND, ignored ones among
//             them; both become candidates with a random key, from which select.wgsl takes a sample
//   choose:   labels of the sample (1, 0; all others are ignored) and the regression targets of its foreground
//   propose:  key = probability of foreground, box = anchor moved by its box deltas, cut at the image's edges
//
// (Ren et al. 2015, section 3.1.2.) Anchor n = (a * h + row) * w + column, as the scores of the
// network lie. Anchors that reach more than BORDER pixels over the image's edges are left out of
// training. One invocation does one anchor; in closest one workgroup does one box.

override N: u32; // anchors
override BOXES: u32; // boxes an image may have
override HEIGHT: u32; // of the image
override WIDTH: u32;
override BORDER: f32;
override FOREGROUND: f32; // intersection over union from which an anchor is foreground,
override BACKGROUND: f32; // and below which it is background
override SMALLEST: f32; // width and height of a proposal, at least
override CELLS: u32; // h * w

@group(0) @binding(0) var<uniform> key: vec4u; // seed and stream of the random numbers
@group(0) @binding(1) var<storage, read> progress: array<u32>; // [4]: steps done, ...
@group(0) @binding(2) var<storage, read> anchors: array<vec4f>; // [N]
@group(0) @binding(3) var<storage, read> boxes: array<vec4f>; // [B, BOXES]
@group(0) @binding(4) var<storage, read> classes: array<u32>; // [B, BOXES]: see lib/boxes.wgsl
@group(0) @binding(5) var<storage, read_write> best: array<f32>; // [B, BOXES]
@group(0) @binding(6) var<storage, read> greatest: array<f32>; // what `best` was written as
@group(0) @binding(7) var<storage, read_write> keys: array<u32>; // label: [B, 2, N]; propose: [B, N]
@group(0) @binding(8) var<storage, read> candidates: array<u32>; // [B, 2, N] what `keys` was written as
@group(0) @binding(9) var<storage, read> choice: array<vec2u>; // [B, 2] threshold, count
@group(0) @binding(10) var<storage, read_write> labels: array<u32>; // [B, N]
@group(0) @binding(11) var<storage, read_write> targets: array<vec4f>; // [B, N] regression targets
@group(0) @binding(12) var<storage, read> scores: array<f32>; // [B, 2, N] background, foreground
@group(0) @binding(13) var<storage, read> deltas: array<f32>; // [B, anchors of a cell, 4, CELLS]
@group(0) @binding(14) var<storage, read_write> proposals: array<vec4f>; // [B, N]

const IGNORED = 0xffffffffu;
const THREADS = 64u;
var<workgroup> ious: array<f32, THREADS>;

fn within(anchor: vec4f) -> bool {
  return all(anchor.xy >= vec2f(-BORDER)) && all(anchor.zw <= vec2f(f32(WIDTH), f32(HEIGHT)) + BORDER);
}

@compute @workgroup_size(THREADS)
fn closest(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let at = group.y * BOXES + group.x;
  var most = 0.0;
  if (counts(classes[at])) {
    for (var n = t; n < N; n += THREADS) {
      if (within(anchors[n])) { most = max(most, iou(anchors[n], boxes[at])); }
    }
  }
  ious[t] = most;
  workgroupBarrier();
  if (t == 0u) {
    for (var i = 1u; i < THREADS; i++) { most = max(most, ious[i]); }
    best[at] = most;
  }
}

/// The box that an anchor overlaps most, how much, whether no anchor overlaps some box more, and how much it
/// overlaps an ignored one.
struct Match { box: u32, most: f32, closest: bool, ignored: f32 }

fn match_of(b: u32, anchor: vec4f) -> Match {
  var found = Match(0u, 0.0, false, 0.0);
  for (var g = 0u; g < BOXES; g++) {
    let class_of = classes[b * BOXES + g];
    if (class_of == 0u) { continue; }
    let own = iou(anchor, boxes[b * BOXES + g]);
    if (!counts(class_of)) {
      found.ignored = max(found.ignored, own);
      continue;
    }
    if (own > found.most) {
      found.most = own;
      found.box = g;
    }
    // The same sum in another kernel may differ in the last bit.
    found.closest = found.closest || (own > 0.0 && own >= greatest[b * BOXES + g] * 0.999999);
  }
  return found;
}

@compute @workgroup_size(64)
fn label(@builtin(global_invocation_id) id: vec3u) {
  let b = id.y;
  let n = id.x;
  if (n >= N) { return; }
  let found = match_of(b, anchors[n]);
  let usable = within(anchors[n]);
  let foreground = usable && (found.closest || found.most >= FOREGROUND);
  let background = usable && !foreground && max(found.most, found.ignored) < BACKGROUND;
  let draw = threefry(vec2u(progress[0], b * N + n), key.xy).x | 1u;
  keys[2u * b * N + n] = select(0u, draw, foreground);
  keys[(2u * b + 1u) * N + n] = select(0u, draw, background);
}

@compute @workgroup_size(64)
fn choose(@builtin(global_invocation_id) id: vec3u) {
  let b = id.y;
  let n = id.x;
  if (n >= N) { return; }
  let foreground = candidates[2u * b * N + n];
  let background = candidates[(2u * b + 1u) * N + n];
  var result = IGNORED;
  var target_of = vec4f();
  if (foreground != 0u && foreground >= choice[2u * b].x) {
    result = 1u;
    target_of = encode(anchors[n], boxes[b * BOXES + match_of(b, anchors[n]).box]);
  } else if (background != 0u && background >= choice[2u * b + 1u].x) {
    result = 0u;
  }
  labels[b * N + n] = result;
  targets[b * N + n] = target_of;
}

@compute @workgroup_size(64)
fn propose(@builtin(global_invocation_id) id: vec3u) {
  let b = id.y;
  let n = id.x;
  if (n >= N) { return; }
  let a = n / CELLS;
  let first = (b * (N / CELLS) + a) * 4u * CELLS + (n - a * CELLS);
  let delta = vec4f(deltas[first], deltas[first + CELLS], deltas[first + 2u * CELLS], deltas[first + 3u * CELLS]);
  let box = clip(decode(anchors[n], delta), vec2f(f32(WIDTH), f32(HEIGHT)));
  let probability = 1.0 / (1.0 + exp(scores[2u * b * N + n] - scores[(2u * b + 1u) * N + n]));
  let large = all(box.zw - box.xy >= vec2f(SMALLEST));
  proposals[b * N + n] = box;
  // A probability that is not a number is none.
  keys[b * N + n] = select(0u, bitcast<u32>(probability), large && probability > 0.0 && probability <= 1.0);
}
