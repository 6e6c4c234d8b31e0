/** Reads from a shader's text what the host needs: bindings by name and workgroup sizes. */

export interface Binding {
  readonly index: number;
  readonly kind: "uniform" | "read" | "read_write";
}

export interface EntryPoint {
  /** Threads of a workgroup along x; every kernel here is one-dimensional within its workgroup. */
  readonly workgroupSize: number;
}

export interface Shader {
  /** The file's stem, for example "conv2d". */
  readonly name: string;
  /** The whole WGSL: the file itself, then the files of shaders/lib that it uses. */
  readonly code: string;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly entryPoints: ReadonlyMap<string, EntryPoint>;
}

const bindingPattern =
  /@group\(0\)\s*@binding\((\d+)\)\s*var<(uniform|storage)(?:,\s*(read|read_write))?>\s*(\w+)/g;
const entryPattern = /@compute\s*@workgroup_size\((\w+)\)\s*fn\s+(\w+)/g;

/**
 * Parses a WGSL file. Library files are appended, so that line numbers in messages about the file
 * itself stay true.
 */
export function shader(name: string, source: string, ...library: string[]): Shader {
  const code = [source, ...library].join("\n");
  const bindings = new Map<string, Binding>();
  for (const [, index, space, access, label] of code.matchAll(bindingPattern)) {
    const kind = space === "uniform" ? "uniform" : access === "read_write" ? "read_write" : "read";
    bindings.set(label, { index: Number(index), kind });
  }
  const entryPoints = new Map<string, EntryPoint>();
  for (const [, size, label] of code.matchAll(entryPattern)) {
    entryPoints.set(label, { workgroupSize: constant(code, size) });
  }
  return { name, code, bindings, entryPoints };
}

/** The value of a number or of a `const NAME = 64u;` in the shader. */
function constant(code: string, text: string): number {
  if (/^\d+u?$/.test(text)) return Number.parseInt(text);
  const value = new RegExp(`const ${text} = (\\d+)u;`).exec(code)?.[1];
  if (value === undefined)
    throw new Error(`workgroup size ${text} is not a constant of the shader`);
  return Number(value);
}
