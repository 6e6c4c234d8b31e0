/** A Vite plugin that builds the service worker and tells it the build's files and their digests. */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { MNIST_FOLDER } from "../src/data/fetch-mnist.ts";

const SCRIPT = "service-worker.js";

/** Adds `service-worker.js` to the build; development has none, so that nothing stale is shown. */
export function offlinePlugin(): Plugin {
  return {
    name: "offline",
    apply: "build",
    buildStart() {
      const id = resolve(import.meta.dirname, "../src/service-worker.ts");
      this.emitFile({ type: "chunk", id, fileName: SCRIPT });
    },
    // After everything has been written, so that the list holds what will be published; source maps are for
    // developer tools, which fetch them when they are open.
    async writeBundle({ dir }) {
      const app: Record<string, string> = {};
      const data: Record<string, string> = {};
      const entries = await readdir(dir!, { recursive: true, withFileTypes: true });
      const files = entries
        .filter(({ name }) => name !== SCRIPT && !name.endsWith(".map"))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      for (const file of files.sort()) {
        const path = relative(dir!, file).replaceAll("\\", "/");
        const kind = path.startsWith(`${MNIST_FOLDER}/`) ? data : app;
        // Hosts answer for the folder with its page, and some of them only for the folder.
        kind[path === "index.html" ? "" : path] = integrity(await readFile(file));
      }
      const script = join(dir!, SCRIPT);
      const code = await readFile(script, "utf8");
      const built = code.replace("BUILD_FILES", () => JSON.stringify({ app, data }));
      if (built === code) throw new Error(`${SCRIPT} has no place for the list of files`);
      await writeFile(script, built);
    },
  };
}

/** Subresource integrity; of a gzip file also that of its content, which is what some hosts send. */
function integrity(bytes: Buffer): string {
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return [bytes, ...(gzipped ? [gunzipSync(bytes)] : [])]
    .map((content) => `sha256-${createHash("sha256").update(content).digest("base64")}`)
    .join(" ");
}
