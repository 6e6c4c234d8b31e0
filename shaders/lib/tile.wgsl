// Two ways to compute a block of a matrix product
//
//   result[m, n] = sum over k of left[m, k] * right[k, n]
//
// Which is faster depends on the adapter (src/layers/faster-tiling.ts).
//
// Registers: one invocation computes 16 x 16 results from operands it loads itself, in four strips of
// 4 rows, each of four 4 x 4 blocks. A step of the loop over k takes four k at once, so that a block
// advances by one product of 4 x 4 matrices: 8 blocks of operands are loaded for 16 block products.
// That suits an adapter without fast shared memory, where a load costs several multiplications.
//
// Workgroup: 64 invocations compute 16 x 64 results together, 4 x 4 each. They bring 16 k of both
// operands into workgroup memory, neighbours loading neighbours, and multiply from there. That suits a
// GPU, which wants many invocations with few registers and memory read in rows.
//
// Of a WGSL matrix, a column of left is one k and a row one m; of the sums, a column is one n and a
// row one m. Operands of the right side are loaded like left ones, a column one k and a row one n,
// and transposed, which costs nothing: it only renames registers.

const four = vec4u(0, 1, 2, 3);

// ---- Registers

const TILE = 16u;

struct Strip { b0: mat4x4f, b1: mat4x4f, b2: mat4x4f, b3: mat4x4f }

/// sums[4 rows, 16 columns] += left[4 rows, 4 k] * right[4 k, 16 columns]
fn accumulate(sums: ptr<function, Strip>, left: mat4x4f, right: Strip) {
  (*sums).b0 += left * right.b0;
  (*sums).b1 += left * right.b1;
  (*sums).b2 += left * right.b2;
  (*sums).b3 += left * right.b3;
}

/// The block with the columns k, k + 1, k + 2, k + 3 zeroed where they reach `end`. One operand of
/// each product passes through it, which keeps what was read beyond the end out of the sums. The
/// first line is decided when the pipeline is compiled: sizes divisible by four pay nothing.
fn cut(block: mat4x4f, k: u32, end: u32) -> mat4x4f {
  if (end % 4u == 0u) { return block; }
  return mat4x4f(
    block[0],
    select(vec4f(), block[1], k + 1u < end),
    select(vec4f(), block[2], k + 2u < end),
    select(vec4f(), block[3], k + 3u < end));
}

/// The tile's sixteen blocks, strip by strip: block i holds rows 4 (i / 4) and columns 4 (i % 4) on.
/// Writing a tile out is a loop over these, which compiles three times as fast as sixteen blocks
/// written out.
fn blocks_of(s0: Strip, s1: Strip, s2: Strip, s3: Strip) -> array<mat4x4f, 16> {
  return array<mat4x4f, 16>(
    s0.b0, s0.b1, s0.b2, s0.b3, s1.b0, s1.b1, s1.b2, s1.b3,
    s2.b0, s2.b1, s2.b2, s2.b3, s3.b0, s3.b1, s3.b2, s3.b3);
}

// ---- Workgroup

const ROWS = 16u; // of the workgroup's block
const COLUMNS = 64u;
const DEPTH = 16u; // k at a time
const THREADS = 64u;

var<workgroup> left_tile: array<f32, DEPTH * ROWS>; // [k, m]
var<workgroup> right_tile: array<f32, DEPTH * COLUMNS>; // [k, n]

/// sums[4 rows, 4 columns] += the tiles' product; invocation t has rows 4 (t % 4), columns 4 (t / 4).
fn multiply_tiles(sums: ptr<function, mat4x4f>, t: u32) {
  for (var k = 0u; k < DEPTH; k++) {
    let l = left_rows(k, t % 4u * 4u);
    let at = k * COLUMNS + t / 4u * 4u;
    *sums += mat4x4f(
      l * right_tile[at], l * right_tile[at + 1u], l * right_tile[at + 2u], l * right_tile[at + 3u]);
  }
}

fn left_rows(k: u32, row: u32) -> vec4f {
  let at = k * ROWS + row;
  return vec4f(left_tile[at], left_tile[at + 1u], left_tile[at + 2u], left_tile[at + 3u]);
}

fn store_columns(at: u32, values: vec4f) {
  right_tile[at] = values.x;
  right_tile[at + 1u] = values.y;
  right_tile[at + 2u] = values.z;
  right_tile[at + 3u] = values.w;
}
