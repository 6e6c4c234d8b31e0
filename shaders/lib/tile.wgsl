// A block of a matrix product through workgroup memory, for a GPU
//
//   result[m, n] = sum over k of left[m, k] * right[k, n]
//
// 64 invocations compute 16 x 64 results together, 4 x 4 each. They bring 16 k of both operands into
// workgroup memory, neighbours loading neighbours, and multiply from there: a GPU wants many
// invocations with few registers and memory read in rows. An adapter that computes on the CPU wants
// none of this: see lib/quad.wgsl. Which of the two an adapter gets, src/layers/tiling.ts decides.
//
// Of a WGSL matrix, a column of left is one k and a row one m; of the sums, a column is one n and a
// row one m.

const four = vec4u(0, 1, 2, 3);

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

/// The block with the columns k, k + 1, k + 2, k + 3 zeroed where they reach `end`. One operand of
/// each product passes through it, which keeps what was read beyond the end out of the sums. The
/// first line is decided when the pipeline is compiled: sizes divisible by four pay nothing.
fn mask_columns(block: mat4x4f, k: u32, end: u32) -> mat4x4f {
  if (end % 4u == 0u) { return block; }
  return mat4x4f(
    block[0],
    select(vec4f(), block[1], k + 1u < end),
    select(vec4f(), block[2], k + 2u < end),
    select(vec4f(), block[3], k + 3u < end));
}
