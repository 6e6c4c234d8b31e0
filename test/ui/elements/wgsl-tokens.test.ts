/** Cutting WGSL into pieces loses nothing, and finds what it should colour. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { functionLines, tokenLines, tokens } from "../../../src/ui/elements/wgsl-tokens.ts";

const folder = join(import.meta.dirname, "../../../shaders");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".wgsl"))
  .map((name) => ({ name, code: readFileSync(join(folder, name), "utf8") }));

describe("tokens", () => {
  it.each(files)("of $name put together are the file", ({ code }) => {
    expect(
      tokens(code)
        .map(({ text }) => text)
        .join(""),
    ).toBe(code);
    const lines = tokenLines(code).map((line) => line.map(({ text }) => text).join(""));
    expect(lines.join("\n")).toBe(code);
  });

  it("know comments, attributes, numbers, keywords, types and builtins", () => {
    const code = "@compute fn f(x: f32) { let y = max(x, 0x1fu) / 2.5e-3; } // fn\n/* 1 */";
    const kinds = tokens(code)
      .filter(({ kind }) => kind !== "other" && kind !== "name")
      .map(({ kind, text }) => `${kind} ${text}`);
    expect(kinds).toEqual([
      "attribute @compute",
      "keyword fn",
      "type f32",
      "keyword let",
      "builtin max",
      "number 0x1fu",
      "number 2.5e-3",
      "comment // fn",
      "comment /* 1 */",
    ]);
  });
});

describe("the lines of a function", () => {
  it("run from its attribute to its last brace", () => {
    const code =
      "const A = 1;\n\n@compute @workgroup_size(64)\nfn step() {\n  if (true) {\n  }\n}\n";
    expect(functionLines(code, "step")).toEqual([2, 6]);
    expect(functionLines(code, "stop")).toBeNull();
  });
});
