// Convolution with any square kernel, stride and padding.
//
//   forward:           y[b, o, p, q]  = sum over c, i, j of w[o, c, i, j] * x[b, c, S p + i - PAD, S q + j - PAD] + bias[o],
//                      then ReLU, then an average over 2 x 2 windows
//   backward_weights: dw[o, c, i, j]  = sum over b, p, q of dy[b, o, p, q] * x[b, c, S p + i - PAD, S q + j - PAD],
//                     dbias[o]        = sum over b, p, q of dy[b, o, p, q]
//   backward_input:   dx[b, c, h, w'] = sum over o, p, q, i, j with S p + i - PAD = h and S q + j - PAD = w'
//                                       of w[o, c, i, j] * dy[b, o, p, q], then back through what made x
//
// dy is the gradient before this layer's own ReLU. Each pass is a matrix product in two forms: here
// through workgroup memory (lib/tile.wgsl), in conv2d-quad.wgsl by quads (lib/quad.wgsl). The passes
// differ in what their rows, columns and k stand for; both forms of a pass end in the same function,
// which writes a block of 4 x 4. An element's address is a sum of what its column and what its k
// contribute.

override B: u32; // images in the batch
override C: u32; // channels in
override H: u32; // height in
override W: u32; // width in
override O: u32; // channels out
override K: u32; // kernel: K x K
override S = 1u; // stride
override PAD = 0u; // zeros around the image
override P: u32; // height out
override Q: u32; // width out

override KK = K * K;
override CKK = C * KK;
override PQ = P * Q;
override HW = H * W;

@group(0) @binding(0) var<storage, read> x: array<f32>; // [B, C, H, W]
@group(0) @binding(1) var<storage, read> w: array<f32>; // [O, C, K, K]
@group(0) @binding(2) var<storage, read> bias: array<f32>; // [O]
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [B, O, P, Q]
@group(0) @binding(4) var<storage, read_write> pooled: array<f32>; // [B, O, P / 2, Q / 2], when POOL is 2
@group(0) @binding(5) var<storage, read> dy: array<f32>; // [B, O, P, Q]
@group(0) @binding(6) var<storage, read_write> dw: array<f32>; // [O, C, K, K]
@group(0) @binding(7) var<storage, read_write> dbias: array<f32>; // [O]
@group(0) @binding(8) var<storage, read> below: array<f32>; // [B, C, H, W], or [B, C, 2 H, 2 W] where x was pooled
@group(0) @binding(9) var<storage, read_write> dx: array<f32>; // as below

/// Where four patches of x begin: the address of the first channel's corner, and the corner's row and
/// column, which padding puts outside the image (they wrap around below zero).
struct Patches { address: vec4u, row: vec4u, column: vec4u }

/// Where four elements of a patch lie relative to its corner.
struct Taps { address: vec4u, row: vec4u, column: vec4u }

/// Elements k .. k + 3 of a patch in the order c, i, j of the weights.
fn taps(k: vec4u) -> Taps {
  let c = k / KK;
  let tap = k - c * KK;
  let i = tap / K;
  let j = tap - i * K;
  return Taps(c * HW + i * W + j, i, j);
}

/// The patches under four outputs.
fn patches(at: Outputs) -> Patches {
  let row = at.p * S - PAD;
  let column = at.q * S - PAD;
  return Patches(at.b * (C * HW) + row * W + column, row, column);
}

/// Four patches and four taps of x: lane r of column k is tap k of patch r.
fn x_block(at: Patches, k: Taps) -> mat4x4f {
  return mat4x4f(x_column(at, k.address.x, k.row.x, k.column.x), x_column(at, k.address.y, k.row.y, k.column.y),
    x_column(at, k.address.z, k.row.z, k.column.z), x_column(at, k.address.w, k.row.w, k.column.w));
}

fn x_column(at: Patches, address: u32, row: u32, column: u32) -> vec4f {
  let a = at.address + address;
  let values = vec4f(x[a.x], x[a.y], x[a.z], x[a.w]);
  if (PAD == 0u) { return values; }
  return select(vec4f(), values, (at.row + row < vec4u(H)) & (at.column + column < vec4u(W)));
}

fn dy_column(rows: vec4u) -> vec4f { return vec4f(dy[rows.x], dy[rows.y], dy[rows.z], dy[rows.w]); }

/// An output's image and place.
struct Outputs { b: vec4u, p: vec4u, q: vec4u }

/// The four outputs from n on, n being a multiple of four. They are counted window by window where they
/// are pooled, so that the four are those of one window.
fn outputs(n: u32) -> Outputs {
  if (POOL == 2u) {
    let b = n / PQ;
    let window = (n - b * PQ) / 4u;
    let p = window / max(1u, Q / 2u);
    let q = window - p * (Q / 2u);
    return Outputs(vec4u(b), 2u * p + vec4u(0, 0, 1, 1), 2u * q + vec4u(0, 1, 0, 1));
  }
  let b = (n + four) / PQ;
  let place = n + four - b * PQ;
  let p = place / Q;
  return Outputs(b, p, place - p * Q);
}

// Rows m are channels out, columns n outputs; k runs over the elements of a patch.
@compute @workgroup_size(THREADS)
fn forward_shared(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let m = group.y * ROWS;
  let n = group.x * COLUMNS;
  // Every invocation loads the same four columns each time round, in each fourth row of k.
  let column = t % (COLUMNS / 4u) * 4u;
  let corner = patches(outputs(n + column));
  var sums = mat4x4f();
  for (var k = 0u; k < CKK; k += DEPTH) {
    // Load the weights of the next taps,
    for (var e = t; e < DEPTH * ROWS; e += THREADS) {
      let row = e / DEPTH;
      let depth = e % DEPTH;
      left_tile[depth * ROWS + row] = select(0.0, w[(m + row) * CKK + k + depth], k + depth < CKK);
    }
    // and what these taps of the patches hold.
    let depth = t / (COLUMNS / 4u) * 4u;
    let ks = taps(k + depth + four);
    let block = x_block(corner, ks);
    for (var d = 0u; d < 4u; d++) {
      store_columns((depth + d) * COLUMNS + column, select(vec4f(), block[d], k + depth + d < CKK));
    }
    // Multiply what all have loaded.
    workgroupBarrier();
    multiply_tiles(&sums, t);
    workgroupBarrier();
  }
  // Write the own block.
  let first = n + t / 4u * 4u;
  write_outputs(m + t % 4u * 4u, first, outputs(first), sums);
}

fn write_outputs(o: u32, n: u32, at: Outputs, sums: mat4x4f) {
  let count = B * PQ;
  if (o >= O || n >= count) { return; }
  let b = vec4f(bias[o], bias[o + 1u], bias[o + 2u], bias[o + 3u]);
  let address = at.b * (O * PQ) + o * PQ + at.p * Q + at.q;
  let y0 = activate(sums[0] + b);
  let y1 = activate(sums[1] + b);
  let y2 = activate(sums[2] + b);
  let y3 = activate(sums[3] + b);
  write_output(address.x, o, y0);
  if (n + 1u < count) { write_output(address.y, o, y1); }
  if (n + 2u < count) { write_output(address.z, o, y2); }
  if (n + 3u < count) { write_output(address.w, o, y3); }
  if (POOL == 2u) {
    let mean = 0.25 * (y0 + y1 + y2 + y3);
    let corner = (at.b.x * O + o) * (PQ / 4u) + at.p.x / 2u * (Q / 2u) + at.q.x / 2u;
    pooled[corner] = mean.x;
    if (o + 1u < O) { pooled[corner + PQ / 4u] = mean.y; }
    if (o + 2u < O) { pooled[corner + 2u * (PQ / 4u)] = mean.z; }
    if (o + 3u < O) { pooled[corner + 3u * (PQ / 4u)] = mean.w; }
  }
}

fn write_output(address: u32, o: u32, values: vec4f) {
  y[address] = values.x;
  if (o + 1u < O) { y[address + PQ] = values.y; }
  if (o + 2u < O) { y[address + 2u * PQ] = values.z; }
  if (o + 3u < O) { y[address + 3u * PQ] = values.w; }
}

// Rows m are channels out, columns n elements of a patch; k runs over outputs. There are few weights
// and many outputs, so a workgroup shares one block of 4 x 4: each invocation sums every 128th group of
// four outputs, and the sums are then added up, always in the same order.
const SHARERS = 128u;
var<workgroup> shared_sums: array<mat4x4f, SHARERS>; // 8 KiB
var<workgroup> shared_bias_sums: array<vec4f, SHARERS>;

@compute @workgroup_size(SHARERS)
fn backward_weights_shared(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let m = group.y * 4u;
  let n = group.x * 4u;
  let elements = taps(n + four);
  var sums = mat4x4f();
  var bias_sums = vec4f();
  // Sum over the own outputs.
  for (var k = 4u * t; k < B * PQ; k += 4u * SHARERS) {
    let b = (k + four) / PQ;
    let place = k + four - b * PQ;
    let p = place / Q;
    let left = dy_block(b * (O * PQ) + place + m * PQ, k);
    sums += left * x_block(patches(Outputs(b, p, place - p * Q)), elements);
    bias_sums += left * vec4f(1);
  }
  // Add up the sums of all, half as many at each step.
  shared_sums[t] = sums;
  shared_bias_sums[t] = bias_sums;
  for (var half = SHARERS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (t < half) {
      shared_sums[t] += shared_sums[t + half];
      shared_bias_sums[t] += shared_bias_sums[t + half];
    }
  }
  // Write the block, once for all.
  if (t == 0u) {
    write_weights(m, n, shared_sums[0]);
    if (n == 0u) { write_bias(m, shared_bias_sums[0]); }
  }
}

fn write_weights(m: u32, n: u32, sums: mat4x4f) {
  if (m >= O) { return; }
  for (var j = 0u; j < 4u && n + j < CKK; j++) {
    let values = sums[j];
    let at = m * CKK + n + j;
    dw[at] = values.x;
    if (m + 1u < O) { dw[at + CKK] = values.y; }
    if (m + 2u < O) { dw[at + 2u * CKK] = values.z; }
    if (m + 3u < O) { dw[at + 3u * CKK] = values.w; }
  }
}

fn write_bias(m: u32, sums: vec4f) {
  for (var r = 0u; r < 4u && m + r < O; r++) { dbias[m + r] = sums[r]; }
}

/// dy of four channels and four outputs, a column an output; at is the first channel's address.
fn dy_block(at: vec4u, k: u32) -> mat4x4f {
  let rows = four * PQ;
  return mask_columns(
    mat4x4f(dy_column(at.x + rows), dy_column(at.y + rows), dy_column(at.z + rows), dy_column(at.w + rows)),
    k, B * PQ);
}

/// Four pixels of x, the columns of backward_input: their image, their place with the padding, and where
/// the first tap reads dy for them when the stride is one.
struct Pixels { image: vec4u, row: vec4u, column: vec4u, address: vec4u }

/// Images that are interleaved in the columns of backward_input before the next pixel comes: the sixteen
/// columns of an invocation then share one pixel, and a tap which finds no output there is left out for
/// all of them, while the invocations beside it have the pixels beside it, whose dx and dy lie in the same
/// lines of a cache.
override INTERLEAVED = select(B, 16u, B % 16u == 0u);

/// The four pixels from n on, n being a multiple of four.
fn pixels(n: u32) -> Pixels {
  if (INTERLEAVED % 4u == 0u) {
    let run = n / INTERLEAVED; // of columns that share a pixel
    let group = run / HW; // of images
    let pixel = run - group * HW;
    let h = pixel / W;
    let image = group * INTERLEAVED + n - run * INTERLEAVED + four;
    return pixels_at(image, vec4u(h), vec4u(pixel - h * W));
  }
  let pixel = (n + four) / B;
  let h = pixel / W;
  return pixels_at(n + four - pixel * B, h, pixel - h * W);
}

fn pixels_at(image: vec4u, h: vec4u, w: vec4u) -> Pixels {
  let row = h + PAD;
  let column = w + PAD;
  return Pixels(image, row, column, image * (O * PQ) + row * Q + column);
}

/// Where four pixels read dy through one tap of the kernel: the address of the first channel out, and
/// whether an output lies there at all. Where none does, the address is some other one.
struct Sources { address: vec4u, exist: vec4<bool> }

fn sources(at: Pixels, i: u32, j: u32) -> Sources {
  let row = at.row - i;
  let column = at.column - j;
  if (S == 1u) { return Sources(at.address - (i * Q + j), (row < vec4u(P)) & (column < vec4u(Q))); }
  let p = row / S;
  let q = column / S;
  let exist = (p < vec4u(P)) & (q < vec4u(Q)) & (p * S == row) & (q * S == column);
  return Sources(at.image * (O * PQ) + p * Q + q, exist);
}

/// dy of four pixels and channels out k .. k + 3: a column a channel.
fn dy_right(at: Sources, k: u32) -> mat4x4f {
  let first = at.address + k * PQ;
  return mat4x4f(
    select(vec4f(), dy_column(first), at.exist), select(vec4f(), dy_column(first + PQ), at.exist),
    select(vec4f(), dy_column(first + 2u * PQ), at.exist), select(vec4f(), dy_column(first + 3u * PQ), at.exist));
}

// Rows m are channels in, columns n pixels of x; k runs over channels out, within each tap.
@compute @workgroup_size(THREADS)
fn backward_input_shared(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let m = group.y * ROWS;
  let n = group.x * COLUMNS;
  let column = t % (COLUMNS / 4u) * 4u;
  let at = pixels(n + column);
  var sums = mat4x4f();
  for (var tap = 0u; tap < KK; tap++) {
    let i = tap / K;
    let source = sources(at, i, tap - i * K);
    for (var k = 0u; k < O; k += DEPTH) {
      // Load the weights of this tap to the next channels out,
      for (var e = t; e < DEPTH * ROWS; e += THREADS) {
        let row = e % ROWS;
        let o = k + e / ROWS;
        left_tile[e] = select(0.0, w[o * CKK + (m + row) * KK + tap], o < O);
      }
      // and the gradients that the pixels get through it from these channels.
      let depth = t / (COLUMNS / 4u) * 4u;
      let block = dy_right(source, k + depth);
      for (var d = 0u; d < 4u; d++) {
        store_columns((depth + d) * COLUMNS + column, select(vec4f(), block[d], k + depth + d < O));
      }
      // Multiply what all have loaded.
      workgroupBarrier();
      multiply_tiles(&sums, t);
      workgroupBarrier();
    }
  }
  // Write the own block, down through what made x.
  write_input_gradient(m + t % 4u * 4u, pixels(n + t / 4u * 4u), sums);
}

fn write_input_gradient(m: u32, at: Pixels, sums: mat4x4f) {
  if (m >= C) { return; }
  // The columns move up one by one: an index that is a variable takes a CPU longer.
  var remaining = at;
  var gradients = sums;
  for (var j = 0u; j < 4u && remaining.image.x < B && remaining.row.x - PAD < H; j++) {
    let row = (remaining.image.x * C + m) * H + remaining.row.x - PAD;
    pass_back(place_below(row, remaining.column.x - PAD), HW, min(4u, C - m), gradients[0]);
    remaining = Pixels(remaining.image.yzww, remaining.row.yzww, remaining.column.yzww, remaining.address);
    gradients = mat4x4f(gradients[1], gradients[2], gradients[3], gradients[3]);
  }
}
