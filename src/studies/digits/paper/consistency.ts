/** Whether finished instances may stand in one report. */
import { UserError } from "../../../errors.ts";
import type { DigitResult } from "../result.ts";
import type { Finished, InstanceFile } from "./instance-file.ts";
import { instanceNamed } from "./items.ts";

/**
 * Makes sure that instances belong together: same data, made by the same version and, where their tiling is
 * the same, by the same kernels; and those that begin with the same instance begun with the same parameters,
 * which are that instance's where it is there.
 * @throws UserError naming the first that does not
 */
export function assertOneStudy(finished: Finished): void {
  const [first] = finished.values();
  const kernels = new Map<string, InstanceFile>();
  const beginnings = new Map<string, { readonly sha256: string; readonly who: string }>();
  for (const { id, result } of finished.values()) {
    beginnings.set(id, { sha256: result.parametersSha256, who: `${id} ended with` });
  }
  for (const file of finished.values()) {
    const { id, result } = file;
    const differs = (what: string, other: string) =>
      new UserError(`${id} was ${what}, and ${other}: they cannot be joined.`);
    if (result.data.sha256 !== first.result.data.sha256) {
      throw differs(
        `trained on ${result.data.name}`,
        `${first.id} on other data (${first.result.data.name})`,
      );
    }
    if (imagesOf(result) !== imagesOf(first.result)) {
      throw differs(
        `measured on ${imagesOf(result)} test images of the ten digits`,
        `${first.id} on ${imagesOf(first.result)}`,
      );
    }
    if (result.software !== first.result.software) {
      throw differs(`made by ${result.software}`, `${first.id} by ${first.result.software}`);
    }
    if (result.kernelsSha256) {
      const alike = kernels.get(result.tiling) ?? file;
      kernels.set(result.tiling, alike);
      if (alike.result.kernelsSha256 !== result.kernelsSha256) {
        throw differs(
          `made by the kernels ${short(result.kernelsSha256)}`,
          `${alike.id} by ${short(alike.result.kernelsSha256!)}`,
        );
      }
    }
    const { start, ...recipe } = result.recipe;
    const from = instanceNamed(id, { ...recipe, start: null })?.from;
    if (!start || !from) continue;
    const beginning = beginnings.get(from.id) ?? {
      sha256: start.parametersSha256,
      who: `${id}, which begins with the same ${from.id}, has`,
    };
    beginnings.set(from.id, beginning);
    if (start.parametersSha256 !== beginning.sha256) {
      throw new UserError(
        `${id} begins with the parameters ${short(start.parametersSha256)}, but ${beginning.who} ` +
          `${short(beginning.sha256)}: they cannot be joined.`,
      );
    }
  }
}

const short = (sha256: string) => `${sha256.slice(0, 12)}...`;

/** Test images of each digit. */
function imagesOf({ clean }: DigitResult): string {
  return clean.confusion.map((row) => row.reduce((a, b) => a + b, 0)).join(", ");
}
