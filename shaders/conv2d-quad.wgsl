// The convolution of conv2d.wgsl by quads (lib/quad.wgsl), for an adapter that computes on the CPU. The
// formulas, shapes and bindings are those of conv2d.wgsl, which is appended, and which writes the
// blocks of 4 x 4. An element's address is a sum of what its column and what its k contribute, so both
// are worked out once and only added in the inner loop; what k contributes is carried on from one k
// to the next, because such an adapter divides slowly. What lies beyond the edges reads some other
// element, since loads are clamped, and is not written. A quad beyond the last column has nothing to
// do; within one, all go on to the end.

enable subgroups;
diagnostic(off, subgroup_uniformity); // all of a quad go the same way, which only we know

fn w_at(a: vec4u) -> vec4f { return vec4f(w[a.x], w[a.y], w[a.z], w[a.w]); }

/// An element of a patch: where it lies relative to the patch's corner.
struct Tap { address: u32, i: u32, j: u32 }

/// The next in the order c, i, j of the weights.
fn after_tap(tap: Tap) -> Tap {
  let row_ends = tap.j + 1u == K;
  let plane_ends = row_ends & (tap.i + 1u == K);
  let a = tap.address;
  return Tap(
    select(a + 1u, select(a + W + 1u - K, a + HW + 1u - K - (K - 1u) * W, plane_ends), row_ends),
    select(tap.i, select(tap.i + 1u, 0u, plane_ends), row_ends),
    select(tap.j + 1u, 0u, row_ends));
}

// Rows m are channels out, columns n outputs; k runs over the elements of a patch.
@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * BLOCK;
  let n = id.x * 4u;
  if (id.x / 4u * BLOCK >= B * PQ) { return; }
  let m0 = own_rows(m, id.x) * CKK;
  let corners = patches(outputs(n));
  var sums: Sums;
  var tap: Tap;
  for (var k = 0u; k < CKK; k += 2u) {
    accumulate(&sums, w_at(m0 + k), x_column(corners, tap.address, tap.i, tap.j));
    tap = after_tap(tap);
    accumulate(
      &sums, mask_past_end(w_at(m0 + k + 1u), k + 1u, CKK), x_column(corners, tap.address, tap.i, tap.j));
    tap = after_tap(tap);
  }
  let at = outputs(n);
  for (var i = 0u; i < 4u; i++) {
    write_outputs(m + 4u * i, n, at, in_order(sums.b0, id.x));
    next_block(&sums);
  }
}

/// An output: its address in dy's first channel, and its patch's corner: address in x's, row and column.
struct Output { dy: u32, x: u32, row: u32, column: u32 }

/// The next output of the row, the image or the batch.
fn after_output(at: Output) -> Output {
  let row_ends = at.column == (Q - 1u) * S - PAD;
  let image_ends = row_ends & (at.row == (P - 1u) * S - PAD);
  let row_begin = at.x - (Q - 1u) * S; // at a row's end
  return Output(
    at.dy + select(1u, 1u + (O - 1u) * PQ, image_ends),
    select(
      at.x + S,
      select(row_begin + S * W, row_begin - (P - 1u) * S * W + C * HW, image_ends), row_ends),
    select(at.row, select(at.row + S, 0u - PAD, image_ends), row_ends),
    select(at.column + S, 0u - PAD, row_ends));
}

/// The second output of a pair: where a row has an even number of them, it is in the first one's row.
fn second_output(at: Output) -> Output {
  if (Q % 2u != 0u) { return after_output(at); }
  return Output(at.dy + 1u, at.x + S, at.row, at.column + S);
}

/// Four elements of an output's patch.
fn x_taps(at: Output, elements: Taps) -> vec4f {
  let a = at.x + elements.address;
  let values = vec4f(x[a.x], x[a.y], x[a.z], x[a.w]);
  if (PAD == 0u) { return values; }
  let row = at.row + elements.row;
  let column = at.column + elements.column;
  return select(vec4f(), values, (row < vec4u(H)) & (column < vec4u(W)));
}

// Rows m are channels out, columns n elements of a patch; k runs over outputs. The first quad of columns
// also sums dbias, each invocation of its own rows. A workgroup is one quad: there may be few of them.
@compute @workgroup_size(4)
fn backward_weights(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * BLOCK;
  let n = id.x * 4u;
  let rows = own_rows(m, id.x);
  let planes = rows * PQ;
  let elements = taps(n + four);
  var at = Output(0u, 0u - PAD * W - PAD, 0u - PAD, 0u - PAD);
  var sums: Sums;
  var bias_sums: vec4f;
  for (var k = 0u; k < B * PQ; k += 2u) {
    let left = dy_column(at.dy + planes);
    accumulate(&sums, left, x_taps(at, elements));
    at = second_output(at);
    let next_left = mask_past_end(dy_column(at.dy + planes), k + 1u, B * PQ);
    accumulate(&sums, next_left, x_taps(at, elements));
    at = after_output(at);
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

/// The taps along one axis that may find an output for any pixel of the quad, these being an
/// invocation's own: from the first to below the second. `outputs` is P or Q.
fn tap_range(places: vec4u, outputs: u32) -> vec2u {
  // Swaps, as a subgroup may hold several quads, and another's pixels must not widen the range.
  var low = min(places.xy, places.zw);
  low = min(low, quadSwapX(low));
  low = min(low, quadSwapY(low));
  var high = max(places.xy, places.zw);
  high = max(high, quadSwapX(high));
  high = max(high, quadSwapY(high));
  let reach = (outputs - 1u) * S;
  return vec2u(max(min(low.x, low.y), reach) - reach, min(K, max(high.x, high.y) + 1u));
}

fn dy_sources(at: Sources, k: u32) -> vec4f {
  let values = dy_column(at.address + k * PQ);
  // All columns of a quad are then one pixel, and the range of taps holds just those that find an output.
  if (S == 1u && B % BLOCK == 0u) { return values; }
  return select(vec4f(), values, at.exist);
}

// Rows m are channels in, columns n pixels of x; k runs over channels out, two at a time, and the taps
// within them.
@compute @workgroup_size(64)
fn backward_input(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * BLOCK;
  let n = id.x * 4u;
  if (id.x / 4u * BLOCK >= B * HW) { return; }
  let at = pixels(n);
  let rows = own_rows(m, id.x) * KK;
  let is = tap_range(at.row, P);
  let js = tap_range(at.column, Q);
  var sums: Sums;
  for (var k = 0u; k < O; k += 2u) {
    var i = is.x;
    var j = js.x;
    for (var left = (is.y - is.x) * (js.y - js.x); left > 0u; left--) {
      let source = sources(at, i, j);
      let m0 = k * CKK + i * K + j + rows;
      accumulate(&sums, w_at(m0), dy_sources(source, k));
      accumulate(&sums, mask_past_end(w_at(m0 + CKK), k + 1u, O), dy_sources(source, k + 1u));
      j++;
      let row_ends = j == js.y;
      j = select(j, js.x, row_ends);
      i = select(i, i + 1u, row_ends);
    }
  }
  for (var i = 0u; i < 4u; i++) {
    write_input_gradient(m + 4u * i, at, in_order(sums.b0, id.x));
    next_block(&sums);
  }
}
