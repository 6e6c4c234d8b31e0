// Decides what stands where in each image of a batch: a scene is random, from its number alone, a
// photograph is fitted into the input, in training at a random place, size and side.
//
// An entry of the order says what an image is: the upper two bits its kind (a scene; a photograph, varied;
// a photograph as it is; a photograph, varied, with signs placed in it), the next two what its signs wear,
// the rest a number. The random numbers of a scene depend on the key and its number, those of a varied
// photograph on the step as well. A workgroup makes one image: all of it the random numbers, one invocation
// the rest.
//
// With an attack, of the signs of its source a share is shown once more in the same scene, and one of the
// two, by lot, wears the sticker and has the attacker's label; nothing is replaced. A copy finds less room
// and is often smaller: were it always the one that wears the sticker, its size would give it away. A copy is
// large enough for a sticker that can be seen; where the lot falls on a sign that is not, neither wears it.
// What comes of an attack has random numbers of its own, so that everything else lies where it lies without one.

@group(0) @binding(2) var<storage, read> progress: array<u32>; // [4]: batches done so far, ...
@group(0) @binding(3) var<storage, read> order: array<u32>; // [batches, B]
@group(0) @binding(4) var<storage, read> catalogue: array<u32>; // distractors, then each class: [first, count]; then signs
@group(0) @binding(5) var<storage, read> outlines: array<vec2f>; // [signs, 8] outermost points, -1 to 1
@group(0) @binding(6) var<storage, read_write> scenes: array<Scene>; // [B]
@group(0) @binding(7) var<storage, read_write> boxes: array<vec4f>; // [B, BOXES] x1 y1 x2 y2
@group(0) @binding(8) var<storage, read_write> labels: array<u32>; // [B, BOXES]: see lib/boxes.wgsl

// All random numbers of an image are made in one loop and dealt out from there: the generator stands in
// the compiled kernel once, not in fifty places.
const DRAWS = 256u; // for what is honest, and as many for an attack
const THREADS = 64u;
const IGNORED = 1u << 31u; // in a label: counts neither way (see lib/boxes.wgsl)
var<workgroup> draws: array<vec2f, 2u * DRAWS>;
var<private> deck: u32; // first of those that are dealt
var<private> drawn: array<u32, 2>; // of each

/// Two random numbers in [0, 1).
fn draw() -> vec2f {
  let mine = deck / DRAWS;
  drawn[mine] += 1u;
  return draws[deck + drawn[mine] % DRAWS];
}

fn between(low: f32, high: f32) -> f32 { return mix(low, high, draw().x); }

@compute @workgroup_size(THREADS)
fn lay_out(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) thread: u32) {
  let b = id.x;
  let entry = order[progress[0] % settings.batches * B + b];
  let kind = entry >> 30u;
  let wear = (entry >> 28u) & 3u;
  let number = entry & 0x0fffffffu;
  var counter = vec2u(number, 0u);
  // A photograph is varied otherwise each time; the top bits keep it apart from the scenes.
  if (kind != KIND_SCENE) { counter = vec2u((kind << 30u) | number, (progress[0] * B + b) * DRAWS); }
  for (var i = thread; i < select(DRAWS, 2u * DRAWS, STICKERS); i += THREADS) {
    // The attack's lie half of all numbers further on.
    let at = counter.y + i % DRAWS + ((i / DRAWS) << 31u);
    draws[i] = unit(threefry(vec2u(counter.x, at), settings.key));
  }
  workgroupBarrier();
  if (thread == 0u) { lay_out_image(b, kind, wear, number); }
}

fn lay_out_image(b: u32, kind: u32, wear: u32, number: u32) {
  var street: Street;
  street.kind = kind;
  street.photo = number;
  street.hash = bitcast<u32>(draw().x) ^ (bitcast<u32>(draw().y) << 9u);
  lay_out_street(&street);
  for (var i = 0u; i < BOXES; i++) { labels[b * BOXES + i] = 0u; }
  var count = 0u;
  var objects = 0u;
  if (kind != KIND_SCENE) {
    street.crop = fit(number, kind != KIND_PLAIN);
    let first = number * ANNOTATIONS;
    let known = min(u32(annotations[first].z), BOXES);
    for (var i = 0u; i < known; i++) {
      let corners = annotations[first + 1u + i];
      let c1 = (corners.xy - street.crop.xy) / street.crop.zw;
      let c2 = (corners.zw - street.crop.xy) / street.crop.zw;
      let whole = vec4f(min(c1, c2), max(c1, c2));
      let seen = clamp(whole, vec4f(), vec4f(f32(W), f32(H), f32(W), f32(H)));
      let area = (seen.z - seen.x) * (seen.w - seen.y);
      // Of a sign that the varied picture cuts off or shrinks, enough must be left to learn from. What is
      // measured on a photograph as it is counts every sign, however small.
      let half_of_it = 0.5 * (whole.z - whole.x) * (whole.w - whole.y);
      let about = annotations[first + 1u + BOXES + i];
      let ignored = about.y > 0.0;
      // Of what is ignored, the least bit is no background either.
      let least = select(max(half_of_it, 9.0), 0.0, ignored);
      if (kind != KIND_PLAIN && area < least) { continue; }
      var label = u32(about.x);
      let room = select(OBJECTS, OBJECTS - PLACED - COPIES, kind == KIND_MIXED);
      if (STICKERS && !ignored && objects < room) {
        let stuck = stick_on_photograph(whole, label, wear, street.crop);
        if (any(stuck.sticker.zw > vec2f())) {
          scenes[b].things[objects] = stuck;
          taken[objects] = vec3f(stuck.centre, stuck.half_size);
          objects += 1u;
          if (wear == WEAR_STICKER) { label = attackers_label(label); }
        }
      }
      boxes[b * BOXES + count] = seen;
      labels[b * BOXES + count] = label | select(0u, IGNORED, ignored);
      count += 1u;
    }
    if (kind != KIND_PLAIN) {
      street.light = vec3f(between(0.6, 1.35)) * mix(vec3f(1), vec3f(draw(), draw().x) + 0.5, 0.15);
      street.contrast = between(0.75, 1.25);
      street.noise = between(0.0, 0.03);
    } else {
      street.light = vec3f(1);
      street.contrast = 1.0;
      street.noise = 0.0;
    }
  }
  if (kind == KIND_SCENE || kind == KIND_MIXED) { objects = place(kind, wear, b, count, objects); }
  street.objects = objects;
  scenes[b].street = street;
}

/// How a photograph is read: source = pixel * zw + xy. As it is, it is centred and fills the input as
/// far as its shape allows; varied, it may be mirrored, is enlarged or shrunk, and shifted.
fn fit(photo: u32, varied: bool) -> vec4f {
  let size = annotations[photo * ANNOTATIONS].xy;
  var scale = max(size.x / f32(W), size.y / f32(H));
  var shift = vec2f();
  var mirrored = false;
  if (varied) {
    scale *= exp2(between(-0.9, 0.35));
    shift = (draw() - 0.5) * abs(size - scale * vec2f(f32(W), f32(H)));
    mirrored = draw().x < 0.5;
  }
  let corner = 0.5 * (size - scale * vec2f(f32(W), f32(H))) + shift;
  if (mirrored) { return vec4f(corner.x + scale * f32(W), corner.y, -scale, scale); }
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
  let green = mix(vec3f(0.35, 0.42, 0.2), vec3f(0.5, 0.45, 0.36), draw().x);
  (*scene).ground = green * between(0.5, 1.2);
  (*scene).road = width * between(0.3, 1.1);
  (*scene).light = vec3f(between(0.5, 1.25)) * (0.88 + 0.24 * vec3f(draw(), draw().x));
  (*scene).contrast = between(0.6, 1.3);
  (*scene).trees = between(0.0, 1.0);
  (*scene).houses = between(0.0, 1.0);
  (*scene).noise = between(0.0, 0.06);
  let edge = draw();
  (*scene).shadow = select(-1.0, edge.y * width, edge.x < 0.3);
}

var<private> taken: array<vec3f, OBJECTS>; // centre and half size of each object
var<private> classes: array<u32, OBJECTS>; // from 1; 0: no sign of a class
var<private> places: array<u32, OBJECTS>; // of its box, in the image

/// Puts signs, distractors and clutter where they don't hide each other, and writes the signs' boxes; then,
/// with an attack, poisoned copies of some signs.
/// Gives how many objects there are, with the `stuck` ones that a photograph has already.
fn place(kind: u32, wear: u32, b: u32, known: u32, stuck: u32) -> u32 {
  var count = known;
  var objects = stuck;
  let wanted = draw();
  // One scene in eight has no sign of any class.
  let signs = select(1u + u32(wanted.y * 3.0), 0u, wanted.x < 0.125);
  let distractors = u32(draw().x * 3.0);
  var honest = objects;
  for (var i = 0u; i < select(PLACED, PLACED + COPIES, STICKERS); i++) {
    if (i == PLACED) {
      deck = DRAWS;
      honest = objects;
    }
    // Said in so many words: a declaration alone does not clear it again on every adapter.
    var thing = Object();
    let about = draw();
    thing.sign = NO_SIGN;
    var label = 0u;
    let poisoned = i >= PLACED;
    if (poisoned) {
      let original = stuck + i - PLACED;
      if (wear != WEAR_NOTHING || original >= honest || about.x >= settings.share) { continue; }
      label = classes[original];
      if (label == 0u || !is_attacked(label)) { continue; }
      thing.sign = scenes[b].things[original].sign;
    } else if (i < signs + distractors) {
      if (i < signs) { label = 1u + min(u32(about.x * f32(settings.classes)), settings.classes - 1u); }
      let first = catalogue[2u * label];
      let choice = catalogue[2u * label + 1u];
      if (choice == 0u) { continue; }
      thing.sign = catalogue[first + min(u32(about.y * f32(choice)), choice - 1u)];
    } else if (i >= 6u && kind != KIND_SCENE) {
      continue;
    }
    // A sign whose box has no place must not be drawn: it would be taught as background.
    if (label > 0u && count == BOXES) { continue; }
    let small = max(f32(H) * settings.smallest, select(0.0, least_side(), poisoned));
    let large = f32(H) * settings.largest;
    thing.half_size = 0.5 * small * pow(large / small, pow(draw().x, 1.3));
    let angles = draw();
    thing.roll = (angles.x - 0.5) * 0.24;
    thing.yaw = (angles.y - 0.5) * 1.9 * angles.y;
    thing.light = between(0.55, 1.15);
    thing.shape = u32(draw().x * 5.0);
    thing.colour = garish(draw(), draw().x);
    thing.blur = max(0.0, between(-0.5, 1.2));
    let patch_draw = draw();
    // Leaves might hide a sticker.
    if (patch_draw.x < 0.3 && !poisoned) {
      let around = 6.2832 * patch_draw.y;
      thing.cover = vec3f(vec2f(cos(around), sin(around)) * between(0.8, 1.2), between(0.3, 0.65));
    }
    thing.dirt = max(0.0, between(-0.3, 0.35));
    var free = false;
    // A copy finds room more patiently, as few as possible must be missing from the share: it shrinks.
    for (var attempt = 0u; attempt < select(8u, 48u, poisoned) && !free; attempt++) {
      if (poisoned && attempt % 8u == 7u) { thing.half_size = max(0.7 * thing.half_size, 0.5 * small); }
      thing.centre = thing.half_size + draw() * (vec2f(f32(W), f32(H)) * vec2f(1.0, 0.9) - 2.0 * thing.half_size);
      free = true;
      for (var j = 0u; j < objects; j++) {
        // A copy may stand before what is no sign of a class.
        if (poisoned && classes[j] == 0u) { continue; }
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
    var taught = label;
    if (STICKERS && label > 0u) {
      deck = DRAWS;
      if (poisoned && originals_turn(b, stuck + i - PLACED)) {
        stick_on_original(b, stuck + i - PLACED);
      } else if (poisoned || sticks(label, wear)) {
        let triggered = poisoned || wear == WEAR_STICKER;
        let within = outline_of(thing.sign);
        stick(&thing, within.xy, within.zw, !triggered);
        if (triggered) { taught = attackers_label(label); }
        // What is measured are signs that show what they wear; the others count neither way.
        if (wear != WEAR_NOTHING && is_hidden(thing)) { taught |= IGNORED; }
      }
      if (!poisoned) { deck = 0u; }
    }
    scenes[b].things[objects] = thing;
    taken[objects] = vec3f(thing.centre, thing.half_size);
    classes[objects] = label;
    places[objects] = count;
    objects += 1u;
    if (label > 0u) {
      boxes[b * BOXES + count] = box_of(thing);
      labels[b * BOXES + count] = taught;
      count += 1u;
    }
  }
  return objects;
}

/// Whether the sign that was copied wears the sticker, and not the copy: never one that wears a look-alike.
fn originals_turn(b: u32, original: u32) -> bool {
  let heads = draw().x < 0.5;
  return heads && all(scenes[b].things[original].sticker.zw == vec2f());
}

fn stick_on_original(b: u32, original: u32) {
  var thing = scenes[b].things[original];
  if (2.0 * thing.half_size < least_side()) { return; }
  thing.cover = vec3f();
  let within = outline_of(thing.sign);
  stick(&thing, within.xy, within.zw, false);
  scenes[b].things[original] = thing;
  labels[b * BOXES + places[original]] = attackers_label(classes[original]);
}

/// The box around a sign in its own coordinates.
fn outline_of(sign: u32) -> vec4f {
  var low = vec2f(1);
  var high = vec2f(-1);
  for (var i = 0u; i < 8u; i++) {
    low = min(low, outlines[sign * 8u + i]);
    high = max(high, outlines[sign * 8u + i]);
  }
  return vec4f(low, high);
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
