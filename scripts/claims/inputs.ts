/** Claims of what users bring: photographed digits, drawn by test/data/digit-photos.ts and read by the network that ships. */
import { atLeast, claimsOf, slug, type Claim, type Target } from "./claim.ts";
import type { DigitPhotoReport, Results } from "./results.ts";

/** What was asked for, by the kind of picture. */
const targets: readonly [kind: string, id: string, target: Target][] = [
  ["shadow of 20 %", "shadow-of-20", atLeast(13)],
  ["shadow of 35 %", "shadow-of-35", atLeast(13)],
  ["lines", "lines", atLeast(13)],
  ["grain", "grain", atLeast(13)],
  ["plain", "plain", atLeast(15)],
  ["frame, card or hard shadow", "hard", atLeast(18)],
];

export function inputClaims({ digitPhotos: { file, content } }: Results): Claim[] {
  const row = claimsOf("inputs", { file, adapter: content.adapter, seeds: [content.seed] });
  const asked = targets.map(([kind, id, target]) => {
    const { read, of } = content.kinds[kind];
    const claim = `photographed digits of ${of} that are read correctly, ${kind}`;
    return row(`inputs.digit-photo.${id}`, claim, "digits", read, target);
  });
  const others = Object.entries(content.kinds).filter(([kind]) =>
    targets.every(([known]) => known !== kind),
  );
  return [
    ...asked,
    ...others.map(([kind, { read, of }]) =>
      row(
        `inputs.digit-photo.${slug(kind)}`,
        `photographed digits of ${of} that are read correctly, ${kind}`,
        "digits",
        read,
      ),
    ),
    row(
      "inputs.digit-photo.all",
      "photographed digits of all kinds that are read correctly",
      "%",
      100 * shareRead(content),
    ),
  ];
}

function shareRead({ kinds }: DigitPhotoReport): number {
  const all = Object.values(kinds);
  return all.reduce((sum, { read }) => sum + read, 0) / all.reduce((sum, { of }) => sum + of, 0);
}
