// The dense layer of dense.wgsl by quads (lib/quad.wgsl), for an adapter that computes on the CPU. The
// formulas, shapes and bindings are those of dense.wgsl, which is appended, and which writes the
// blocks of 4 x 4. What lies beyond the edges reads some other element, since loads are clamped, and
// is not written. A quad beyond the last column has nothing to do; within one, all go on to the end.

enable subgroups;
diagnostic(off, subgroup_uniformity); // all of a quad go the same way, which only we know

fn w_at(a: vec4u) -> vec4f { return vec4f(w[a.x], w[a.y], w[a.z], w[a.w]); }
fn x_at(a: vec4u) -> vec4f { return vec4f(x[a.x], x[a.y], x[a.z], x[a.w]); }
fn dy_at(a: vec4u) -> vec4f { return vec4f(dy[a.x], dy[a.y], dy[a.z], dy[a.w]); }

// Rows m are outputs, columns n images; k runs over inputs.
@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * BLOCK;
  let n = id.x * 4u;
  if (id.x / 4u * BLOCK >= B) { return; }
  let m0 = own_rows(m, id.x) * I;
  let n0 = (n + four) * I;
  var sums: Sums;
  for (var k = 0u; k < I; k += 2u) {
    accumulate(&sums, w_at(m0 + k), x_at(n0 + k));
    accumulate(&sums, mask_past_end(w_at(m0 + k + 1u), k + 1u, I), x_at(n0 + k + 1u));
  }
  for (var i = 0u; i < 4u; i++) {
    write_outputs(m + 4u * i, n, in_order(sums.b0, id.x));
    next_block(&sums);
  }
}

// Rows m are outputs, columns n inputs; k runs over images. The first quad of columns also sums dbias,
// each invocation of its own rows.
@compute @workgroup_size(64)
fn backward_weights(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * BLOCK;
  let n = id.x * 4u;
  if (id.x / 4u * BLOCK >= I) { return; }
  let rows = own_rows(m, id.x);
  var sums: Sums;
  var bias_sums: vec4f;
  for (var k = 0u; k < B; k += 2u) {
    let m0 = k * ALL + FIRST + rows;
    let n0 = k * I + n + four;
    let left = dy_at(m0);
    let next_left = mask_past_end(dy_at(m0 + ALL), k + 1u, B);
    accumulate(&sums, left, x_at(n0));
    accumulate(&sums, next_left, x_at(n0 + I));
    bias_sums += left + next_left;
  }
  for (var i = 0u; i < 4u; i++) {
    write_weights(m + 4u * i, n, in_order(sums.b0, id.x));
    next_block(&sums);
  }
  if (id.x < 4u) {
    for (var i = 0u; i < 4u; i++) {
      if (rows[i] < O) { dbias[rows[i]] = bias_sums[i]; }
    }
  }
}

// Rows m are inputs, columns n images; k runs over outputs.
@compute @workgroup_size(64)
fn backward_input(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * BLOCK;
  let n = id.x * 4u;
  if (id.x / 4u * BLOCK >= B) { return; }
  let rows = own_rows(m, id.x);
  let n0 = (n + four) * ALL + FIRST;
  var sums: Sums;
  for (var k = 0u; k < O; k += 2u) {
    let m0 = k * I + rows;
    accumulate(&sums, w_at(m0), dy_at(n0 + k));
    accumulate(&sums, mask_past_end(w_at(m0 + I), k + 1u, O), dy_at(n0 + k + 1u));
  }
  for (var i = 0u; i < 4u; i++) {
    write_input_gradient(m + 4u * i, n, in_order(sums.b0, id.x));
    next_block(&sums);
  }
}
