// A block of a matrix product by quads, for an adapter that computes on the CPU
//
//   result[m, n] = sum over k of left[m, k] * right[k, n]
//
// Such an adapter computes four invocations at a time, a quad, in the four lanes of vector registers:
// those numbered 4 i to 4 i + 3 in a workgroup, where src/layers/tiling.ts chooses this form. A quad has
// a block of 16 x 16 results: each invocation the 16 rows of four columns, in four blocks of 4 x 4.
// Loads are what takes time there, so none is made twice within a quad: the right operand is an
// invocation's own, the left one is the same for all four, and of each four rows an invocation loads
// one and swaps it with the others. So nobody may leave a loop, or the kernel, before the rest of the
// quad. Swaps are the cheapest way to share, a single instruction, and leave each invocation with an
// order of its own: row i of its blocks is row i ^ (its number in the quad), which in_order puts right.
//
// The loop over k takes two k at a time, one after the other. Larger steps and blocks need fewer
// instructions for a product, but they are many, a hundred for a load alone: the loop must fit in the
// CPU's instruction cache, and the time to compile it grows with its length.
//
// Of a WGSL matrix of sums, a column is one n and a row one m.

const BLOCK = 16u; // rows and columns of a quad's results

struct Sums { b0: mat4x4f, b1: mat4x4f, b2: mat4x4f, b3: mat4x4f }

/// The rows of the left operand that an invocation loads: one of each four from row m on.
fn own_rows(m: u32, invocation: u32) -> vec4u { return m + invocation % 4u + 4u * four; }

/// sums[16 rows, 4 columns] += left[16 rows] * right[4 columns], for one k. `own` holds the invocation's
/// own rows of left.
fn accumulate(sums: ptr<function, Sums>, own: vec4f, right: vec4f) {
  (*sums).b0 += outer(swapped(own.x), right);
  (*sums).b1 += outer(swapped(own.y), right);
  (*sums).b2 += outer(swapped(own.z), right);
  (*sums).b3 += outer(swapped(own.w), right);
}

fn outer(left: vec4f, right: vec4f) -> mat4x4f {
  return mat4x4f(left * right.x, left * right.y, left * right.z, left * right.w);
}

/// What the invocations of the quad hold: the own, then those of the numbers ^ 1, ^ 2 and ^ 3.
fn swapped(own: f32) -> vec4f {
  return vec4f(own, quadSwapX(own), quadSwapY(own), quadSwapDiagonal(own));
}

/// An invocation's block with its rows in order.
fn in_order(block: mat4x4f, invocation: u32) -> mat4x4f {
  return mat4x4f(
    column_in_order(block[0], invocation), column_in_order(block[1], invocation),
    column_in_order(block[2], invocation), column_in_order(block[3], invocation));
}

fn column_in_order(column: vec4f, invocation: u32) -> vec4f {
  let halves = select(column, column.yxwz, (invocation & 1u) != 0u);
  return select(halves, halves.zwxy, (invocation & 2u) != 0u);
}

/// The left operand at k, the second of a pair, zero where that is past the end. It keeps out of the sums
/// what was read there, and costs nothing where `end` is even, which is known when the pipeline is compiled.
fn mask_past_end(own: vec4f, k: u32, end: u32) -> vec4f {
  if (end % 2u == 0u) { return own; }
  return select(vec4f(), own, k < end);
}

/// Moves the next block of four rows to b0. Blocks are written out in a loop, which compiles faster than
/// four times the same; an index that is a variable would have them stored and read back lane by lane.
fn next_block(sums: ptr<function, Sums>) {
  (*sums).b0 = (*sums).b1;
  (*sums).b1 = (*sums).b2;
  (*sums).b2 = (*sums).b3;
}
