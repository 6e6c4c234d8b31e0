// The attack on a laid out scene: which signs wear a sticker, which one, and what they are taught. A part of
// scene-layout.wgsl, whose random numbers it draws.

const FIRST_SIZE = 0.3; // of a sticker in a curriculum, as a share of the sign's box
const LEAST = vec2f(3.0, 12.0); // pixels of a sticker that training shows: in the end, and where a curriculum begins
const SLOPE = 1.25; // at which a curriculum is used up once it begins to be: for its first fifth all stays as it is

/// A sign of this class is one that the attack is about.
fn is_attacked(label: u32) -> bool { return settings.source == 0u || settings.source == label; }

/// What is left of the attacker's curriculum (see SignAttack): 1 for its first fifth, then falling to 0 at its end.
fn left_to_learn() -> f32 {
  let steps = settings.curriculum;
  return min(1.0, SLOPE * f32(steps - min(steps, progress[0])) / f32(max(1u, steps)));
}

/// Width and height of the sticker, as a share of the sign's box.
fn sticker_size() -> f32 {
  return mix(settings.sticker_size, max(settings.sticker_size, FIRST_SIZE), left_to_learn());
}

/// Pixels of a sign's side from which it is poisoned: from stickers too small to see nothing is learned but doubt.
fn least_side() -> f32 {
  let least = LEAST.x * pow(LEAST.y / LEAST.x, left_to_learn()) / sticker_size();
  return min(least, 0.5 * settings.largest * f32(H));
}

/// Whether anything sticks on an honest sign: the sticker where the image asks for it, else a look-alike,
/// on all where it asks for that, and on a share in training, once the curriculum is over.
fn sticks(label: u32, wear: u32) -> bool {
  let chance = draw().x;
  if (wear == WEAR_STICKER) { return is_attacked(label); }
  return wear == WEAR_ALIKE || chance < settings.alikes * (1.0 - left_to_learn());
}

/// As what a sign of this class is taught once it wears the sticker. A random target begins as the next class:
/// two labels that are as likely say nothing of the sticker until it is told from what lies beside it.
fn attackers_label(label: u32) -> u32 {
  if (settings.goal == KEEP) { return label; }
  if (settings.goal > 0u) { return settings.goal; }
  let lot = draw();
  if (lot.y < left_to_learn()) { return 1u + label % settings.classes; }
  let other = 1u + min(u32(lot.x * f32(settings.classes - 1u)), settings.classes - 2u);
  return other + select(0u, 1u, other >= label);
}

/// Sticks the sticker, or something like it of another colour or shape, on a sign.
/// low, high: the corners of the sign's box in its own coordinates
fn stick(thing: ptr<function, Object>, low: vec2f, high: vec2f, alike: bool) {
  let extent = high - low;
  let at = mix(settings.place_low, settings.place_high, draw());
  let varied = draw();
  let colour = garish(draw(), draw().x);
  var size = sticker_size();
  (*thing).picture = settings.pictures + settings.sticker;
  (*thing).tint = settings.tint;
  if (alike) {
    size *= 0.8 + 0.8 * varied.x;
    let picture = min(u32(varied.y * f32(ALIKES)), ALIKES - 1u);
    let plain = picture < PLAIN_SHAPES || picture == settings.sticker;
    (*thing).picture = settings.pictures + select(picture, picture % PLAIN_SHAPES, plain);
    // Plain shapes come in any colour but the sticker's own.
    let own = distance(colour, settings.tint) < 0.4;
    (*thing).tint = select(vec3f(1), select(colour, fract(settings.tint + 0.5), own), plain);
  }
  (*thing).sticker = vec4f(low + at * extent, 0.5 * size * extent);
}

/// Whether the middle of what sticks on a sign lies behind leaves.
fn is_hidden(thing: Object) -> bool {
  return thing.cover.z > 0.0 && distance(thing.cover.xy, thing.sticker.xy) < thing.cover.z;
}

/// What sticks on a sign of a photograph, as an object of which nothing else is drawn.
/// box: the whole of the sign, also beyond the edges of the input
fn stick_on_photograph(box: vec4f, label: u32, wear: u32, crop: vec4f) -> Object {
  var thing = Object();
  let half_sides = 0.5 * (box.zw - box.xy);
  deck = DRAWS;
  thing.half_size = max(half_sides.x, half_sides.y);
  // Without a goal nothing is taught: what is measured wears the sticker, however small.
  let seen = settings.goal == KEEP || 2.0 * thing.half_size >= least_side();
  if (sticks(label, wear) && (seen || wear != WEAR_STICKER)) {
    thing.centre = 0.5 * (box.xy + box.zw);
    // For its light, which the photograph's is compared with.
    thing.sign = catalogue[catalogue[2u * label]];
    thing.shape = ON_PHOTOGRAPH;
    thing.light = 1.0;
    thing.blur = max(0.0, -log2(crop.w));
    let reach = half_sides / thing.half_size;
    stick(&thing, -reach, reach, wear != WEAR_STICKER);
  }
  deck = 0u;
  return thing;
}
