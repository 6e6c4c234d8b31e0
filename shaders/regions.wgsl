// The regions that the head of the detector is trained on: a sample of the proposals.
//
//   judge:  a candidate (a proposal, or a sign's own box) is foreground when it overlaps a box by
//           FOREGROUND or more, background when by BACKGROUND or more but less than that and no ignored one
//           by BACKGROUND or more; both get a random key, from which select.wgsl takes a sample
//   sample: puts what was chosen into the image's R places, with class and regression targets
//
// (Girshick 2015, section 2.3.) Places that nothing fills hold an ignored region without area. The
// targets are divided by DEVIATIONS, which brings them to about the same size. One invocation does one
// candidate, and in judge empties one place.

override P: u32; // proposals of an image
override BOXES: u32; // boxes an image may have
override R: u32; // regions of an image
override FOREGROUND: f32; // intersection over union
override BACKGROUND: f32; // intersection over union

@group(0) @binding(0) var<uniform> key: vec4u; // seed and stream of the random numbers
@group(0) @binding(1) var<storage, read> progress: array<u32>; // [4]: steps done, ...
@group(0) @binding(2) var<storage, read> proposals: array<vec4f>; // [B, P]
@group(0) @binding(3) var<storage, read> boxes: array<vec4f>; // [B, BOXES]
@group(0) @binding(4) var<storage, read> classes: array<u32>; // [B, BOXES]: see lib/boxes.wgsl
@group(0) @binding(5) var<storage, read_write> keys: array<u32>; // [B, 2, P + BOXES]
@group(0) @binding(6) var<storage, read> candidates: array<u32>; // what `keys` was written as
@group(0) @binding(7) var<storage, read> choice: array<vec2u>; // [B, 2] threshold, count
@group(0) @binding(8) var<storage, read_write> regions: array<vec4f>; // [B, R]
@group(0) @binding(9) var<storage, read_write> labels: array<u32>; // [B, R]
@group(0) @binding(10) var<storage, read_write> targets: array<vec4f>; // [B, R]

const IGNORED = 0xffffffffu;
const DEVIATIONS = vec4f(0.1, 0.1, 0.2, 0.2);
override COUNT = P + BOXES;

fn candidate(b: u32, p: u32) -> vec4f {
  if (p < P) { return proposals[b * P + p]; }
  let g = b * BOXES + p - P;
  return select(vec4f(), boxes[g], counts(classes[g]));
}

/// The box that a candidate overlaps most, how much, and whether an ignored one keeps it from being background.
struct Match { box: u32, most: f32, ignored: bool }

fn match_of(b: u32, own: vec4f) -> Match {
  var found = Match(0u, 0.0, false);
  for (var g = 0u; g < BOXES; g++) {
    let class_of = classes[b * BOXES + g];
    if (class_of == 0u) { continue; }
    let own_iou = iou(own, boxes[b * BOXES + g]);
    if (!counts(class_of)) {
      found.ignored = found.ignored || (own_iou > 0.0 && own_iou >= BACKGROUND);
    } else if (own_iou > found.most) {
      found.box = g;
      found.most = own_iou;
    }
  }
  return found;
}

@compute @workgroup_size(64)
fn judge(@builtin(global_invocation_id) id: vec3u) {
  let b = id.y;
  let p = id.x;
  if (p < R) {
    regions[b * R + p] = vec4f();
    labels[b * R + p] = IGNORED;
    targets[b * R + p] = vec4f();
  }
  if (p >= COUNT) { return; }
  let own = candidate(b, p);
  let found = match_of(b, own);
  let draw = threefry(vec2u(progress[0], b * COUNT + p), key.xy).x | 1u;
  let real = area(own) > 0.0;
  keys[2u * b * COUNT + p] = select(0u, draw, real && found.most >= FOREGROUND);
  let background = found.most < FOREGROUND && found.most >= BACKGROUND && !found.ignored;
  keys[(2u * b + 1u) * COUNT + p] = select(0u, draw, real && background);
}

@compute @workgroup_size(64)
fn sample(@builtin(global_invocation_id) id: vec3u) {
  let b = id.y;
  let p = id.x;
  if (p >= COUNT) { return; }
  let foreground = candidates[2u * b * COUNT + p];
  let background = candidates[(2u * b + 1u) * COUNT + p];
  let group = 2u * b + select(1u, 0u, foreground != 0u);
  let own_key = max(foreground, background);
  let picked = choice[group];
  if (own_key == 0u || own_key < picked.x) { return; }
  var place = 0u;
  for (var j = 0u; j < COUNT; j++) {
    let other = candidates[group * COUNT + j];
    place += select(0u, 1u, other > own_key || (other == own_key && j < p));
  }
  // Keys that are equal may be one too many.
  if (place >= picked.y) { return; }
  if (foreground == 0u) { place += choice[2u * b].y; }
  let own = candidate(b, p);
  regions[b * R + place] = own;
  var class_of = 0u;
  if (foreground != 0u) {
    let g = b * BOXES + match_of(b, own).box;
    class_of = classes[g];
    targets[b * R + place] = encode(own, boxes[g]) / DEVIATIONS;
  }
  labels[b * R + place] = class_of;
}
