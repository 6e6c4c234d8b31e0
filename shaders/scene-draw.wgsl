// Draws what scene-layout.wgsl has decided, a pixel an invocation, straight into the network's input:
//
//   x[b, c, h, w] = (255 * colour of the pixel - mean[c]) * gain

@group(0) @binding(2) var<storage, read> texels: array<u32>; // [pictures, 5461] RGBA, premultiplied: signs, then stickers
@group(0) @binding(3) var<storage, read> photos: array<u32>; // [photos, height, width] RGB, a byte each
@group(0) @binding(4) var<storage, read_write> x: array<f32>; // [B, 3, H, W]
@group(0) @binding(5) var<storage, read> scenes: array<Scene>; // [B]

@compute @workgroup_size(64)
fn draw(@builtin(global_invocation_id) id: vec3u) {
  let b = id.y;
  if (id.x >= H * W) { return; }
  let row = id.x / W;
  let at = vec2f(vec2u(id.x - row * W, row)) + 0.5;
  let kind = scenes[b].street.kind;
  var colour: vec3f;
  if (kind == KIND_SCENE) { colour = street(b, at); } else { colour = photograph(b, at); }
  // An adapter that runs both sides of every branch still leaves a loop which nobody is in: so the
  // objects that a pixel is far from are passed over in a loop of their own.
  let objects = scenes[b].street.objects;
  for (var i = next_near(b, 0u, objects, at); i < objects; i = next_near(b, i + 1u, objects, at)) {
    colour = in_front(b, i, at, colour);
  }
  if (kind == KIND_SCENE && scenes[b].street.shadow >= 0.0) {
    let edge = at.x - scenes[b].street.shadow - 0.3 * at.y + 6.0 * smooth_noise(at / 9.0, 77u);
    colour *= mix(1.0, 0.55, clamp(0.5 + 0.2 * edge, 0.0, 1.0));
  }
  colour = (colour * scenes[b].street.light - 0.5) * scenes[b].street.contrast + 0.5;
  if (scenes[b].street.noise > 0.0) {
    let grain = hash_at(vec2i(at), scenes[b].street.hash);
    colour += scenes[b].street.noise * (vec3f(vec3u(grain, grain >> 8u, grain >> 16u) & vec3u(255u)) / 127.5 - 1.0);
  }
  let value = (255.0 * clamp(colour, vec3f(), vec3f(1)) - settings.mean) * settings.gain;
  let first = b * 3u * H * W + id.x;
  // Beyond a photograph's edges lies the mean colour, which says nothing.
  let blank = kind != KIND_SCENE && beyond(b, at);
  for (var c = 0u; c < 3u; c++) { x[first + c * H * W] = select(value[c], 0.0, blank); }
}

fn source_of(b: u32, at: vec2f) -> vec2f { return at * scenes[b].street.crop.zw + scenes[b].street.crop.xy; }

fn beyond(b: u32, at: vec2f) -> bool {
  let size = annotations[scenes[b].street.photo * ANNOTATIONS].xy;
  let source = source_of(b, at);
  return any(source < vec2f()) || any(source >= size);
}

/// Mean of the source pixels under a pixel, at most 3 x 3 of them.
fn photograph(b: u32, at: vec2f) -> vec3f {
  let size = vec2i(annotations[scenes[b].street.photo * ANNOTATIONS].xy);
  let step = abs(scenes[b].street.crop.w);
  let taps = clamp(u32(ceil(step - 0.25)), 1u, 3u);
  var sum = vec3f();
  for (var i = 0u; i < taps; i++) {
    for (var j = 0u; j < taps; j++) {
      let offset = (vec2f(f32(j), f32(i)) + 0.5) / f32(taps) - 0.5;
      let source = source_of(b, at + offset);
      if (taps > 1u) {
        sum += photo_texel(scenes[b].street.photo, clamp(vec2i(source), vec2i(), size - 1));
      } else {
        let corner = floor(source - 0.5);
        let t = source - 0.5 - corner;
        let c = vec2i(corner);
        let high = size - 1;
        sum += mix(
          mix(photo_texel(scenes[b].street.photo, clamp(c, vec2i(), high)), photo_texel(scenes[b].street.photo, clamp(c + vec2i(1, 0), vec2i(), high)), t.x),
          mix(photo_texel(scenes[b].street.photo, clamp(c + vec2i(0, 1), vec2i(), high)), photo_texel(scenes[b].street.photo, clamp(c + 1, vec2i(), high)), t.x),
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
  let hash = scenes[b].street.hash;
  let horizon = scenes[b].street.horizon;
  if (at.y < horizon) {
    let clouds = smooth_noise(at * vec2f(0.03, 0.08), hash);
    var colour = mix(scenes[b].street.zenith, scenes[b].street.sky, at.y / horizon);
    colour = mix(colour, vec3f(0.92), 0.7 * clamp(2.5 * clouds * clouds - 0.6, 0.0, 1.0));
    let above = horizon - at.y;
    // Houses: columns of different width, each with its height, colour and windows.
    let lot_width = 22.0 + f32(hash % 29u);
    let house = floor(at.x / lot_width);
    let own = hash_at(vec2i(i32(house), 5), hash);
    let tall = f32(own & 255u) / 255.0 * f32(H) * 0.6 * scenes[b].street.houses - 6.0;
    if (above < tall) {
      let base = 0.25 + 0.6 * f32(own >> 24u) / 255.0;
      let tint = vec3f(vec3u(own >> 8u, own >> 12u, own >> 16u) & vec3u(15u)) / 15.0;
      colour = base * mix(vec3f(1), tint, 0.35);
      let cell = fract(vec2f((at.x - house * lot_width) / (6.0 + f32((own >> 5u) & 7u)), above / (7.0 + f32((own >> 9u) & 7u))));
      if (all(cell > vec2f(0.3, 0.3)) && all(cell < vec2f(0.75, 0.8))) { colour *= 0.45; }
      colour *= 0.85 + 0.3 * smooth_noise(at / 3.0, own);
    }
    let tallest = scenes[b].street.trees * f32(H) * 0.45;
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
  let across = (at.x - scenes[b].street.vanishing) / max(0.02, depth);
  let grain = smooth_noise(vec2f(across * 0.06, 14.0 / (depth + 0.06)), hash + 8u);
  let road = scenes[b].street.road;
  if (abs(across) > road * 1.12) {
    return scenes[b].street.ground * (0.75 + 0.8 * grain * smooth_noise(at / 2.0, hash + 9u));
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
  let away = at - scenes[b].things[i].centre;
  let half_size = scenes[b].things[i].half_size;
  let reach = 1.45 * half_size + 1.0;
  return (abs(away.x) < reach && abs(away.y) < reach) || by_pole(away, half_size);
}

fn by_pole(away: vec2f, half_size: f32) -> bool {
  return away.y > 0.7 * half_size && abs(away.x) < pole_width(half_size) + 0.01 * away.y;
}

fn pole_width(half_size: f32) -> f32 { return max(0.6, 0.07 * half_size); }

/// The colour with object i, its pole and what covers it in front.
fn in_front(b: u32, i: u32, at: vec2f, behind: vec3f) -> vec3f {
  let thing = scenes[b].things[i];
  let away = at - thing.centre;
  let on_photograph = STICKERS && thing.shape == ON_PHOTOGRAPH;
  var colour = behind;
  if (!on_photograph && by_pole(away, thing.half_size) && abs(away.x - 0.06 * away.y * thing.roll) < pole_width(thing.half_size)) {
    colour = vec3f(0.55) * thing.light * (0.8 + 0.2 * sign(away.x));
  }
  let own = unproject(thing, at);
  if (all(abs(own) < vec2f(1.0 + 1.0 / thing.half_size))) {
    var picture: vec4f;
    if (on_photograph) {
      picture = vec4f();
    } else if (thing.sign != NO_SIGN) {
      picture = artwork(thing, own);
    } else {
      picture = vec4f(thing.colour, 1.0) * inside(thing, own);
    }
    var light = thing.light;
    if (STICKERS && any(thing.sticker.zw > vec2f())) {
      let stuck = sticker_at(thing, own);
      picture = picture * (1.0 - stuck.a) + stuck;
      light *= light_on(b, thing, select(0u, LIGHT_TAPS, on_photograph && stuck.a > 0.0));
    }
    if (thing.dirt > 0.0) {
      let spots = smooth_noise(own * 4.0 + f32(i) * 9.0, scenes[b].street.hash + i);
      let grey = dot(picture.rgb, vec3f(0.33));
      picture = vec4f(mix(picture.rgb, vec3f(0.6 * grey) + 0.12 * picture.a, thing.dirt * spots * 1.4), picture.a);
    }
    colour = colour * (1.0 - picture.a) + picture.rgb * light;
  }
  if (thing.cover.z > 0.0) {
    if (distance(own, thing.cover.xy) > 1.3 * thing.cover.z) { return colour; }
    let ragged = thing.cover.z * (0.7 + 0.6 * smooth_noise(at / 2.5, scenes[b].street.hash + 20u + i));
    if (distance(own, thing.cover.xy) < ragged) {
      colour = vec3f(0.14, 0.26, 0.1) * (0.5 + 1.3 * smooth_noise(at / 1.6, scenes[b].street.hash + 40u + i));
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

fn level_at(picture: u32, own: vec2f, level: u32) -> vec4f {
  let size = 64u >> level;
  // Sizes 64, 32, 16, 8, 4, 2, 1 lie one behind the other.
  let first = picture * 5461u + (4096u * 4u - 4u * size * size) / 3u;
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

/// The sticker on a sign, likewise, at a place in the sign's own coordinates.
fn sticker_at(thing: Object, own: vec2f) -> vec4f {
  let within = (own - thing.sticker.xy) / thing.sticker.zw;
  if (any(abs(within) > vec2f(2))) { return vec4f(); }
  let level = clamp(log2(32.0 / (thing.sticker.w * thing.half_size)) + thing.blur, 0.0, 6.0);
  let lower = min(u32(level), 5u);
  let seen = mix(
    level_at(thing.picture, within, lower), level_at(thing.picture, within, lower + 1u), level - f32(lower));
  return vec4f(seen.rgb * thing.tint, seen.a);
}

const LIGHT_TAPS = 16u;

/// How bright the sign of a photograph is, against its artwork in full light; 1 where nothing is tapped.
fn light_on(b: u32, thing: Object, taps: u32) -> f32 {
  let brightness = vec3f(0.2126, 0.7152, 0.0722);
  var seen = 0.0;
  var full = 0.0;
  for (var i = 0u; i < taps; i++) {
    let own = (vec2f(f32(i % 4u), f32(i / 4u)) - 1.5) * 0.4;
    seen += dot(photograph(b, project(thing, own)), brightness);
    full += dot(level_at(thing.sign, own, 3u).rgb, brightness);
  }
  return select(1.0, clamp(seen / max(full, 0.001), 0.15, 1.5), taps > 0u);
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
