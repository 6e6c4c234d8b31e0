/** Build, development server and the server of the production build. */
import { defineConfig } from "vite";
import { cssPlugin } from "./scripts/css-plugin.ts";
import { mnistPlugin } from "./scripts/mnist-plugin.ts";
import { offlinePlugin } from "./scripts/offline-plugin.ts";
import { preloadPlugin } from "./scripts/preload-plugin.ts";
import { resultsPlugin } from "./scripts/results-plugin.ts";
import { policyPlugin, securityHeaders } from "./scripts/security-headers.ts";
import { signsPlugin } from "./scripts/signs-plugin.ts";

const hasDisplay =
  process.platform !== "linux" || Boolean(process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"]);

export default defineConfig({
  base: "./",
  plugins: [
    policyPlugin(),
    cssPlugin(),
    mnistPlugin(),
    resultsPlugin(),
    signsPlugin(),
    preloadPlugin("/src/ui/digits/digits-page.ts"),
    offlinePlugin(),
  ],
  build: { target: "es2023", outDir: "dist", chunkSizeWarningLimit: 1000, sourcemap: true },
  worker: { format: "es" },
  server: { port: 5173, headers: { ...securityHeaders } },
  preview: {
    port: 4173,
    strictPort: true,
    open: hasDisplay && !process.env["CI"],
    headers: { ...securityHeaders },
  },
});
