/** WGSL cut into coloured pieces: enough grammar to read by, none to compile with. */

export type TokenKind =
  "comment" | "attribute" | "number" | "keyword" | "type" | "builtin" | "name" | "other";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const keywords =
  "alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if let loop override requires return struct switch true var while";
const types =
  "array atomic bool f16 f32 i32 u32 vec2 vec3 vec4 vec2f vec3f vec4f vec2u vec3u vec4u vec2i vec3i vec4i mat2x2f mat3x3f mat4x4f ptr storage uniform workgroup function private read read_write";
const builtins =
  "abs all any atomicAdd atomicLoad atomicStore bitcast ceil clamp cos dot exp floor fma log max min mix pow round select sign sin sqrt storageBarrier workgroupBarrier transpose";

const kinds = new Map<string, TokenKind>(
  (
    [
      ["keyword", keywords],
      ["type", types],
      ["builtin", builtins],
    ] as const
  ).flatMap(([kind, words]) => words.split(" ").map((word) => [word, kind] as const)),
);

const pattern =
  /(\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(@\w+)|((?:0x[\da-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)[iufh]?)|([A-Za-z_]\w*)|([^\w@]+?(?=\/\/|\/\*|[@\w]|$)|.)/gs;

/** The pieces put together are the text. */
export function tokens(code: string): Token[] {
  return Array.from(code.matchAll(pattern), ([text, comment, attribute, number, name]): Token => {
    if (comment !== undefined) return { kind: "comment", text };
    if (attribute !== undefined) return { kind: "attribute", text };
    if (number !== undefined) return { kind: "number", text };
    if (name !== undefined) return { kind: kinds.get(text) ?? "name", text };
    return { kind: "other", text };
  });
}

/** Lines of tokens; one that spans lines is cut at their ends. */
export function tokenLines(code: string): Token[][] {
  const lines: Token[][] = [[]];
  for (const { kind, text } of tokens(code)) {
    for (const [i, part] of text.split("\n").entries()) {
      if (i > 0) lines.push([]);
      if (part !== "") lines.at(-1)!.push({ kind, text: part });
    }
  }
  return lines;
}

/** First and last line, from 0, of a function; null when the code has none of that name. */
export function functionLines(code: string, name: string): readonly [number, number] | null {
  const lines = code.split("\n");
  const start = lines.findIndex((line) => new RegExp(`\\bfn\\s+${name}\\s*\\(`).test(line));
  if (start === -1) return null;
  // Functions here end with a brace in the first column.
  const length = lines.slice(start).findIndex((line) => line.startsWith("}"));
  const attribute = lines[start - 1]?.startsWith("@") ? 1 : 0;
  return [start - attribute, length === -1 ? lines.length - 1 : start + length];
}
