// Non-maximum suppression: of boxes that overlap, only the one with the greatest score stays.
//
//   overlaps: mask[i, j] = whether box j comes behind box i and overlaps it by more than IOU_THRESHOLD
//   nms:      goes through the boxes in order; one that no box kept before it masks is kept
//
// Boxes are sorted, greatest score first, in groups that don't know of each other. overlaps: one
// invocation fills one word, 32 boxes j. nms: one workgroup does one group; what is masked so far
// is in its own memory. Places in `kept` that nothing fills say NONE.

override K: u32; // places for boxes in a group
override KEEP: u32; // boxes to keep, at most
override IOU_THRESHOLD: f32; // greatest intersection over union of two kept boxes

@group(0) @binding(0) var<storage, read> sorted: array<vec4f>; // [G, K] x1 y1 x2 y2
@group(0) @binding(1) var<storage, read> choice: array<vec2u>; // [G]: threshold, boxes in the group
@group(0) @binding(2) var<storage, read_write> mask: array<u32>; // [G, K, WORDS] a bit a box
@group(0) @binding(3) var<storage, read> masks: array<u32>; // what `mask` was written as
@group(0) @binding(4) var<storage, read_write> kept: array<u32>; // [G, KEEP] places among the sorted, or NONE
@group(0) @binding(5) var<storage, read_write> kept_boxes: array<vec4f>; // [G, KEEP]; nothing where NONE

const NONE = 0xffffffffu;
const THREADS = 64u;
override WORDS = (K + 31u) / 32u;

@compute @workgroup_size(64)
fn overlaps(@builtin(global_invocation_id) id: vec3u) {
  let word = id.x;
  let g = id.y / K;
  let i = id.y - g * K;
  let count = min(choice[g].y, K);
  if (i >= count || word >= WORDS) { return; }
  var bits = 0u;
  let first = 32u * word;
  if (first + 31u > i) {
    let own = sorted[g * K + i];
    for (var j = max(first, i + 1u); j < min(first + 32u, count); j++) {
      if (iou(own, sorted[g * K + j]) > IOU_THRESHOLD) { bits |= 1u << (j - first); }
    }
  }
  mask[(g * K + i) * WORDS + word] = bits;
}

// As large as for 12,288 boxes: Safari is reported to give an array whose size is an override no room at all.
const MOST_WORDS = 384u;
var<workgroup> masked: array<u32, MOST_WORDS>;

@compute @workgroup_size(THREADS)
fn nms(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let g = group.x;
  let count = min(choice[g].y, K);
  for (var word = t; word < WORDS; word += THREADS) { masked[word] = 0u; }
  var found = 0u;
  for (var i = 0u; i < K; i++) {
    // Everybody reads the same word before anybody changes it.
    let word = workgroupUniformLoad(&masked[i / 32u]);
    if (i >= count || found >= KEEP) { break; }
    if (((word >> (i % 32u)) & 1u) == 1u) { continue; }
    for (var w = t + i / 32u; w < WORDS; w += THREADS) { masked[w] |= masks[(g * K + i) * WORDS + w]; }
    if (t == 0u) {
      kept[g * KEEP + found] = i;
      kept_boxes[g * KEEP + found] = sorted[g * K + i];
    }
    found += 1u;
  }
  for (var i = found + t; i < KEEP; i += THREADS) {
    kept[g * KEEP + i] = NONE;
    kept_boxes[g * KEEP + i] = vec4f();
  }
}
