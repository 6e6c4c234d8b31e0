// Dense layer: every output is a weighted sum of all inputs.
//
//   forward:           y[b, o] = sum over i of w[o, i] * x[b, i] + bias[o], then ReLU
//   backward_weights: dw[o, i] = sum over b of dy[b, o] * x[b, i],   dbias[o] = sum over b of dy[b, o]
//   backward_input:   dx[b, i] = sum over o of w[o, i] * dy[b, o], then back through what made x
//
// dy is the gradient before this layer's own ReLU. Each pass is a matrix product in two forms: here
// through workgroup memory (lib/tile.wgsl), in dense-quad.wgsl by quads (lib/quad.wgsl). Both end in
// the same function, which writes a block of 4 x 4.

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

// Rows m are outputs, columns n images; k runs over inputs.
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
    for (var r = 0u; r < 4u && m + r < I; r++) {
      let index = (n + j) * I + m + r;
      let row = index / BELOW_W;
      pass_back(place_below(row, index - row * BELOW_W), 0u, 1u, vec4f(sums[j][r]));
    }
  }
}
