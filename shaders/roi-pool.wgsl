// Maximum pooling of regions of interest to BINS x BINS (Girshick 2015, section 2.1).
//
//   forward:   y[r, c, i, j] = max of x[image of r, c] over bin (i, j) of region r, 0 where the bin is empty
//   backward: dx[b, c, h, w] = sum over the bins whose first maximum is (h, w) of dy[r, c, i, j],
//                              then back through the ReLU that made x
//
// A region's corners are scaled to the feature map and rounded, and its last row and column belong to
// it. Bins overlap where the region does not divide evenly. Regions
// b * R .. b * R + R - 1 lie in image b. Forward: one invocation one element of y. Backward: one
// invocation one row of a plane of dx, which asks every region of its image: regions overlap, and so
// nothing is added up by two invocations.

override B: u32; // images
override R: u32; // regions of an image
override C: u32; // channels
override H: u32; // height of the feature map
override W: u32; // width of the feature map
override BINS: u32;
override SCALE: f32; // of the feature map, to the pixels that boxes are measured in
override BELOW_RELU = false;

@group(0) @binding(0) var<storage, read> x: array<f32>; // [B, C, H, W]
@group(0) @binding(1) var<storage, read> regions: array<vec4f>; // [B * R] x1 y1 x2 y2
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [B * R, C, BINS, BINS]
@group(0) @binding(3) var<storage, read_write> winners: array<u32>; // as y: place in the plane, or NOWHERE
@group(0) @binding(4) var<storage, read> maxima: array<u32>; // what `winners` was written as
@group(0) @binding(5) var<storage, read> dy: array<f32>; // as y
@group(0) @binding(6) var<storage, read_write> dx: array<f32>; // [B, C, H, W]

const NOWHERE = 0xffffffffu;

/// Row and column of a region's first cell, and its height and width, at least 1.
struct Cells { first: vec2i, size: vec2i }

fn cells_of(region: vec4f) -> Cells {
  // Half up, as C rounds what is not negative: WGSL's round() goes to even.
  let first = vec2i(floor(region.yx * SCALE + 0.5));
  let last = vec2i(floor(region.wz * SCALE + 0.5));
  return Cells(first, max(last - first + 1, vec2i(1)));
}

/// First and end of bin i along an axis of `size` cells from `first`, within `extent`.
fn bin(i: u32, first: i32, size: i32, extent: u32) -> vec2u {
  let low = first + i32(i) * size / i32(BINS);
  let high = first + (i32(i + 1u) * size + i32(BINS) - 1) / i32(BINS);
  return vec2u(clamp(vec2i(low, high), vec2i(), vec2i(i32(extent))));
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= B * R * C * BINS * BINS) { return; }
  let j = at % BINS;
  let i = at / BINS % BINS;
  let plane = at / (BINS * BINS);
  let r = plane / C;
  let c = plane - r * C;
  let cells = cells_of(regions[r]);
  let rows = bin(i, cells.first.x, cells.size.x, H);
  let columns = bin(j, cells.first.y, cells.size.y, W);
  let first = (r / R * C + c) * H * W;
  var best = 0.0;
  var winner = NOWHERE;
  for (var h = rows.x; h < rows.y; h++) {
    for (var w = columns.x; w < columns.y; w++) {
      let value = x[first + h * W + w];
      if (winner == NOWHERE || value > best) {
        best = value;
        winner = h * W + w;
      }
    }
  }
  y[at] = best;
  winners[at] = winner;
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= B * C * H) { return; }
  let plane = id.x / H;
  let h = id.x - plane * H;
  let b = plane / C;
  let c = plane - b * C;
  let first = id.x * W;
  for (var w = 0u; w < W; w++) { dx[first + w] = 0.0; }
  for (var r = b * R; r < (b + 1u) * R; r++) {
    let cells = cells_of(regions[r]);
    let within = i32(h) - cells.first.x;
    if (within < 0 || within >= cells.size.x) { continue; }
    // The bins that hold this row: one or two of a large region, more where bins are less than a row.
    let size = u32(cells.size.x);
    let last = min(((u32(within) + 1u) * BINS - 1u) / size, BINS - 1u);
    for (var i = u32(within) * BINS / size; i <= last; i++) {
      for (var j = 0u; j < BINS; j++) {
        let from_bin = ((r * C + c) * BINS + i) * BINS + j;
        let winner = maxima[from_bin];
        if (winner == NOWHERE || winner / W != h) { continue; }
        let there = first + winner % W;
        if (!BELOW_RELU || x[there] > 0.0) { dx[there] += dy[from_bin]; }
      }
    }
  }
}
