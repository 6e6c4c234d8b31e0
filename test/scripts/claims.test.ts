/** results/claims.json says what the result files say, and README and docs say no figure of their own. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { allClaims } from "../../scripts/claims/all.ts";
import { atMost, Claims, claimsText, reached, unmeasured } from "../../scripts/claims/claim.ts";
import { readResults, type Results } from "../../scripts/claims/results.ts";
import { between, documents, sections, withSections } from "../../scripts/sections/sections.ts";

const root = resolve(import.meta.dirname, "../..");

describe("the project's claims", () => {
  let results: Results;
  let claims: Claims;

  beforeAll(async () => {
    results = await readResults(root);
    claims = allClaims(results);
  });

  it("are those of results/claims.json", async () => {
    expect(await readFile(join(root, "results/claims.json"), "utf8")).toBe(claimsText(claims.all));
  });

  it("have nine fields each, an id of their own, and a file that is there wherever something was measured", () => {
    for (const claim of claims.all) {
      expect(Object.keys(claim).sort(), claim.id).toEqual(
        ["id", "study", "claim", "target", "measured", "unit", "file", "adapter", "seeds"].sort(),
      );
      expect(claim.id).toMatch(/^[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$/);
      expect(claim.id.split(".")[0]).toBe(claim.study);
      expect(claim.claim.length, claim.id).toBeGreaterThan(5);
      if (claim.measured === null) expect(claim.file, claim.id).toBeNull();
      else {
        expect(Number.isFinite(claim.measured), claim.id).toBe(true);
        expect(existsSync(join(root, claim.file!)), claim.file!).toBe(true);
      }
      if (claim.target === null) continue;
      expect(Object.keys(claim.target)).toHaveLength(1);
      expect(Object.keys(claim.target)[0]).toMatch(/^at(Least|Most)$/);
    }
    expect(new Set(claims.all.map(({ id }) => id)).size).toBe(claims.all.length);
    expect(new Set(claims.all.map(({ claim }) => claim)).size).toBe(claims.all.length);
  });

  it("are what README and docs tell", async () => {
    // The formatter may lay tables out anew; what they say stays.
    const words = (text: string) => text.replace(/-{3,}/g, "---").split(/[\s|]+/);
    for (const document of documents) {
      const text = await readFile(join(root, document), "utf8");
      expect(words(text), document).toEqual(words(withSections(document, text, claims, results)));
    }
  });

  it("hold every figure between the marks: without them only names, settings and the paper's are left", () => {
    const blank = new Claims(
      claims.all.map((claim) => ({
        ...claim,
        measured: null,
        target: null,
        adapter: "",
        seeds: [],
      })),
    );
    const left = Object.fromEntries(
      sections.map(({ name, content }) => {
        const plain = content(blank, results).replace(/\]\([^)]*\)/g, "]");
        return [name, [...new Set(plain.match(/(?<![\w.])\d+(\.\d+)*(?![\w.])/g) ?? [])]];
      }),
    );
    expect(left).toEqual({
      // The paper's errors from 100 %; how long the two networks were trained, and on how many copies.
      measured: ["15", "99.50", "10", "3", "99.52", "99.44"],
      // Repetitions, batch sizes, versions, and what makes a task of the main thread a long one.
      bench: ["3", "64", "128", "0.1.25", "4.22", "50"],
      // The paper's errors and claims; table 2.
      reproduction: ["0.50", "0.48", "0.56", "0.17", "0.05", "0.09", "2", "0", "10"],
      // Shares of photographs, and heights.
      detectors: ["50", "30", "20", "0", "16", "24", "40", "80", "35", "15"],
      attackers: [],
      targets: [],
    });
  });

  it("are reached at the target itself, and neither reached nor missed where nothing was measured", () => {
    const asked = unmeasured("project", "project.toy", "lines touched", "lines", atMost(4));
    expect(reached(asked)).toBeNull();
    expect(reached({ ...asked, measured: 4 })).toBe(true);
    expect(reached({ ...asked, measured: 4.01 })).toBe(false);
    expect(reached({ ...asked, measured: 4, target: { atLeast: 5 } })).toBe(false);
  });

  it("give figures as text: with their range over seeds, and a dash for what was not measured", () => {
    const row = (end: string, measured: number | null) => ({
      ...unmeasured("digits", `digits.toy${end}`, `toy${end}`, "%"),
      measured,
      seeds: [1, 2, 3],
    });
    const few = new Claims([
      row("", 0.414),
      row(".least", 0.4),
      row(".most", 0.45),
      row(".none", null),
    ]);
    expect(few.spread("digits.toy", 2)).toBe("0.41 (0.40 to 0.45, 3 seeds)");
    expect(few.spread("digits.toy.least", 2)).toBe("0.40");
    expect(few.figure("digits.toy.none", 2)).toBe("–");
    expect(few.range(["digits.toy.least", "digits.toy.most", "digits.toy.none"], 2)).toBe(
      "0.40 to 0.45",
    );
    expect(few.range(["digits.toy.least", "digits.toy.most"], 0)).toBe("0");
    expect(few.range(["digits.toy.none"])).toBe("–");
  });

  it("are refused where two have one id, where one is not there, and where a document has no place", () => {
    const asked = unmeasured("project", "project.toy", "lines touched", "lines");
    expect(() => new Claims([asked, { ...asked }])).toThrow("two claims are called project.toy");
    expect(() => claims.get("digits.none")).toThrow("there is no claim digits.none");
    expect(() => between("<!-- /a --> <!-- a -->", "a", "")).toThrow("there is no place");
  });
});
