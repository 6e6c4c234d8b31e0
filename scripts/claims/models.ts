/** Claims of the supply chain: signatures and networks of other tools, as the scripts of these names measured them. */
import { median } from "d3";
import { claimsOf, type Claim } from "./claim.ts";
import type { Results } from "./results.ts";
import { wantedOfModels } from "./wanted/others.ts";
import { answered } from "./wanted/wanted.ts";

export function modelClaims({ signing, samples, imports, mutated }: Results): Claim[] {
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
  const foreign = imports.flatMap(({ file, content }) => {
    const row = claimsOf("models", { file, adapter: content.adapter, seeds: [] });
    return [
      row("models.import", "", "s", median(content.onViewSeconds)!),
      row("models.onnx", "", "", content.logitDifference),
    ];
  });
  const damaged = mutated.flatMap(({ file, content: { software, formats } }) => {
    const row = claimsOf("models", { file, adapter: software, seeds: [] });
    const all = Object.values(formats);
    return [
      row("models.mutated", "", "s", Math.max(...all.map(({ longestMs }) => longestMs)) / 1000),
      row(
        "models.mutated.memory",
        "",
        "MB",
        Math.max(...all.map(({ extraBytes }) => extraBytes)) / 1e6,
      ),
    ];
  });
  return answered("models", wantedOfModels, [...speed, ...judged, ...foreign, ...damaged]);
}
