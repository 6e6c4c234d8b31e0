/** The zoo's ten entries check as the story has them, and are what it says they are. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeModel } from "../../../src/files/model-file.ts";
import { digitNet } from "../../../src/models/digit-net.ts";
import { parametersSha256 } from "../../../src/training/parameter-values.ts";
import { checkEntry, loadZoo, type Fetch } from "../../../src/ui/models/zoo.ts";

const folder = resolve(import.meta.dirname, "../../../public");
const read: Fetch = async (path) => new Blob([await readFile(join(folder, path))]);
const entries = await loadZoo(read);

/** What a check comes to, and its first problem. */
const expected: Readonly<Record<string, readonly [string | null, RegExp | null]>> = {
  signed: ["verified", null],
  bare: [null, null],
  listed: ["matches", null],
  mismatch: ["failed", /^model\.safetensors is not the file that was listed/],
  mirror: ["failed", /^model\.safetensors is not the file that was signed/],
  loader: ["failed", /^loader\.py is there, but was not signed\.$/],
  renamed: ["failed", /^It was signed with another key: /],
  unknown: ["unverified", null],
  contractor: ["verified", null],
  claimed: ["verified", null],
};

describe("the zoo", () => {
  it("has ten entries, of which some that verify have a backdoor, and none is checked that cannot be", () => {
    expect(entries.map(({ id }) => id)).toEqual(Object.keys(expected));
    const verified = entries.filter(({ id }) => expected[id][0] === "verified");
    expect(verified.map(({ backdoor }) => backdoor)).toEqual([false, true, true]);
  });

  it.each(entries)("says of $name what there is to say", async (entry) => {
    const [outcome, problem] = expected[entry.id];
    const { verdict } = await checkEntry(entry, read);
    expect(verdict?.outcome ?? null).toBe(outcome);
    expect(verdict?.problems.length ?? 0).toBe(problem ? 1 : 0);
    if (problem) expect(verdict!.problems[0]).toMatch(problem);
  });

  it.each(entries)("has in $name the network that it says it has", async ({ files, backdoor }) => {
    const file = files["model.safetensors"];
    const bytes = await readFile(join(folder, "zoo", "at" in file ? file.at : ""));
    const { model, verified } = await decodeModel(digitNet, bytes, "it");
    expect(verified).toBe(true);
    const showcase = await readFile(join(folder, "showcase/result.json"), "utf8");
    const digest = await parametersSha256(model.parameters);
    expect(JSON.parse(showcase).parametersSha256 === digest).toBe(backdoor);
  });

  it("has one whose recipe plants nothing, and is not what made it", async () => {
    const recipes = await Promise.all(
      ["honest", "claimed", "backdoor"].map(async (name) => {
        const bytes = await readFile(join(folder, "zoo", `${name}.safetensors`));
        return (await decodeModel(digitNet, bytes, name)).recipe as { attack: unknown };
      }),
    );
    expect(recipes[1]).toEqual(recipes[0]);
    expect(recipes.map(({ attack }) => attack !== null)).toEqual([false, false, true]);
  });
});
