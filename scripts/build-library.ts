/**
 * `npm run build:library [-- FOLDER]`: the library as a package of its own, in dist-library unless another folder is
 * given. It has the kernels in it and none of what the app, its command line and their data need.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "vite";

const root = resolve(import.meta.dirname, "..");
const folder = resolve(process.argv[2] ?? join(root, "dist-library"));

/** What can be imported, and from which source. */
const entries = {
  ".": { name: "index", source: "src/index.ts" },
  "./node": { name: "node", source: "src/node/dawn.ts" },
} as const;

/** Imported by the package, not part of it. */
const dependencies = ["valibot"] as const;
const optional = ["webgpu"] as const;

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

await bundle();
await declareTypes();
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;
await writeFile(join(folder, "package.json"), `${JSON.stringify(packageOf(manifest), null, 2)}\n`);
for (const file of ["LICENSE", "LICENSES.md"]) await copyFile(join(root, file), join(folder, file));
await copyFile(join(root, "docs/library.md"), join(folder, "README.md"));

async function bundle(): Promise<void> {
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "error",
    build: {
      target: "es2023",
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      lib: {
        entry: Object.fromEntries(
          Object.values(entries).map(({ name, source }) => [name, join(root, source)]),
        ),
        formats: ["es"],
      },
      rollupOptions: { external: [...dependencies, ...optional] },
    },
  });
}

/** Writes the declarations of all that the entries reach. */
async function declareTypes(): Promise<void> {
  const scratch = await mkdtemp(join(root, "node_modules/.library-"));
  try {
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: join(root, "src"),
        outDir: join(folder, "types"),
      },
      include: [],
      files: Object.values(entries).map(({ source }) => join(root, source)),
    };
    await writeFile(join(scratch, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await promisify(execFile)(process.execPath, [tsc, "-p", scratch]);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

function packageOf({ version, dependencies: versions, ...rest }: Manifest) {
  const { name, description, license, type, engines } = rest as Record<string, unknown>;
  const pick = (names: readonly string[], range = "") =>
    Object.fromEntries(names.map((one) => [one, `${range}${versions[one]}`]));
  return {
    name,
    version,
    description,
    license,
    private: true,
    type,
    engines,
    exports: Object.fromEntries(
      Object.entries(entries).map(([path, { name, source }]) => [
        path,
        {
          types: `./types/${source.replace(/^src\/(.*)\.ts$/, "$1.d.ts")}`,
          default: `./${name}.js`,
        },
      ]),
    ),
    files: ["*.js", "*.map", "types", "LICENSES.md"],
    dependencies: pick(dependencies),
    peerDependencies: pick(optional, "^"),
    peerDependenciesMeta: Object.fromEntries(optional.map((one) => [one, { optional: true }])),
  };
}
