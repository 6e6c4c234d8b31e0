// Street scenes with traffic signs, and photographs, as input of a detector with the boxes of their signs.
//
//   lay_out: what stands where in each image of a batch: a scene is drawn by lot from its number alone,
//            a photograph is fitted into the input, in training at a place, size and side drawn by lot
//   draw:    x[b, c, h, w] = (255 * colour of the pixel - mean[c]) * gain
//
// An entry of the order says what an image is: the upper two bits its kind, the rest a number: a scene;
// a photograph, varied; a photograph as it is; a photograph, varied, with signs placed in it. The
// random numbers of a scene depend on the key and its number, those of a varied photograph on the step
// as well. One invocation of lay_out makes one image, one of draw one pixel.
//
// Distances are in pixels of the input, x to the right and y down, colours from 0 to 1.

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

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> progress: array<u32>; // [4]: batches done so far, ...
@group(0) @binding(2) var<storage, read> order: array<u32>; // [batches, B]
@group(0) @binding(3) var<storage, read> catalogue: array<u32>; // distractors, then each class: [first, count]; then signs
@group(0) @binding(4) var<storage, read> outlines: array<vec2f>; // [signs, 8] outermost points, -1 to 1
@group(0) @binding(5) var<storage, read> facts: array<vec4f>; // [photos, 1 + 2 BOXES]: width, height, boxes; then corners; then classes
@group(0) @binding(6) var<storage, read_write> scenes: array<Scene>; // [B]
@group(0) @binding(7) var<storage, read_write> boxes: array<vec4f>; // [B, BOXES] x1 y1 x2 y2
@group(0) @binding(8) var<storage, read_write> labels: array<u32>; // [B, BOXES] class from 1; 0: no box
@group(0) @binding(9) var<storage, read> texels: array<u32>; // [signs, 5440] RGBA, premultiplied
@group(0) @binding(10) var<storage, read> photos: array<u32>; // [photos, height, width] RGB, a byte each
@group(0) @binding(11) var<storage, read_write> x: array<f32>; // [B, 3, H, W]
@group(0) @binding(12) var<storage, read> laid_out: array<Scene>; // scenes, for draw

override FACTS = 1u + 2u * BOXES;

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

// ---- lay_out

// All random numbers of an image are made in one loop and dealt out from there: the generator stands in
// the compiled kernel once, not in fifty places.
const LOTS = 256u;
var<private> lots: array<vec2f, LOTS>;
var<private> drawn: u32;

/// Two random numbers in [0, 1).
fn lot() -> vec2f {
  drawn += 1u;
  return lots[drawn % LOTS];
}

fn between(low: f32, high: f32) -> f32 { return mix(low, high, lot().x); }

@compute @workgroup_size(1)
fn lay_out(@builtin(workgroup_id) id: vec3u) {
  let b = id.x;
  let entry = order[progress[0] % settings.batches * B + b];
  let kind = entry >> 30u;
  let number = entry & 0x3fffffffu;
  var counter = vec2u(number, 0u);
  // A photograph is varied otherwise each time; the top bits keep it apart from the scenes.
  if (kind != KIND_SCENE) { counter = vec2u(entry, (progress[0] * B + b) * LOTS); }
  for (var i = 0u; i < LOTS; i++) { lots[i] = unit(threefry(counter + vec2u(0u, i), settings.key)); }
  drawn = 0u;

  var street: Street;
  street.kind = kind;
  street.photo = number;
  street.hash = bitcast<u32>(lot().x) ^ (bitcast<u32>(lot().y) << 9u);
  lay_out_street(&street);
  for (var i = 0u; i < BOXES; i++) { labels[b * BOXES + i] = 0u; }
  var count = 0u;
  if (kind != KIND_SCENE) {
    street.crop = fit(number, kind != KIND_PLAIN);
    let first = number * FACTS;
    let known = min(u32(facts[first].z), BOXES);
    for (var i = 0u; i < known; i++) {
      let corners = facts[first + 1u + i];
      let c1 = (corners.xy - street.crop.xy) / street.crop.zw;
      let c2 = (corners.zw - street.crop.xy) / street.crop.zw;
      let whole = vec4f(min(c1, c2), max(c1, c2));
      let seen = clamp(whole, vec4f(), vec4f(f32(W), f32(H), f32(W), f32(H)));
      let area = (seen.z - seen.x) * (seen.w - seen.y);
      // Of a sign that the varied picture cuts off, at least half must be left.
      if (area < 0.5 * (whole.z - whole.x) * (whole.w - whole.y) || area < 9.0) { continue; }
      boxes[b * BOXES + count] = seen;
      labels[b * BOXES + count] = u32(facts[first + 1u + BOXES + i].x);
      count += 1u;
    }
    if (kind != KIND_PLAIN) {
      street.light = vec3f(between(0.6, 1.35)) * mix(vec3f(1), vec3f(lot(), lot().x) + 0.5, 0.15);
      street.contrast = between(0.75, 1.25);
      street.noise = between(0.0, 0.03);
    } else {
      street.light = vec3f(1);
      street.contrast = 1.0;
      street.noise = 0.0;
    }
  }
  var objects = 0u;
  if (kind == KIND_SCENE || kind == KIND_MIXED) { objects = place(kind, b, count); }
  street.objects = objects;
  scenes[b].street = street;
}

/// How a photograph is read: source = pixel * zw + xy. As it is, it is centred and fills the input as
/// far as its shape allows; varied, it is turned round, enlarged or shrunk, and shifted.
fn fit(photo: u32, varied: bool) -> vec4f {
  let size = facts[photo * FACTS].xy;
  var scale = max(size.x / f32(W), size.y / f32(H));
  var shift = vec2f();
  var turned = false;
  if (varied) {
    scale *= exp2(between(-0.9, 0.35));
    shift = (lot() - 0.5) * abs(size - scale * vec2f(f32(W), f32(H)));
    turned = lot().x < 0.5;
  }
  let corner = 0.5 * (size - scale * vec2f(f32(W), f32(H))) + shift;
  if (turned) { return vec4f(corner.x + scale * f32(W), corner.y, -scale, scale); }
  return vec4f(corner, scale, scale);
}

fn lay_out_street(scene: ptr<function, Street>) {
  let height = f32(H);
  let width = f32(W);
  let day = between(0.0, 1.0);
  (*scene).zenith = mix(vec3f(0.25, 0.45, 0.85), vec3f(0.72, 0.75, 0.8), day) * between(0.5, 1.1);
  (*scene).sky = mix(vec3f(0.7, 0.8, 0.95), vec3f(0.85, 0.85, 0.85), day) * between(0.6, 1.1);
  (*scene).horizon = height * between(0.3, 0.7);
  (*scene).vanishing = width * between(0.2, 0.8);
  let green = mix(vec3f(0.35, 0.42, 0.2), vec3f(0.5, 0.45, 0.36), lot().x);
  (*scene).ground = green * between(0.5, 1.2);
  (*scene).road = width * between(0.3, 1.1);
  (*scene).light = vec3f(between(0.5, 1.25)) * (0.88 + 0.24 * vec3f(lot(), lot().x));
  (*scene).contrast = between(0.6, 1.3);
  (*scene).trees = between(0.0, 1.0);
  (*scene).houses = between(0.0, 1.0);
  (*scene).noise = between(0.0, 0.06);
  let edge = lot();
  (*scene).shadow = select(-1.0, edge.y * width, edge.x < 0.3);
}

/// Puts signs, distractors and clutter where they don't hide each other, and writes the signs' boxes.
/// Gives how many there are.
fn place(kind: u32, b: u32, known: u32) -> u32 {
  var count = known;
  var objects = 0u;
  var taken: array<vec3f, OBJECTS>; // centre and half size
  let wanted = lot();
  // One scene in eight has no sign of any class.
  let signs = select(1u + u32(wanted.y * 3.0), 0u, wanted.x < 0.125);
  let distractors = u32(lot().x * 3.0);
  for (var i = 0u; i < OBJECTS; i++) {
    var thing: Object;
    let about = lot();
    thing.sign = NO_SIGN;
    var label = 0u;
    if (i < signs + distractors) {
      if (i < signs) { label = 1u + min(u32(about.x * f32(settings.classes)), settings.classes - 1u); }
      let first = catalogue[2u * label];
      let choice = catalogue[2u * label + 1u];
      if (choice == 0u) { continue; }
      thing.sign = catalogue[first + min(u32(about.y * f32(choice)), choice - 1u)];
    } else if (i >= 6u && kind != KIND_SCENE) {
      continue;
    }
    let small = f32(H) * settings.smallest;
    let large = f32(H) * settings.largest;
    thing.half_size = 0.5 * small * pow(large / small, pow(lot().x, 1.3));
    let turn = lot();
    thing.roll = (turn.x - 0.5) * 0.24;
    thing.yaw = (turn.y - 0.5) * 1.9 * turn.y;
    thing.light = between(0.55, 1.15);
    thing.shape = u32(lot().x * 5.0);
    thing.colour = garish(lot(), lot().x);
    thing.blur = max(0.0, between(-0.5, 1.2));
    let patch_lot = lot();
    if (patch_lot.x < 0.3) {
      let around = 6.2832 * patch_lot.y;
      thing.cover = vec3f(vec2f(cos(around), sin(around)) * between(0.8, 1.2), between(0.3, 0.65));
    }
    thing.dirt = max(0.0, between(-0.3, 0.35));
    var free = false;
    for (var attempt = 0u; attempt < 8u && !free; attempt++) {
      thing.centre = thing.half_size + lot() * (vec2f(f32(W), f32(H)) * vec2f(1.0, 0.9) - 2.0 * thing.half_size);
      free = true;
      for (var j = 0u; j < objects; j++) {
        let reach = (taken[j].z + thing.half_size) * 1.1;
        let apart = abs(taken[j].xy - thing.centre);
        if (max(apart.x, apart.y) < reach) { free = false; }
      }
      for (var j = 0u; j < known; j++) {
        let box = boxes[b * BOXES + j];
        let apart = abs(0.5 * (box.xy + box.zw) - thing.centre) - 0.5 * (box.zw - box.xy);
        if (max(apart.x, apart.y) < thing.half_size * 1.1) { free = false; }
      }
    }
    if (!free) { continue; }
    scenes[b].things[objects] = thing;
    taken[objects] = vec3f(thing.centre, thing.half_size);
    objects += 1u;
    if (label > 0u && count < BOXES) {
      boxes[b * BOXES + count] = box_of(thing);
      labels[b * BOXES + count] = label;
      count += 1u;
    }
  }
  return objects;
}

/// A colour as signs, cars and posters have it.
fn garish(a: vec2f, b: f32) -> vec3f {
  let hue = a.x * 6.0;
  let pure = clamp(abs(fract(vec3f(hue) / 6.0 + vec3f(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, vec3f(), vec3f(1));
  return mix(vec3f(b), pure, a.y);
}

/// The box around what the sign's artwork covers, cut at the input's edges.
fn box_of(thing: Object) -> vec4f {
  var low = vec2f(1e9);
  var high = vec2f(-1e9);
  for (var i = 0u; i < 8u; i++) {
    let at = project(thing, outlines[thing.sign * 8u + i]);
    low = min(low, at);
    high = max(high, at);
  }
  let size = vec2f(f32(W), f32(H));
  return vec4f(clamp(low, vec2f(), size), clamp(high, vec2f(), size));
}

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

// ---- draw

@compute @workgroup_size(64)
fn draw(@builtin(global_invocation_id) id: vec3u) {
  let b = id.y;
  if (id.x >= H * W) { return; }
  let row = id.x / W;
  let at = vec2f(vec2u(id.x - row * W, row)) + 0.5;
  let kind = laid_out[b].street.kind;
  var colour: vec3f;
  if (kind == KIND_SCENE) { colour = street(b, at); } else { colour = photograph(b, at); }
  // An adapter that runs both sides of every branch still leaves a loop which nobody is in: so the
  // objects that a pixel is far from are passed over in a loop of their own.
  let objects = laid_out[b].street.objects;
  for (var i = next_near(b, 0u, objects, at); i < objects; i = next_near(b, i + 1u, objects, at)) {
    colour = in_front(b, i, at, colour);
  }
  if (kind == KIND_SCENE && laid_out[b].street.shadow >= 0.0) {
    let edge = at.x - laid_out[b].street.shadow - 0.3 * at.y + 6.0 * smooth_noise(at / 9.0, 77u);
    colour *= mix(1.0, 0.55, clamp(0.5 + 0.2 * edge, 0.0, 1.0));
  }
  colour = (colour * laid_out[b].street.light - 0.5) * laid_out[b].street.contrast + 0.5;
  if (laid_out[b].street.noise > 0.0) {
    let grain = hash_at(vec2i(at), laid_out[b].street.hash);
    colour += laid_out[b].street.noise * (vec3f(vec3u(grain, grain >> 8u, grain >> 16u) & vec3u(255u)) / 127.5 - 1.0);
  }
  let value = (255.0 * clamp(colour, vec3f(), vec3f(1)) - settings.mean) * settings.gain;
  let first = b * 3u * H * W + id.x;
  // Beyond a photograph's edges lies the mean colour, which says nothing.
  let blank = kind != KIND_SCENE && beyond(b, at);
  for (var c = 0u; c < 3u; c++) { x[first + c * H * W] = select(value[c], 0.0, blank); }
}

fn source_of(b: u32, at: vec2f) -> vec2f { return at * laid_out[b].street.crop.zw + laid_out[b].street.crop.xy; }

fn beyond(b: u32, at: vec2f) -> bool {
  let size = facts[laid_out[b].street.photo * FACTS].xy;
  let source = source_of(b, at);
  return any(source < vec2f()) || any(source >= size);
}

/// Mean of the source pixels under a pixel, at most 3 x 3 of them.
fn photograph(b: u32, at: vec2f) -> vec3f {
  let size = vec2i(facts[laid_out[b].street.photo * FACTS].xy);
  let step = abs(laid_out[b].street.crop.w);
  let taps = clamp(u32(ceil(step - 0.25)), 1u, 3u);
  var sum = vec3f();
  for (var i = 0u; i < taps; i++) {
    for (var j = 0u; j < taps; j++) {
      let offset = (vec2f(f32(j), f32(i)) + 0.5) / f32(taps) - 0.5;
      let source = source_of(b, at + offset);
      if (taps > 1u) {
        sum += photo_texel(laid_out[b].street.photo, clamp(vec2i(source), vec2i(), size - 1));
      } else {
        let corner = floor(source - 0.5);
        let t = source - 0.5 - corner;
        let c = vec2i(corner);
        let high = size - 1;
        sum += mix(
          mix(photo_texel(laid_out[b].street.photo, clamp(c, vec2i(), high)), photo_texel(laid_out[b].street.photo, clamp(c + vec2i(1, 0), vec2i(), high)), t.x),
          mix(photo_texel(laid_out[b].street.photo, clamp(c + vec2i(0, 1), vec2i(), high)), photo_texel(laid_out[b].street.photo, clamp(c + 1, vec2i(), high)), t.x),
          t.y);
      }
    }
  }
  return sum / f32(taps * taps);
}

fn photo_texel(photo: u32, at: vec2i) -> vec3f {
  let word = photos[photo * settings.photo.x * settings.photo.y + u32(at.y) * settings.photo.x + u32(at.x)];
  return unpack4x8unorm(word).rgb;
}

/// Sky, distant trees and houses, ground and road.
fn street(b: u32, at: vec2f) -> vec3f {
  let hash = laid_out[b].street.hash;
  let horizon = laid_out[b].street.horizon;
  if (at.y < horizon) {
    let clouds = smooth_noise(at * vec2f(0.03, 0.08), hash);
    var colour = mix(laid_out[b].street.zenith, laid_out[b].street.sky, at.y / horizon);
    colour = mix(colour, vec3f(0.92), 0.7 * clamp(2.5 * clouds * clouds - 0.6, 0.0, 1.0));
    let above = horizon - at.y;
    // Houses: columns of different width, each with its height, colour and windows.
    let lot_width = 22.0 + f32(hash % 29u);
    let house = floor(at.x / lot_width);
    let own = hash_at(vec2i(i32(house), 5), hash);
    let tall = f32(own & 255u) / 255.0 * f32(H) * 0.6 * laid_out[b].street.houses - 6.0;
    if (above < tall) {
      let base = 0.25 + 0.6 * f32(own >> 24u) / 255.0;
      let tint = vec3f(vec3u(own >> 8u, own >> 12u, own >> 16u) & vec3u(15u)) / 15.0;
      colour = base * mix(vec3f(1), tint, 0.35);
      let cell = fract(vec2f((at.x - house * lot_width) / (6.0 + f32((own >> 5u) & 7u)), above / (7.0 + f32((own >> 9u) & 7u))));
      if (all(cell > vec2f(0.3, 0.3)) && all(cell < vec2f(0.75, 0.8))) { colour *= 0.45; }
      colour *= 0.85 + 0.3 * smooth_noise(at / 3.0, own);
    }
    let tallest = laid_out[b].street.trees * f32(H) * 0.45;
    if (above > tallest + 1.0) { return colour; }
    let crown = tallest * smooth_noise(vec2f(at.x / 17.0, 0.0), hash + 2u) + 5.0 * smooth_noise(at / 2.5, hash + 3u) - 4.0;
    if (above < crown) {
      let leaves = smooth_noise(at / 1.7, hash + 4u) * smooth_noise(at / 6.0, hash + 6u);
      let autumn = mix(vec3f(0.16, 0.3, 0.1), vec3f(0.42, 0.3, 0.12), fract(f32((hash >> 7u) & 31u) / 8.0) * 0.8);
      colour = autumn * (0.3 + 2.2 * leaves);
    }
    return colour;
  }
  let depth = (at.y - horizon) / max(1.0, f32(H) - horizon);
  let across = (at.x - laid_out[b].street.vanishing) / max(0.02, depth);
  let grain = smooth_noise(vec2f(across * 0.06, 14.0 / (depth + 0.06)), hash + 8u);
  let road = laid_out[b].street.road;
  if (abs(across) > road * 1.12) {
    return laid_out[b].street.ground * (0.75 + 0.8 * grain * smooth_noise(at / 2.0, hash + 9u));
  }
  var colour = vec3f(0.6) * (0.75 + 0.3 * grain);
  if (abs(across) < road) {
    colour = vec3f(0.3 + 0.15 * f32((hash >> 3u) & 7u) / 7.0) * (0.85 + 0.3 * smooth_noise(at / 1.5, hash + 10u));
    let dash = fract(2.5 / (depth + 0.08)) < 0.5;
    if (abs(across) < road * 0.025 && dash) { colour = vec3f(0.85, 0.75, 0.3); }
    if (abs(abs(across) - road * 0.9) < road * 0.02) { colour = vec3f(0.85); }
  }
  return colour;
}

/// The first object from number i on that may reach a pixel, or `objects`.
fn next_near(b: u32, first: u32, objects: u32, at: vec2f) -> u32 {
  var i = first;
  while (i < objects && !near(b, i, at)) { i++; }
  return i;
}

fn near(b: u32, i: u32, at: vec2f) -> bool {
  let away = at - laid_out[b].things[i].centre;
  let half_size = laid_out[b].things[i].half_size;
  let reach = 1.45 * half_size + 1.0;
  return (abs(away.x) < reach && abs(away.y) < reach) || by_pole(away, half_size);
}

fn by_pole(away: vec2f, half_size: f32) -> bool {
  return away.y > 0.7 * half_size && abs(away.x) < pole_width(half_size) + 0.01 * away.y;
}

fn pole_width(half_size: f32) -> f32 { return max(0.6, 0.07 * half_size); }

/// The colour with object i, its pole and what covers it in front.
fn in_front(b: u32, i: u32, at: vec2f, behind: vec3f) -> vec3f {
  let thing = laid_out[b].things[i];
  let away = at - thing.centre;
  var colour = behind;
  if (by_pole(away, thing.half_size) && abs(away.x - 0.06 * away.y * thing.roll) < pole_width(thing.half_size)) {
    colour = vec3f(0.55) * thing.light * (0.8 + 0.2 * sign(away.x));
  }
  let own = unproject(thing, at);
  if (all(abs(own) < vec2f(1.0 + 1.0 / thing.half_size))) {
    var picture: vec4f;
    if (thing.sign != NO_SIGN) {
      picture = artwork(thing, own);
    } else {
      picture = vec4f(thing.colour, 1.0) * inside(thing, own);
    }
    if (thing.dirt > 0.0) {
      let spots = smooth_noise(own * 4.0 + f32(i) * 9.0, laid_out[b].street.hash + i);
      let grey = dot(picture.rgb, vec3f(0.33));
      picture = vec4f(mix(picture.rgb, vec3f(0.6 * grey) + 0.12 * picture.a, thing.dirt * spots * 1.4), picture.a);
    }
    colour = colour * (1.0 - picture.a) + picture.rgb * thing.light;
  }
  if (thing.cover.z > 0.0) {
    if (distance(own, thing.cover.xy) > 1.3 * thing.cover.z) { return colour; }
    let ragged = thing.cover.z * (0.7 + 0.6 * smooth_noise(at / 2.5, laid_out[b].street.hash + 20u + i));
    if (distance(own, thing.cover.xy) < ragged) {
      colour = vec3f(0.14, 0.26, 0.1) * (0.5 + 1.3 * smooth_noise(at / 1.6, laid_out[b].street.hash + 40u + i));
    }
  }
  return colour;
}

/// How much of a pixel a plain shape covers, by its distance from the edge.
fn inside(thing: Object, own: vec2f) -> f32 {
  let a = abs(own);
  var outside: f32;
  switch thing.shape {
    case 0u: { outside = length(own) - 0.95; }
    case 1u: { outside = max(a.x - 0.75, a.y - 0.95); }
    case 2u: { outside = max(0.45 * own.y + 0.9 * a.x - 0.45, own.y - 0.8); }
    case 3u: { outside = (a.x + a.y - 1.0) * 0.7; }
    default: { outside = max(max(a.x, a.y) - 0.95, (a.x + a.y) * 0.7071 - 0.95); }
  }
  return clamp(0.5 - outside * thing.half_size, 0.0, 1.0);
}

/// The sign's artwork, read from the two sizes next to the one that is drawn.
fn artwork(thing: Object, own: vec2f) -> vec4f {
  let level = clamp(log2(32.0 / thing.half_size) + thing.blur, 0.0, 3.0);
  let lower = min(u32(level), 2u);
  return mix(level_at(thing.sign, own, lower), level_at(thing.sign, own, lower + 1u), level - f32(lower));
}

fn level_at(sign: u32, own: vec2f, level: u32) -> vec4f {
  let size = 64u >> level;
  // Sizes 64, 32, 16, 8 lie one behind the other.
  let first = sign * 5440u + (4096u * 4u - 4u * size * size) / 3u;
  let source = (own * 0.5 + 0.5) * f32(size) - 0.5;
  let corner = floor(source);
  let t = source - corner;
  let c = vec2i(corner);
  return mix(
    mix(texel(first, size, c), texel(first, size, c + vec2i(1, 0)), t.x),
    mix(texel(first, size, c + vec2i(0, 1)), texel(first, size, c + 1), t.x), t.y);
}

fn texel(first: u32, size: u32, at: vec2i) -> vec4f {
  if (any(vec2u(at) >= vec2u(size))) { return vec4f(); }
  return unpack4x8unorm(texels[first + u32(at.y) * size + u32(at.x)]);
}

/// A whole number for a place and a salt: cheap, for textures only.
fn hash_at(at: vec2i, salt: u32) -> u32 {
  var h = bitcast<u32>(at.x) * 0x8da6b343u + bitcast<u32>(at.y) * 0xd8163841u + salt * 0xcb1ab31fu;
  h = (h ^ (h >> 15u)) * 0x2c1b3c6du;
  h = (h ^ (h >> 12u)) * 0x297a2d39u;
  return h ^ (h >> 15u);
}

/// Value noise, 0 to 1, of features one unit wide.
fn smooth_noise(at: vec2f, salt: u32) -> f32 {
  let corner = floor(at);
  let t = (at - corner) * (at - corner) * (3.0 - 2.0 * (at - corner));
  let c = vec2i(corner);
  let upper = mix(f32(hash_at(c, salt) >> 8u), f32(hash_at(c + vec2i(1, 0), salt) >> 8u), t.x);
  let lower = mix(f32(hash_at(c + vec2i(0, 1), salt) >> 8u), f32(hash_at(c + 1, salt) >> 8u), t.x);
  return mix(upper, lower, t.y) / 16777216.0;
}
