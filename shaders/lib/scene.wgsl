// What a street scene or a photograph is made of: shared by scene-layout.wgsl, which decides it, and
// scene-draw.wgsl, which draws it. Distances are in pixels of the input, x to the right and y down,
// colours from 0 to 1.

override B: u32; // images in the batch
override H: u32; // height of the input
override W: u32; // width of the input
override BOXES: u32; // boxes an image may have
override STICKERS = false; // signs may wear stickers

struct Settings {
  key: vec2u, // seed and stream of the random numbers
  batches: u32, // batches in the order, which begins again after the last
  classes: u32, // of signs, without the background
  mean: vec3f, // of a colour channel, 0 to 255
  gain: f32,
  photo: vec2u, // width and height of the space of a photograph
  smallest: f32, // of a placed sign, as a share of the input's height
  largest: f32,
  place_low: vec2f, // of a sticker's centre, as shares of the sign's box: a random place from here
  place_high: vec2f, // to there
  sticker_size: f32, // width and height, as a share of the box's
  share: f32, // of the signs of the source that are shown once more, poisoned
  alikes: f32, // share of the other signs that wear a look-alike
  source: u32, // class from 1 whose signs are attacked; 0: every class
  goal: u32, // class from 1 as which they shall be read; 0: a random wrong one; KEEP: their own
  curriculum: u32, // steps in which the sticker shrinks to its size, without look-alikes; 0: none
  tint: vec3f, // factor on the sticker's colours
  sticker: u32, // its picture
  pictures: u32, // number of the first picture of a sticker
}

const KEEP = 0xffffffffu;

override ANNOTATIONS = 1u + 2u * BOXES;

const KIND_SCENE = 0u;
const KIND_VARIED = 1u;
const KIND_PLAIN = 2u;
const KIND_MIXED = 3u;

// What the signs of an image wear, beside what training sticks on some of them.
const WEAR_NOTHING = 0u;
const WEAR_STICKER = 1u; // those of the source the sticker
const WEAR_ALIKE = 2u; // all of them a look-alike

const PLACED = 8u; // signs, distractors and clutter of one scene
const COPIES = 3u; // of signs, poisoned
const OBJECTS = 16u; // all of these, and what is stuck on a photograph
const NO_SIGN = 0xffffffffu;
const ALIKES = 6u; // pictures of look-alikes
const PLAIN_SHAPES = 4u; // the first of these are white, to be coloured
const ON_PHOTOGRAPH = 5u; // shape: nothing is drawn but the sticker

/// Something upright in the scene: a sign of the catalogue or, without one, a coloured shape.
struct Object {
  centre: vec2f,
  half_size: f32,
  roll: f32, // radians
  yaw: f32, // radians about the upright axis
  sign: u32,
  shape: u32, // without a sign: 0 ellipse, 1 rectangle, 2 triangle, 3 diamond, 4 octagon, 5 ON_PHOTOGRAPH
  light: f32, // factor on its colours
  colour: vec3f,
  blur: f32, // levels of the artwork
  cover: vec3f, // a patch in front of it: place in its square, radius; 0: none
  dirt: f32,
  sticker: vec4f, // centre and half size in its own coordinates; no size: none
  tint: vec3f, // factor on the sticker's colours
  picture: u32, // of the sticker, in the artwork
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
