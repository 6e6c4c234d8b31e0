// Boxes: corners x1, y1, x2, y2 in pixels, as vec4f. A box's class counts from 1, and 0 is no box; with the
// bit IGNORED_BOX it is neither to be found nor to be missed.

const IGNORED_BOX = 0x80000000u;

fn counts(class_of: u32) -> bool { return class_of != 0u && class_of < IGNORED_BOX; }

fn area(box: vec4f) -> f32 { return max(0.0, box.z - box.x) * max(0.0, box.w - box.y); }

/// Intersection over union; 0 where a box has no area.
fn iou(a: vec4f, b: vec4f) -> f32 {
  let both = area(vec4f(max(a.xy, b.xy), min(a.zw, b.zw)));
  return select(0.0, both / (area(a) + area(b) - both), both > 0.0);
}

/// The regression target of an anchor: how far `box` lies from it, in the anchor's own measures (Girshick
/// et al. 2014, appendix C).
fn encode(anchor: vec4f, box: vec4f) -> vec4f {
  let size = anchor.zw - anchor.xy;
  let shift = 0.5 * (box.xy + box.zw - anchor.xy - anchor.zw) / size;
  return vec4f(shift, log((box.zw - box.xy) / size));
}

/// The box that an anchor becomes by its box deltas: the inverse of encode. A size grows by a factor of 64 at most, so that one wild output stays finite.
fn decode(anchor: vec4f, delta: vec4f) -> vec4f {
  let size = anchor.zw - anchor.xy;
  let centre = 0.5 * (anchor.xy + anchor.zw) + delta.xy * size;
  let half = 0.5 * size * exp(min(delta.zw, vec2f(4.158883)));
  return vec4f(centre - half, centre + half);
}

/// Cut at the edges of an image of this width and height.
fn clip(box: vec4f, size: vec2f) -> vec4f { return clamp(box, vec4f(), size.xyxy); }
