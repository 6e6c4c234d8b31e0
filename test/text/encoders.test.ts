/** Each exit's encoder: whatever a text holds, it is read there as that text and nothing else. */
import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { csvParseRows } from "d3";
import { describe, expect, it } from "vitest";
import { csvField, csvTable } from "../../src/text/csv.ts";
import { markdownText } from "../../src/text/markdown.ts";
import { shellCommand, shellWord } from "../../src/text/shell.ts";
import { jsonText } from "../../src/text/json.ts";
import { xmlText } from "../../src/text/xml.ts";
import { terminalLine, terminalLines } from "../../src/text/terminal.ts";

/** Any text, rich in what means something somewhere. */
const special = fc.constantFrom(
  ...Array.from(
    "\u0000\u0007\b\t\n\r\u001b\u007f\u0085\u009b\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069",
  ),
  ...Array.from("=+-@,;\"'`$!&<>[](){}*_~|\\#:/. \u{1f6d1}ä"),
  ...Array.from("az09"),
  "<img src=x>",
  "](javascript:alert(1))",
  "www.",
  "https://",
  "\u001b]0;title\u0007",
);
const texts = fc.array(fc.oneof({ weight: 4, arbitrary: special }, fc.string({ unit: "binary" })), {
  maxLength: 12,
});
const text = texts.map((parts) => parts.join(""));

describe("a line for the terminal", () => {
  it("has nothing that is not seen, and every other character as it was", () => {
    fc.assert(
      fc.property(text, (raw) => {
        const line = terminalLine(raw);
        // Listed by hand, from Unicode's own table of bidirectional controls.
        // oxlint-disable-next-line no-control-regex
        const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
        expect(line).not.toMatch(unseen);
        const back = line.replaceAll(/\\u\{([0-9a-f]+)\}/g, (_, digits: string) =>
          String.fromCodePoint(Number.parseInt(digits, 16)),
        );
        if (!raw.includes("\\u{")) expect(back).toBe(raw);
        expect(terminalLine(line)).toBe(line);
      }),
      { numRuns: 2000 },
    );
  });

  it("shows what was hidden", () => {
    expect(terminalLine("a\u202egpj.exe")).toBe("a\\u{202e}gpj.exe");
    expect(terminalLine("\u001b[2Jč\n")).toBe("\\u{1b}[2Jč\\u{a}");
    expect(terminalLines("a\r\nb\u0007")).toBe("a\\u{d}\\u{a}b\\u{7}");
    expect(terminalLines(["a\n", "b"])).toBe("a\\u{a}\nb");
  });
});

describe("a value as JSON", () => {
  it("is read back as it was, and has nothing that is not seen but its own line breaks", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 2 }), (raw, indent) => {
        const json = jsonText({ [raw]: [raw, 1] }, indent);
        expect(JSON.parse(json)).toEqual({ [raw]: [raw, 1] });
        const lines = json.split("\n");
        expect(lines).toHaveLength(indent === 0 ? 2 : 7);
        expect(lines.map(terminalLine)).toEqual(lines);
      }),
    );
    expect(jsonText("a\u202eb\u009b")).toBe('"a\\u202eb\\u009b"\n');
  });

  it("has a list of numbers in a line, and leaves strings that look like one as they are", () => {
    const value = { mask: [0, -1.5, 1e-7, 2e21], mixed: [1, "2"], text: "[ 1, 2 ]", none: [] };
    const json = jsonText(value);
    expect(json).toContain('"mask": [0, -1.5, 1e-7, 2e+21]');
    expect(json.split("\n")).toHaveLength(10);
    expect(JSON.parse(json)).toEqual(value);
    expect(jsonText([[1, 2], [3]])).toBe("[\n [1, 2],\n [3]\n]\n");
  });
});

describe("a text within XML", () => {
  it("has no sign that means something, and no character that XML does not allow", () => {
    fc.assert(
      fc.property(text, (raw) => {
        const rest = xmlText(raw).replaceAll(/&(amp|lt|gt|quot);/g, "x");
        expect(rest).not.toMatch(/[&<>"\p{Cc}\p{Cs}]/u);
      }),
    );
    expect(xmlText('<a b="&">\u0007')).toBe("&lt;a b=&quot;&amp;&quot;&gt;\\u{7}");
  });
});

describe("a table as CSV", () => {
  it("gives back every value, with a mark before what would be a formula", () => {
    const cell = fc.oneof(text, fc.double({ noNaN: true }), fc.integer());
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, (rows) => {
        const read = csvParseRows(csvTable(rows));
        expect(read).toHaveLength(rows.length);
        for (const [i, row] of rows.entries()) {
          for (const [j, value] of row.entries()) {
            const own = read[i][j];
            expect([String(value), `'${String(value)}`]).toContain(own);
            if (typeof value === "number") expect(own).toBe(String(value));
            const isNumber = own !== "" && /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(own);
            if (!isNumber && typeof value === "string") expect(own).not.toMatch(/^[=+\-@\t\r]/);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["=1+1", "'=1+1"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ["+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
    ["-2+3", "'-2+3"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", `"'\r=1"`],
    [" =1", "' =1"],
    ["-0.1", "-0.1"],
    ["+1.5e-3", "+1.5e-3"],
    [-0.1, "-0.1"],
    [1e-7, "1e-7"],
    ["conv1", "conv1"],
    ["a,b", '"a,b"'],
    ['say "so"', '"say ""so"""'],
    [null, ""],
    ["", ""],
  ] as const)("holds %j as %s", (value, field) => {
    expect(csvField(value)).toBe(field);
  });
});

describe("a text as Markdown", () => {
  it("has no character that means something without a backslash before it", () => {
    fc.assert(
      fc.property(text, (raw) => {
        const markdown = markdownText(raw);
        const rest = markdown.replaceAll(/\\[\\&<>[\]!`*_~|$#+\-.)]|&#\d+;/g, "x");
        expect(rest).not.toMatch(/[\\&<>[\]!`*_~|$\n\r]|:\/\/|www\.|@/i);
        expect(rest).not.toMatch(/^\s*(#|[+-]|\d+[.)])/);
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves common names as they are, and disarms the others", () => {
    const adapter = "SwiftShader Device (Subzero), driver 5.0.0 (0x0000c0de)";
    expect(markdownText(adapter)).toBe(adapter);
    expect(markdownText("<img src=x>")).toBe("\\<img src=x\\>");
    expect(markdownText("![x](https://e.test/p)")).toBe("\\!\\[x\\](https&#58;//e.test/p)");
    expect(markdownText("a | b\n# c")).toBe("a \\| b\\u{a}# c".replace("\\u", "\\\\u"));
  });
});

describe("a word for the shell", () => {
  it("is that word to bash, whatever it holds", () => {
    const words = fc.sample(text, { numRuns: 400, seed: 5 }).map((word) =>
      // No argument holds a zero byte, nor half a character.
      word.replaceAll(/\0|\p{Cs}/gu, ""),
    );
    const script = `printf '%s\\0' ${shellCommand(words)}`;
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    const out = execFileSync("bash", ["-c", script], { encoding: "utf8", env });
    expect(out.split("\0").slice(0, -1)).toEqual(words);
  });

  it("is bare where it can be, and has nothing that is not seen", () => {
    expect(shellWord("runs/signs-1")).toBe("runs/signs-1");
    expect(shellWord("--resume")).toBe("--resume");
    expect(shellWord("")).toBe("''");
    expect(shellWord("few digits")).toBe("'few digits'");
    expect(shellWord("it's $(rm)")).toBe("'it'\\''s $(rm)'");
    expect(shellWord("~")).toBe("'~'");
    expect(shellWord("a\nb\u202e")).toBe("$'a\\u000ab\\u202e'");
    fc.assert(
      fc.property(text, (raw) => {
        expect(terminalLine(shellWord(raw))).toBe(shellWord(raw));
      }),
    );
  });
});
