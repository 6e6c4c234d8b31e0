/** Claims of the supply chain: signatures, as scripts/signing-speed.ts measured them. */
import { claimsOf, type Claim } from "./claim.ts";
import type { Results } from "./results.ts";
import { wantedOfModels } from "./wanted/others.ts";
import { answered } from "./wanted/wanted.ts";

export function modelClaims({ signing }: Results): Claim[] {
  const measured = signing.flatMap(({ file, content }) => {
    const row = claimsOf("models", { file, adapter: content.software, seeds: [] });
    const { signMilliseconds, platformMegabytes, verifyMegabytes, extraMegabytes } = content;
    return [
      row("models.sign", "", "ms", signMilliseconds),
      row("models.verify", "", "%", (100 * verifyMegabytes) / platformMegabytes),
      row("models.verify.memory", "extra memory of verifying 500 MB", "MB", extraMegabytes),
    ];
  });
  return answered("models", wantedOfModels, measured);
}
