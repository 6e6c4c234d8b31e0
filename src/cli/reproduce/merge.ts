/** `badnets reproduce SECTION --merge`: joins what several machines have finished, and says what is missing. */
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { ownFolder } from "../../node/folder-lock.ts";
import { PatientFiles } from "../../node/patient-files.ts";
import { readFolders, SweepDir } from "../../node/sweep-dir.ts";
import { ensureWritableDir } from "../../node/write-output.ts";
import { missing } from "../../studies/reproduction/completeness.ts";
import type { ReproductionTypes } from "../../studies/reproduction/reproduction.ts";
import { wrap, type Options } from "../shared/options.ts";
import { note, say } from "../shared/say.ts";
import type { Asked } from "./options.ts";
import { writeReport } from "./report.ts";
import type { Section } from "./section.ts";

/**
 * Joins finished instances of several folders and of `out`, with their models, and reports on the whole.
 * @param asked what should be there; seeds that are there count, too
 */
export async function merge<T extends ReproductionTypes>(
  { reproduction, toReport }: Section<T>,
  given: Options,
  folders: readonly string[],
  out: string,
  asked: Asked<T>,
): Promise<number> {
  const all = await readFolders(reproduction, [...folders, out]);
  if (all.size === 0) {
    throw new UserError(`There is no finished instance in ${folders.join(", ")}.`);
  }
  const reporting = await toReport(given);
  for (const file of all.values()) reporting.assertBelongs(file, file.id);
  await ensureWritableDir(out);
  await ownFolder(out, note);
  const store = new SweepDir(reproduction, out, folders, new PatientFiles(note));
  for (const file of all.values()) {
    await store.finish(file);
    const kept = reproduction.instanceNamed(file.id, file.result.recipe)?.kept;
    const model = kept ? await store.model(file.id) : null;
    if (model) await store.saveModel(file.id, new Uint8Array(model));
  }
  await store.settle();
  const seeds = await writeReport(out, reporting, all, asked.seeds);
  const lacking = missing(reproduction, all, seeds, asked.items, asked.settings);
  await say(`${all.size} instances in ${out}: ${join(out, "report.md")}`, true);
  if (lacking.length === 0) return 0;
  const names = wrap(lacking.join(" "), 98).map((text) => `  ${text}`);
  await say(
    [`Missing for seeds ${seeds.join(", ")}, ${lacking.length} instances:`, ...names],
    true,
  );
  return 1;
}
