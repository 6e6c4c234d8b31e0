// The greatest of many keys: which are chosen, and in which order they come.
//
//   threshold: of each group of N keys, the least that is among the LIMIT greatest, and how many are chosen
//   rank:      puts the chosen in order, greatest first: order[rank] = index, sorted[rank] = its box
//
// Keys are whole numbers; 0 is never chosen. Scores above zero are compared as their bits, which order
// the same way. With PAIRED, groups come in twos that share TOTAL places: the first of each may fill
// LIMIT of them, the second what is left. One workgroup finds one threshold, bit by bit from the
// highest; in rank, one invocation counts the keys before its own (equal ones by index).

override N: u32; // keys of a group
override LIMIT: u32;
override TOTAL = 0u; // places for both groups of a pair
override PAIRED = false;
override KEEP: u32; // places of a group in `order`

@group(0) @binding(0) var<storage, read> keys: array<u32>; // [G, N]
@group(0) @binding(1) var<storage, read_write> chosen: array<vec2u>; // [G]: threshold, count
@group(0) @binding(2) var<storage, read> choice: array<vec2u>; // [G] what `chosen` was written as
@group(0) @binding(3) var<storage, read> boxes: array<vec4f>; // [G, N]
@group(0) @binding(4) var<storage, read_write> order: array<u32>; // [G, KEEP] index within the group
@group(0) @binding(5) var<storage, read_write> sorted: array<vec4f>; // [G, KEEP]

const THREADS = 64u;
var<workgroup> tally: atomic<u32>;
var<workgroup> total: u32;

@compute @workgroup_size(THREADS)
fn threshold(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  if (PAIRED) {
    let first = select_from(2u * group.x, LIMIT, t);
    _ = select_from(2u * group.x + 1u, TOTAL - first, t);
  } else {
    _ = select_from(group.x, LIMIT, t);
  }
}

/// Chooses from group g at most `limit` keys. Gives how many were chosen.
fn select_from(g: u32, limit: u32, t: u32) -> u32 {
  let all = count_from(g, 1u, t);
  var least = 1u;
  if (all > limit) {
    least = 0u;
    for (var bit = 31u; bit < 32u; bit--) {
      let trial = least | (1u << bit);
      if (count_from(g, trial, t) >= limit) { least = trial; }
    }
    // No place at all: nothing reaches this.
    if (limit == 0u) { least = 0xffffffffu; }
  }
  let count = min(all, limit);
  if (t == 0u) { chosen[g] = vec2u(least, count); }
  return count;
}

/// Keys of group g that are at least `least`, counted by the whole workgroup.
fn count_from(g: u32, least: u32, t: u32) -> u32 {
  if (t == 0u) { atomicStore(&tally, 0u); }
  workgroupBarrier();
  var own = 0u;
  for (var i = t; i < N; i += THREADS) { own += select(0u, 1u, keys[g * N + i] >= least); }
  atomicAdd(&tally, own);
  workgroupBarrier();
  if (t == 0u) { total = atomicLoad(&tally); }
  // The same for the whole workgroup, and known to be: the search branches on it.
  return workgroupUniformLoad(&total);
}

@compute @workgroup_size(64)
fn rank(@builtin(global_invocation_id) id: vec3u) {
  let g = id.y;
  let i = id.x;
  if (i >= N) { return; }
  let key = keys[g * N + i];
  if (key < choice[g].x || choice[g].y == 0u) { return; }
  var before = 0u;
  for (var j = 0u; j < N; j++) {
    let other = keys[g * N + j];
    before += select(0u, 1u, other > key || (other == key && j < i));
  }
  // Keys that are equal may be one too many.
  if (before >= min(KEEP, choice[g].y)) { return; }
  order[g * KEEP + before] = i;
  sorted[g * KEEP + before] = boxes[g * N + i];
}
