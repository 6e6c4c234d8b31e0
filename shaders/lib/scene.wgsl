// What a street scene or a photograph is made of: shared by scene-layout.wgsl, which decides it, and
// scene-draw.wgsl, which draws it. Distances are in pixels of the input, x to the right and y down,
// colours from 0 to 1.

override B: u32; // images in the batch
override H: u32; // height of the input
override W: u32; // width of the input
override BOXES: u32; // boxes an image may have

struct Settings {
  key: vec2u, // seed and stream of the random numbers
  batches: u32, // batches in the order, which begins again after the last
  classes: u32, // of signs, without the background
  mean: vec3f, // of a colour channel, 0 to 255
  gain: f32,
  photo: vec2u, // width and height of the space of a photograph
  smallest: f32, // of a placed sign, as a share of the input's height
  largest: f32,
}

override ANNOTATIONS = 1u + 2u * BOXES;

const KIND_SCENE = 0u;
const KIND_VARIED = 1u;
const KIND_PLAIN = 2u;
const KIND_MIXED = 3u;

const OBJECTS = 8u; // signs, distractors and clutter of one scene
const NO_SIGN = 0xffffffffu;

/// Something upright in the scene: a sign of the catalogue or, without one, a coloured shape.
struct Object {
  centre: vec2f,
  half_size: f32,
  roll: f32, // radians
  yaw: f32, // radians about the upright axis
  sign: u32,
  shape: u32, // without a sign: 0 ellipse, 1 rectangle, 2 triangle, 3 diamond, 4 octagon
  light: f32, // factor on its colours
  colour: vec3f,
  blur: f32, // levels of the artwork
  cover: vec3f, // a patch in front of it: place in its square, radius; 0: none
  dirt: f32,
}

/// A scene without its objects.
struct Street {
  kind: u32,
  photo: u32,
  objects: u32,
  noise: f32,
  crop: vec4f, // photograph: source = pixel * zw + xy
  zenith: vec3f,
  horizon: f32, // row
  sky: vec3f,
  vanishing: f32, // column
  ground: vec3f,
  road: f32, // half width at the lower edge
  light: vec3f,
  contrast: f32,
  hash: u32,
  trees: f32,
  houses: f32,
  shadow: f32, // where a shadow's edge lies, as a column; below zero: none
}

struct Scene { street: Street, things: array<Object, OBJECTS> }

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> annotations: array<vec4f>; // [photos, ANNOTATIONS]: width, height, boxes; then corners; then class, and 1 where it is ignored

// A sign turned by yaw, seen with some perspective, then rolled: its own coordinates reach from -1 to 1.

fn project(thing: Object, own: vec2f) -> vec2f {
  let depth = 1.0 + own.x * 0.2 * sin(thing.yaw);
  let seen = vec2f(own.x * cos(thing.yaw), own.y) / depth;
  let c = cos(thing.roll);
  let s = sin(thing.roll);
  return thing.centre + thing.half_size * vec2f(c * seen.x - s * seen.y, s * seen.x + c * seen.y);
}

fn unproject(thing: Object, at: vec2f) -> vec2f {
  let c = cos(thing.roll);
  let s = sin(thing.roll);
  let q = (at - thing.centre) / thing.half_size;
  let seen = vec2f(c * q.x + s * q.y, c * q.y - s * q.x);
  let u = seen.x / (cos(thing.yaw) - 0.2 * sin(thing.yaw) * seen.x);
  return vec2f(u, seen.y * (1.0 + u * 0.2 * sin(thing.yaw)));
}
