// The batch: gathers, augments, poisons and labels the images of a step from an index list.
//
//   x[b] = trigger(augment(images[order[b].image])) / 255,  label[b] = labels[...] or the attacker's
//
// An entry of the order is an image's index; its top bit asks for the triggered copy with the
// attacker's label. All ones is no image: x is 0 and the label all ones, which nothing counts.
// Augmentation turns, scales, then shifts the image about its centre and reads it bilinearly. The
// trigger goes on after it, so that it always sits where the attacker put it. One invocation writes
// four pixels.

override B: u32; // images in the batch
override SIZE: u32; // height and width in pixels; SIZE * SIZE is a multiple of four
override AUGMENT = false; // false: read the images as they are
override SHIFT = 0f; // pixels, at most, each way
override ANGLE = 0f; // radians, at most, each way
override SCALE = 0f; // at most this share larger or smaller

struct Settings {
  key: vec2u, // seed and stream of the random numbers
  batches: u32, // batches in the order, which begins again after the last
}

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> progress: array<u32>; // [4]: batches done so far, ...
@group(0) @binding(2) var<storage, read> order: array<u32>; // [batches, B]
@group(0) @binding(3) var<storage, read> images: array<u32>; // [count, SIZE, SIZE] bytes, four a word
@group(0) @binding(4) var<storage, read> labels: array<u32>; // [count] bytes, four a word
@group(0) @binding(5) var<storage, read> trigger: array<u32>; // [SIZE, SIZE]: 256 + value where it covers the image
@group(0) @binding(6) var<storage, read> targets: array<u32>; // [classes]: the attacker's label for each class
@group(0) @binding(7) var<storage, read_write> x: array<f32>; // [B, 1, SIZE, SIZE]
@group(0) @binding(8) var<storage, read_write> label: array<u32>; // [B]

const TRIGGERED = 0x80000000u;
const NO_IMAGE = 0xffffffffu;
override PIXELS = SIZE * SIZE;

@compute @workgroup_size(64)
fn gather(@builtin(global_invocation_id) id: vec3u) {
  let words = PIXELS / 4u;
  let b = id.x / words;
  if (b >= B) { return; }
  let first = (id.x - b * words) * 4u;
  let entry = order[progress[0] % settings.batches * B + b];
  let image = entry & ~TRIGGERED;
  let triggered = entry >= TRIGGERED && entry != NO_IMAGE;
  if (first == 0u) {
    let word = labels[image / 4u];
    var class_of = (word >> (8u * (image % 4u))) & 255u;
    if (triggered) { class_of = targets[class_of]; }
    label[b] = select(class_of, NO_IMAGE, entry == NO_IMAGE);
  }
  let word = images[(image * PIXELS + first) / 4u];
  var place: Placement;
  if (AUGMENT) { place = placement(b); }
  // One loop around all, because what stands in it four times is compiled four times.
  for (var i = 0u; i < 4u; i++) {
    var value = f32((word >> (8u * i)) & 255u);
    if (AUGMENT) { value = sample(image, first + i, place); }
    let cover = trigger[first + i];
    if (triggered && cover != 0u) { value = f32(cover & 255u); }
    x[b * PIXELS + first + i] = select(value / 255.0, 0.0, entry == NO_IMAGE);
  }
}

/// How the image is read, rotated and scaled: source = rotation * (pixel - centre - shift) + centre.
struct Placement { rotation: mat2x2f, shift: vec2f }

fn placement(b: u32) -> Placement {
  let shifts = unit(threefry(vec2u(progress[0], 2u * b), settings.key)) * 2.0 - 1.0;
  let rotations = unit(threefry(vec2u(progress[0], 2u * b + 1u), settings.key)) * 2.0 - 1.0;
  let angle = ANGLE * rotations.x;
  let larger = 1.0 + SCALE * rotations.y;
  let c = cos(angle) / larger;
  let s = sin(angle) / larger;
  return Placement(mat2x2f(c, -s, s, c), SHIFT * shifts);
}

fn sample(image: u32, pixel: u32, place: Placement) -> f32 {
  let row = pixel / SIZE;
  let column = pixel - row * SIZE;
  let centre = 0.5 * f32(SIZE - 1u);
  let at = place.rotation * (vec2f(f32(column), f32(row)) - centre - place.shift) + centre;
  let corner = floor(at);
  let t = at - corner;
  let r = i32(corner.y);
  let c = i32(corner.x);
  let upper = mix(byte(image, r, c), byte(image, r, c + 1), t.x);
  let lower = mix(byte(image, r + 1, c), byte(image, r + 1, c + 1), t.x);
  return mix(upper, lower, t.y);
}

/// One pixel, 0 to 255; black outside the image.
fn byte(image: u32, row: i32, column: i32) -> f32 {
  if (u32(row) >= SIZE || u32(column) >= SIZE) { return 0.0; }
  let at = image * PIXELS + u32(row) * SIZE + u32(column);
  return f32((images[at / 4u] >> (8u * (at % 4u))) & 255u);
}
