// The learning rate of a step, after a straight rise over the first steps: constant; falling in a
// straight line that reaches zero one step after the run's last; or a tenth from some step on.

struct Optimiser {
  rate: f32,
  momentum: f32, // Adam: beta1
  beta2: f32, // Adam only
  epsilon: f32, // Adam only
  weight_decay: f32,
  warmup: f32, // steps over which the rate rises
  total: f32, // last step of a falling rate; 0: it does not fall
  drop: f32, // last step before the rate is a tenth; 0: it stays
}

/// `step` counts from 1.
fn rate_at(o: Optimiser, step: u32) -> f32 {
  let s = f32(step);
  if (s <= o.warmup) { return o.rate * s / o.warmup; }
  if (o.drop > 0.0 && s > o.drop) { return 0.1 * o.rate; }
  if (o.total == 0.0) { return o.rate; }
  return o.rate * max(0.0, o.total + 1.0 - s) / max(1.0, o.total - o.warmup);
}
