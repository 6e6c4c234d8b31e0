/** Claims of the supply chain: signatures, as scripts/signing-speed.ts and scripts/signing-samples.ts measured them. */
import { claimsOf, type Claim } from "./claim.ts";
import type { Results } from "./results.ts";
import { wantedOfModels } from "./wanted/others.ts";
import { answered } from "./wanted/wanted.ts";

export function modelClaims({ signing, samples }: Results): Claim[] {
  const speed = signing.flatMap(({ file, content }) => {
    const row = claimsOf("models", { file, adapter: content.software, seeds: [] });
    const { signMilliseconds, platformMegabytes, verifyMegabytes, extraMegabytes } = content;
    return [
      row("models.sign", "", "ms", signMilliseconds),
      row("models.verify", "", "%", (100 * verifyMegabytes) / platformMegabytes),
      row("models.verify.memory", "extra memory of verifying 500 MB", "MB", extraMegabytes),
    ];
  });
  const judged = samples.flatMap(({ file, content: { software, vectors, models } }) => {
    const row = claimsOf("models", { file, adapter: software, seeds: [] });
    return [
      row("models.vectors", "", "", vectors.right),
      row("models.samples", "", "", models.right),
    ];
  });
  return answered("models", wantedOfModels, [...speed, ...judged]);
}
