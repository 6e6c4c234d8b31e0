// Random numbers without state: Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random
// numbers: as easy as 1, 2, 3"). A key (seed, stream) and a counter give two words; the same four
// numbers give the same two words in src/data/random.ts.

const rotations = array<vec4u, 2>(vec4u(13, 15, 26, 6), vec4u(17, 29, 16, 24));

fn threefry(counter: vec2u, key: vec2u) -> vec2u {
  let keys = array<u32, 3>(key.x, key.y, 0x1BD11BDAu ^ key.x ^ key.y);
  var v = counter + key;
  for (var group = 0u; group < 5u; group++) {
    let r = rotations[group % 2u];
    v = mix_words(v, r.x);
    v = mix_words(v, r.y);
    v = mix_words(v, r.z);
    v = mix_words(v, r.w);
    v += vec2u(keys[(group + 1u) % 3u], keys[(group + 2u) % 3u] + group + 1u);
  }
  return v;
}

fn mix_words(v: vec2u, rotation: u32) -> vec2u {
  let sum = v.x + v.y;
  return vec2u(sum, ((v.y << rotation) | (v.y >> (32u - rotation))) ^ sum);
}

/// Words to numbers in [0, 1): the upper 24 bits, which f32 holds exactly.
fn unit(words: vec2u) -> vec2f { return vec2f(words >> vec2u(8)) / 16777216.0; }
