// What stands between two layers: ReLU, then an average over windows of 2 x 2 where POOL is 2.
// The layer below applies it as it writes its output; the layer above undoes it as it writes the
// gradient of its input. Neither costs a dispatch or a trip through memory of its own.
//
// A kernel that calls pass_back declares
//   below: array<f32>  // [B, C, POOL * H, POOL * W] the layer below after ReLU, before pooling
//   dx:    array<f32>  // same shape: the gradient before that ReLU

override RELU = false; // this layer's own output passes through ReLU
override POOL = 1u; // 2: this layer's own output is also averaged over 2 x 2 windows
override BELOW_RELU = false; // this layer's input came out of a ReLU
override BELOW_POOL = 1u; // 2: and was then averaged over 2 x 2 windows
override BELOW_W = 1u; // width of this layer's input
override ADDS = false; // another reader of the same input wrote its gradient before; this one adds to it

fn activate(values: vec4f) -> vec4f {
  if (RELU) { return max(values, vec4f()); }
  return values;
}

/// Where an element of this layer's input lies in the layer below: where it was pooled, the first of its
/// window. Rows are numbered through all images and channels, so an element's window begins at row
/// 2 * row, whatever the plane it lies in.
fn place_below(row: u32, column: u32) -> u32 {
  if (BELOW_POOL == 1u) { return row * BELOW_W + column; }
  return 4u * row * BELOW_W + 2u * column;
}

/// Takes the gradients of one element of this layer's input [B, C, H, W] and of the same place in the
/// next three channels, of which the first `count` exist, down through the pooling windows and the
/// ReLU that made them. `at` is the element's place_below, `plane` is H * W.
fn pass_back(at: u32, plane: u32, count: u32, gradients: vec4f) {
  var place = at;
  var remaining = gradients; // choosing a lane by a variable takes a CPU longer than moving the lanes on
  for (var c = 0u; c < count; c++) {
    if (BELOW_POOL == 1u) {
      through_relu(place, remaining.x);
      place += plane;
    } else {
      let quarter = 0.25 * remaining.x;
      through_relu(place, quarter);
      through_relu(place + 1u, quarter);
      through_relu(place + 2u * BELOW_W, quarter);
      through_relu(place + 2u * BELOW_W + 1u, quarter);
      place += 4u * plane;
    }
    remaining = remaining.yzww;
  }
}

fn through_relu(index: u32, gradient: f32) {
  var value = gradient;
  if (BELOW_RELU) { value = select(0.0, gradient, below[index] > 0.0); }
  if (ADDS) { value += dx[index]; }
  dx[index] = value;
}
