/** Blocks of 4 x 4 neighbours, given as 16 channels, back in their places. */

/** @returns [B, C, H, W], of blocks [B, 16 C, H / 4, W / 4] */
export function unblock(
  { B, C, H, W }: { B: number; C: number; H: number; W: number },
  blocks: Float64Array,
): Float64Array {
  const x = new Float64Array(B * C * H * W);
  let next = 0;
  for (let b = 0; b < B; b++)
    for (let c = 0; c < C; c++)
      for (let r = 0; r < 4; r++)
        for (let s = 0; s < 4; s++)
          for (let h = r; h < H; h += 4)
            for (let w = s; w < W; w += 4) x[((b * C + c) * H + h) * W + w] = blocks[next++];
  return x;
}
