// Blocks of 4 x 4 neighbours, computed as 16 channels, back in their places.
//
//   x[b, c, 4 h + r, 4 w + s] = blocks[b, 16 c + 4 r + s, h, w]
//
// One invocation does one element of x.

override B: u32; // images
override C: u32; // channels of x
override H: u32; // height of x, a multiple of 4
override W: u32; // width of x, likewise

@group(0) @binding(0) var<storage, read> blocks: array<f32>; // [B, 16 C, H / 4, W / 4]
@group(0) @binding(1) var<storage, read_write> x: array<f32>; // [B, C, H, W]

@compute @workgroup_size(64)
fn unblock(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u; // workgroups are numbered row by row
  if (at >= B * C * H * W) { return; }
  let column = at % W;
  let row = at / W % H;
  let plane = at / W / H; // image b, channel c
  let block = 16u * plane + 4u * (row % 4u) + column % 4u;
  x[at] = blocks[(block * (H / 4u) + row / 4u) * (W / 4u) + column / 4u];
}
