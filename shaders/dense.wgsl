// Dense layer: every output is a weighted sum of all inputs.
//
//   forward:           y[b, o] = sum over i of w[o, i] * x[b, i] + bias[o], then ReLU
//   backward_weights: dw[o, i] = sum over b of dy[b, o] * x[b, i],   dbias[o] = sum over b of dy[b, o]
//   backward_input:   dx[b, i] = sum over o of w[o, i] * dy[b, o], then back through what made x
//
// dy is the gradient before this layer's own ReLU. Each pass is a matrix product in two forms
// (lib/tile.wgsl): by registers, and through workgroup memory (.._shared). Both end in the same
// function, which writes a block of 4 x 4. In the first, what lies beyond the edges reads some other
// element, since loads are clamped, and is not written.

override B: u32; // images in the batch
override I: u32; // inputs
override O: u32; // outputs
override ALL = O; // length of a row of y: a layer may compute some of its columns,
override FIRST = 0u; // from this one on

@group(0) @binding(0) var<storage, read> x: array<f32>; // [B, I]
@group(0) @binding(1) var<storage, read> w: array<f32>; // [O, I]
@group(0) @binding(2) var<storage, read> bias: array<f32>; // [O]
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [B, ALL]
@group(0) @binding(4) var<storage, read> dy: array<f32>; // [B, ALL]
@group(0) @binding(5) var<storage, read_write> dw: array<f32>; // [O, I]
@group(0) @binding(6) var<storage, read_write> dbias: array<f32>; // [O]
@group(0) @binding(7) var<storage, read> below: array<f32>; // [B, I], or [B, 4 I] where x was pooled
@group(0) @binding(8) var<storage, read_write> dx: array<f32>; // as below

// Four rows and four k of each operand: lane r of column k is element rows[r] + k * step.

fn x_block(rows: vec4u, step: u32) -> mat4x4f {
  let k1 = rows + step;
  let k2 = k1 + step;
  let k3 = k2 + step;
  return mat4x4f(
    x[rows.x], x[rows.y], x[rows.z], x[rows.w], x[k1.x], x[k1.y], x[k1.z], x[k1.w],
    x[k2.x], x[k2.y], x[k2.z], x[k2.w], x[k3.x], x[k3.y], x[k3.z], x[k3.w]);
}

fn w_block(rows: vec4u, step: u32) -> mat4x4f {
  let k1 = rows + step;
  let k2 = k1 + step;
  let k3 = k2 + step;
  return mat4x4f(
    w[rows.x], w[rows.y], w[rows.z], w[rows.w], w[k1.x], w[k1.y], w[k1.z], w[k1.w],
    w[k2.x], w[k2.y], w[k2.z], w[k2.w], w[k3.x], w[k3.y], w[k3.z], w[k3.w]);
}

fn dy_block(rows: vec4u, step: u32) -> mat4x4f {
  let k1 = rows + step;
  let k2 = k1 + step;
  let k3 = k2 + step;
  return mat4x4f(
    dy[rows.x], dy[rows.y], dy[rows.z], dy[rows.w], dy[k1.x], dy[k1.y], dy[k1.z], dy[k1.w],
    dy[k2.x], dy[k2.y], dy[k2.z], dy[k2.w], dy[k3.x], dy[k3.y], dy[k3.z], dy[k3.w]);
}

// Rows m are outputs, columns n images; k runs over inputs.
@compute @workgroup_size(16)
fn forward(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * TILE;
  let n = id.x * TILE;
  if (n >= B) { return; }
  let m0 = (m + four) * I;
  let n0 = (n + four) * I;
  var s0: Strip; var s1: Strip; var s2: Strip; var s3: Strip;
  for (var k = 0u; k < I; k += 4u) {
    let right = Strip(
      transpose(x_block(n0 + k, 1u)), transpose(x_block(n0 + 4u * I + k, 1u)),
      transpose(x_block(n0 + 8u * I + k, 1u)), transpose(x_block(n0 + 12u * I + k, 1u)));
    accumulate(&s0, cut(w_block(m0 + k, 1u), k, I), right);
    accumulate(&s1, cut(w_block(m0 + 4u * I + k, 1u), k, I), right);
    accumulate(&s2, cut(w_block(m0 + 8u * I + k, 1u), k, I), right);
    accumulate(&s3, cut(w_block(m0 + 12u * I + k, 1u), k, I), right);
  }
  var blocks = blocks_of(s0, s1, s2, s3);
  for (var i = 0u; i < 16u; i++) { write_outputs(m + i / 4u * 4u, n + i % 4u * 4u, blocks[i]); }
}

@compute @workgroup_size(THREADS)
fn forward_shared(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let m = group.y * ROWS;
  let n = group.x * COLUMNS;
  var sums = mat4x4f();
  for (var k = 0u; k < I; k += DEPTH) {
    for (var e = t; e < DEPTH * ROWS; e += THREADS) {
      let row = e / DEPTH;
      let depth = e % DEPTH;
      left_tile[depth * ROWS + row] = select(0.0, w[(m + row) * I + k + depth], k + depth < I);
    }
    for (var e = t; e < DEPTH * COLUMNS; e += THREADS) {
      let column = e / DEPTH;
      let depth = e % DEPTH;
      right_tile[depth * COLUMNS + column] = select(0.0, x[(n + column) * I + k + depth], k + depth < I);
    }
    workgroupBarrier();
    multiply_tiles(&sums, t);
    workgroupBarrier();
  }
  write_outputs(m + t % 4u * 4u, n + t / 4u * 4u, sums);
}

fn write_outputs(m: u32, n: u32, sums: mat4x4f) {
  if (m >= O) { return; }
  let b = vec4f(bias[m], bias[m + 1u], bias[m + 2u], bias[m + 3u]);
  for (var j = 0u; j < 4u && n + j < B; j++) {
    let values = activate(sums[j] + b);
    let at = (n + j) * ALL + FIRST + m;
    y[at] = values.x;
    if (m + 1u < O) { y[at + 1u] = values.y; }
    if (m + 2u < O) { y[at + 2u] = values.z; }
    if (m + 3u < O) { y[at + 3u] = values.w; }
  }
}

// Rows m are outputs, columns n inputs; k runs over images. The first column of invocations also
// sums dbias of its rows.
@compute @workgroup_size(16)
fn backward_weights(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * TILE;
  let n = id.x * TILE;
  if (n >= I) { return; }
  var s0: Strip; var s1: Strip; var s2: Strip; var s3: Strip;
  var bias0: vec4f; var bias1: vec4f; var bias2: vec4f; var bias3: vec4f;
  for (var k = 0u; k < B; k += 4u) {
    let n0 = k * I + n + four;
    let right = Strip(
      transpose(x_block(n0, I)), transpose(x_block(n0 + 4u, I)),
      transpose(x_block(n0 + 8u, I)), transpose(x_block(n0 + 12u, I)));
    let m0 = k * ALL + FIRST + m + four;
    let l0 = cut(dy_block(m0, ALL), k, B);
    let l1 = cut(dy_block(m0 + 4u, ALL), k, B);
    let l2 = cut(dy_block(m0 + 8u, ALL), k, B);
    let l3 = cut(dy_block(m0 + 12u, ALL), k, B);
    accumulate(&s0, l0, right);
    accumulate(&s1, l1, right);
    accumulate(&s2, l2, right);
    accumulate(&s3, l3, right);
    if (n == 0u) {
      bias0 += l0 * vec4f(1);
      bias1 += l1 * vec4f(1);
      bias2 += l2 * vec4f(1);
      bias3 += l3 * vec4f(1);
    }
  }
  var blocks = blocks_of(s0, s1, s2, s3);
  for (var i = 0u; i < 16u; i++) { write_weights(m + i / 4u * 4u, n + i % 4u * 4u, blocks[i]); }
  if (n == 0u) {
    write_bias(m, bias0);
    write_bias(m + 4u, bias1);
    write_bias(m + 8u, bias2);
    write_bias(m + 12u, bias3);
  }
}

@compute @workgroup_size(THREADS)
fn backward_weights_shared(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let m = group.y * ROWS;
  let n = group.x * COLUMNS;
  var sums = mat4x4f();
  var bias_sums = vec4f();
  for (var k = 0u; k < B; k += DEPTH) {
    for (var e = t; e < DEPTH * ROWS; e += THREADS) {
      let row = e % ROWS;
      let depth = e / ROWS;
      left_tile[depth * ROWS + row] = select(0.0, dy[(k + depth) * ALL + FIRST + m + row], k + depth < B);
    }
    for (var e = t; e < DEPTH * COLUMNS; e += THREADS) {
      let column = e % COLUMNS;
      let depth = e / COLUMNS;
      right_tile[depth * COLUMNS + column] = select(0.0, x[(k + depth) * I + n + column], k + depth < B);
    }
    workgroupBarrier();
    multiply_tiles(&sums, t);
    if (n == 0u && t < ROWS / 4u) {
      for (var d = 0u; d < DEPTH; d++) { bias_sums += left_rows(d, 4u * t); }
    }
    workgroupBarrier();
  }
  write_weights(m + t % 4u * 4u, n + t / 4u * 4u, sums);
  if (n == 0u && t < ROWS / 4u) { write_bias(m + 4u * t, bias_sums); }
}

fn write_weights(m: u32, n: u32, sums: mat4x4f) {
  if (m >= O) { return; }
  for (var j = 0u; j < 4u && n + j < I; j++) {
    let values = sums[j];
    let at = m * I + n + j;
    dw[at] = values.x;
    if (m + 1u < O) { dw[at + I] = values.y; }
    if (m + 2u < O) { dw[at + 2u * I] = values.z; }
    if (m + 3u < O) { dw[at + 3u * I] = values.w; }
  }
}

fn write_bias(m: u32, sums: vec4f) {
  for (var r = 0u; r < 4u && m + r < O; r++) { dbias[m + r] = sums[r]; }
}

// Rows m are inputs, columns n images; k runs over outputs.
@compute @workgroup_size(16)
fn backward_input(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * TILE;
  let n = id.x * TILE;
  if (n >= B) { return; }
  let n0 = (n + four) * ALL + FIRST;
  var s0: Strip; var s1: Strip; var s2: Strip; var s3: Strip;
  for (var k = 0u; k < O; k += 4u) {
    let right = Strip(
      transpose(dy_block(n0 + k, 1u)), transpose(dy_block(n0 + 4u * ALL + k, 1u)),
      transpose(dy_block(n0 + 8u * ALL + k, 1u)), transpose(dy_block(n0 + 12u * ALL + k, 1u)));
    let m0 = k * I + m + four;
    accumulate(&s0, cut(w_block(m0, I), k, O), right);
    accumulate(&s1, cut(w_block(m0 + 4u, I), k, O), right);
    accumulate(&s2, cut(w_block(m0 + 8u, I), k, O), right);
    accumulate(&s3, cut(w_block(m0 + 12u, I), k, O), right);
  }
  var blocks = blocks_of(s0, s1, s2, s3);
  for (var i = 0u; i < 16u; i++) { write_input_gradient(m + i / 4u * 4u, n + i % 4u * 4u, blocks[i]); }
}

@compute @workgroup_size(THREADS)
fn backward_input_shared(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let m = group.y * ROWS;
  let n = group.x * COLUMNS;
  var sums = mat4x4f();
  for (var k = 0u; k < O; k += DEPTH) {
    for (var e = t; e < DEPTH * ROWS; e += THREADS) {
      let row = e % ROWS;
      let depth = e / ROWS;
      left_tile[depth * ROWS + row] = select(0.0, w[(k + depth) * I + m + row], k + depth < O);
    }
    for (var e = t; e < DEPTH * COLUMNS; e += THREADS) {
      let column = e / DEPTH;
      let depth = e % DEPTH;
      right_tile[depth * COLUMNS + column] = select(0.0, dy[(n + column) * ALL + FIRST + k + depth], k + depth < O);
    }
    workgroupBarrier();
    multiply_tiles(&sums, t);
    workgroupBarrier();
  }
  write_input_gradient(m + t % 4u * 4u, n + t / 4u * 4u, sums);
}

fn write_input_gradient(m: u32, n: u32, sums: mat4x4f) {
  if (m >= I) { return; }
  for (var j = 0u; j < 4u && n + j < B; j++) {
    for (var r = 0u; r < 4u && m + r < I; r++) { pass_back((n + j) * I + m + r, 0u, 1u, vec4f(sums[j][r])); }
  }
}
