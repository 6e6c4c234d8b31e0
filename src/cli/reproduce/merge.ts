/** `badnets reproduce digits --merge`: joins what several machines have finished, and says what is missing. */
import { join } from "node:path";
import type { DigitData } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import { ensureWritableDir } from "../../node/files.ts";
import { readFolders, SweepDir } from "../../node/sweep-dir.ts";
import { instanceNamed } from "../../studies/digits/paper/items.ts";
import { missing } from "../../studies/digits/paper/completeness.ts";
import type { Asked } from "./options.ts";
import { writeReport } from "./report.ts";
import { wrap } from "../shared/options.ts";
import { say } from "../shared/say.ts";

/**
 * Joins finished instances of several folders and of `out`, with their models, and reports on the whole.
 * @param asked what should be there; seeds that are there count, too
 */
export async function merge(
  folders: readonly string[],
  out: string,
  asked: Asked,
  data: DigitData,
): Promise<number> {
  const all = await readFolders([...folders, out]);
  if (all.size === 0) {
    throw new UserError(`There is no finished instance in ${folders.join(", ")}.`);
  }
  const [{ result }] = all.values();
  if (result.data.sha256 !== data.sha256) {
    throw new UserError(
      `The instances were trained on ${result.data.name}, not on ${data.name}: give their data with --data.`,
    );
  }
  await ensureWritableDir(out);
  const store = new SweepDir(out, folders, data.sha256);
  for (const file of all.values()) {
    await store.finish(file);
    const kept = instanceNamed(file.id, file.result.recipe)?.kept;
    const model = kept ? await store.model(file.id) : null;
    if (model) await store.saveModel(file.id, new Uint8Array(model));
  }
  const seeds = await writeReport(out, all, data, asked.seeds);
  const lacking = missing(all, seeds, asked.items, asked.shares);
  say(`${all.size} instances in ${out}: ${join(out, "report.md")}`);
  if (lacking.length === 0) return 0;
  say(`Missing for seeds ${seeds.join(", ")}, ${lacking.length} instances:`);
  say(
    wrap(lacking.join(" "), 98)
      .map((text) => `  ${text}`)
      .join("\n"),
  );
  return 1;
}
