// The price of a mask's L1 norm, and the smallest mask that did its work, for each group (Wang et al. 2019).
//
//   after EVERY steps, with the share of images that went as wished in them:
//     reached PATIENCE times running, or twice or three times as often: cost = cost = 0 ? FIRST : UP * cost
//     missed PATIENCE times running, or twice or three times as often:  cost = cost / DOWN
//     reached PATIENCE times running or more, and the mask's L1 is the lowest so far: mask and pattern are kept
//
// A mask is kept only after PATIENCE looks, as it may do well on a few images by chance, and there are many looks.
// One workgroup does one group: its invocations add every 64th element of the mask up, and copy what is kept.

override G: u32; // groups
override C: u32; // channels
override PIXELS: u32; // H * W
override STATE: u32; // numbers of a group's state
override EVERY: f32; // steps from one look to the next
override REACHED: f32; // share of images that is success
override PATIENCE: u32; // looks
override FIRST: f32; // the lowest cost above 0
override UP: f32;
override DOWN: f32;

@group(0) @binding(0) var<storage, read> tally: array<f32>; // [G, 2]: mean loss, share that went as wished
@group(0) @binding(1) var<storage, read> shaped: array<f32>; // [G, 1 + C, PIXELS]: mask, then pattern
@group(0) @binding(2) var<storage, read_write> state: array<f32>; // [G, STATE]: see the constants below
@group(0) @binding(3) var<storage, read_write> best: array<f32>; // [G, 1 + C, PIXELS]: what is kept

const COST = 0u;
const UPS = 1u; // looks running that reached it
const DOWNS = 2u; // looks running that missed it
const LOWEST = 3u; // L1 norm of the mask that is kept; below 0: none is
const SUM = 4u; // of the shares since the last look
const STEPS = 5u; // since the last look
const SHARE = 6u; // at the last look
const NORM = 7u; // L1 norm of the mask at the last look

const THREADS = 64u;
var<workgroup> sums: array<f32, THREADS>;
var<workgroup> keeps: u32;

@compute @workgroup_size(THREADS)
fn look(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let g = group.x;
  let first = g * (1u + C) * PIXELS;
  var sum = 0.0;
  for (var i = t; i < PIXELS; i += THREADS) { sum += shaped[first + i]; }
  sums[t] = sum;
  workgroupBarrier();
  if (t == 0u) {
    var norm = 0.0;
    for (var i = 0u; i < THREADS; i++) { norm += sums[i]; }
    keeps = select(0u, 1u, judge(g * STATE, tally[2u * g + 1u], norm));
  }
  if (workgroupUniformLoad(&keeps) == 0u) { return; }
  for (var i = t; i < (1u + C) * PIXELS; i += THREADS) { best[first + i] = shaped[first + i]; }
}

/// Moves the state on by a step. Whether the mask shall be kept.
fn judge(at: u32, share: f32, norm: f32) -> bool {
  state[at + SUM] += share;
  state[at + STEPS] += 1.0;
  if (state[at + STEPS] < EVERY) { return false; }
  let mean = state[at + SUM] / EVERY;
  state[at + SUM] = 0.0;
  state[at + STEPS] = 0.0;
  state[at + SHARE] = mean;
  state[at + NORM] = norm;
  let reached = mean >= REACHED;
  state[at + UPS] = select(0.0, state[at + UPS] + 1.0, reached);
  state[at + DOWNS] = select(state[at + DOWNS] + 1.0, 0.0, reached);
  if (is_turn(state[at + UPS])) {
    state[at + COST] = select(UP * state[at + COST], FIRST, state[at + COST] == 0.0);
  }
  if (is_turn(state[at + DOWNS])) { state[at + COST] /= DOWN; }
  if (state[at + UPS] < f32(PATIENCE)) { return false; }
  if (state[at + LOWEST] >= 0.0 && norm >= state[at + LOWEST]) { return false; }
  state[at + LOWEST] = norm;
  return true;
}

fn is_turn(looks: f32) -> bool { return looks > 0.0 && u32(looks) % PATIENCE == 0u; }
