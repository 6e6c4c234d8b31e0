// Triggers under search (Wang et al. 2019, "Neural Cleanse"): a mask m and a pattern p for each group of a
// batch's images, worn by all images of the group.
//
//   shape:    m = (tanh u + 1) / 2,  p = (tanh v + 1) / 2
//   wear:     x'[b, c, i] = (1 - m[g, i]) * x[b, c, i] + m[g, i] * p[g, c, i],  g = b / S
//   gradient: du[g, i]    = 2 m (1 - m) * (cost[g] + sum over b, c of dx'[b, c, i] * (p[g, c, i] - x[b, c, i]))
//             dv[g, c, i] = 2 p (1 - p) * m[g, i] * sum over b of dx'[b, c, i]
//
// u and v are what is optimised, so that m and p stay between 0 and 1. A mask covers all channels alike.
// cost[g] is the price of a mask's L1 norm. One invocation does one element: of m or p, of x', or of du or dv,
// for which it adds the group's images up in their order.

override G: u32; // groups
override S: u32; // images of a group
override C: u32; // channels
override PIXELS: u32; // H * W
override STATE: u32; // numbers that the schedule keeps of a group, the cost first

@group(0) @binding(0) var<storage, read> free: array<f32>; // [G, 1 + C, PIXELS]: u, then v
@group(0) @binding(1) var<storage, read_write> shaped: array<f32>; // [G, 1 + C, PIXELS]: m, then p
@group(0) @binding(2) var<storage, read> x: array<f32>; // [G * S, C, PIXELS]
@group(0) @binding(3) var<storage, read_write> worn: array<f32>; // [G * S, C, PIXELS]: x'
@group(0) @binding(4) var<storage, read> dworn: array<f32>; // [G * S, C, PIXELS]
@group(0) @binding(5) var<storage, read> known: array<f32>; // [G, 1 + C, PIXELS]: m, then p
@group(0) @binding(6) var<storage, read> schedule: array<f32>; // [G, STATE]
@group(0) @binding(7) var<storage, read_write> dfree: array<f32>; // [G, 1 + C, PIXELS]: du, then dv

@compute @workgroup_size(64)
fn shape(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u; // workgroups are numbered row by row
  if (at >= G * (1u + C) * PIXELS) { return; }
  // Beyond 10 it is 1 in f32; far beyond, an adapter's tanh may overflow.
  shaped[at] = 0.5 * tanh(clamp(free[at], -10.0, 10.0)) + 0.5;
}

@compute @workgroup_size(64)
fn wear(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= G * S * C * PIXELS) { return; }
  let i = at % PIXELS;
  let plane = at / PIXELS; // of image plane / C the channel plane % C
  let row = plane / C / S * (1u + C);
  let m = known[row * PIXELS + i];
  let p = known[(row + 1u + plane % C) * PIXELS + i];
  worn[at] = (1.0 - m) * x[at] + m * p;
}

@compute @workgroup_size(64)
fn gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= G * (1u + C) * PIXELS) { return; }
  let i = at % PIXELS;
  let row = at / PIXELS;
  let g = row / (1u + C);
  let part = row % (1u + C); // 0: the mask; c + 1: the pattern's channel c
  let own = known[at];
  var sum = 0.0;
  if (part == 0u) {
    sum = schedule[g * STATE];
    for (var c = 0u; c < C; c++) {
      let p = known[at + (1u + c) * PIXELS];
      for (var s = 0u; s < S; s++) {
        let here = ((g * S + s) * C + c) * PIXELS + i;
        sum += dworn[here] * (p - x[here]);
      }
    }
  } else {
    for (var s = 0u; s < S; s++) { sum += dworn[((g * S + s) * C + part - 1u) * PIXELS + i]; }
    sum *= known[g * (1u + C) * PIXELS + i];
  }
  dfree[at] = 2.0 * own * (1.0 - own) * sum;
}
