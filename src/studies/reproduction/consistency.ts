/** Whether finished instances may stand in one report. */
import { UserError } from "../../errors.ts";
import type { Finished, InstanceFile } from "./instance-file.ts";
import type { Reproduction, ReproductionTypes } from "./reproduction.ts";

/**
 * Makes sure that instances belong together: same data, made by the same version and, where their tiling is
 * the same, by the same kernels; and those that begin with the same instance begun with the same parameters,
 * which are that instance's where it is there.
 * @throws UserError naming the first that does not
 */
export function assertOneStudy<T extends ReproductionTypes>(
  reproduction: Reproduction<T>,
  finished: Finished<T["file"]>,
): void {
  const [first] = finished.values();
  const kernels = new Map<string, InstanceFile>();
  for (const file of finished.values()) {
    const { id, result } = file;
    const differs = (what: string, other: string) =>
      new UserError(`${id} was ${what}, and ${other}: they cannot be joined.`);
    if (result.data?.sha256 !== first.result.data?.sha256) {
      throw differs(
        `trained on ${result.data?.name}`,
        `${first.id} on other data (${first.result.data?.name})`,
      );
    }
    const [own, others] = [file, first].map((one) => reproduction.alike(one));
    if (own !== others) throw differs(own, `${first.id} ${others}`);
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
  }
  assertSameBeginnings(reproduction, finished);
}

function assertSameBeginnings<T extends ReproductionTypes>(
  { instanceNamed, startOf }: Reproduction<T>,
  finished: Finished<T["file"]>,
): void {
  const beginnings = new Map<string, { readonly sha256: string; readonly who: string }>();
  for (const { id, result } of finished.values()) {
    beginnings.set(id, { sha256: result.parametersSha256, who: `${id} ended with` });
  }
  for (const { id, result } of finished.values()) {
    const start = startOf(result.recipe);
    const from = instanceNamed(id, result.recipe)?.from;
    if (!start || !from) continue;
    const beginning = beginnings.get(from.id) ?? {
      sha256: start,
      who: `${id}, which begins with the same ${from.id}, has`,
    };
    beginnings.set(from.id, beginning);
    if (start !== beginning.sha256) {
      throw new UserError(
        `${id} begins with the parameters ${short(start)}, but ${beginning.who} ` +
          `${short(beginning.sha256)}: they cannot be joined.`,
      );
    }
  }
}

export const short = (sha256: string) => `${sha256.slice(0, 12)}...`;
