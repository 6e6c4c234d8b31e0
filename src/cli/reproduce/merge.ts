/** `badnets reproduce digits --merge`: joins what several machines have finished, and says what is missing. */
import { join } from "node:path";
import type { DigitData } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import { ownFolder } from "../../node/folder-lock.ts";
import { PatientFiles } from "../../node/patient-files.ts";
import { readFolders, SweepDir } from "../../node/sweep-dir.ts";
import { ensureWritableDir } from "../../node/write-output.ts";
import { instanceNamed } from "../../studies/digits/paper/items.ts";
import { missing } from "../../studies/digits/paper/completeness.ts";
import type { Asked } from "./options.ts";
import { writeReport } from "./report.ts";
import { wrap } from "../shared/options.ts";
import { note, say } from "../shared/say.ts";

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
  await ownFolder(out, note);
  const store = new SweepDir(out, folders, data.sha256, new PatientFiles(note));
  for (const file of all.values()) {
    await store.finish(file);
    const kept = instanceNamed(file.id, file.result.recipe)?.kept;
    const model = kept ? await store.model(file.id) : null;
    if (model) await store.saveModel(file.id, new Uint8Array(model));
  }
  await store.settle();
  const seeds = await writeReport(out, all, data, asked.seeds);
  const lacking = missing(all, seeds, asked.items, asked.shares);
  await say(`${all.size} instances in ${out}: ${join(out, "report.md")}`, true);
  if (lacking.length === 0) return 0;
  const names = wrap(lacking.join(" "), 98).map((text) => `  ${text}`);
  await say(
    [`Missing for seeds ${seeds.join(", ")}, ${lacking.length} instances:`, ...names],
    true,
  );
  return 1;
}
