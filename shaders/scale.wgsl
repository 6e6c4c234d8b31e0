// Neurons scaled: each row of a layer's weights or biases times a factor of its own, in place.
//
//   value[o, i] = factor[o] * value[o, i]
//
// Row o is what makes output o. A ReLU passes a factor of at least 0 through, so that the factor on a
// neuron's weights and bias is the factor on its output, and 0 switches it off. One invocation does one
// element.

override O: u32; // rows: a layer's outputs
override I: u32; // elements of a row

@group(0) @binding(0) var<storage, read> factor: array<f32>; // [O]
@group(0) @binding(1) var<storage, read_write> value: array<f32>; // [O, I]

@compute @workgroup_size(64)
fn scale(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u; // workgroups are numbered row by row
  if (at >= O * I) { return; }
  value[at] *= factor[at / I];
}
