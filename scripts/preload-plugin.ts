/** The first page's code is fetched beside the app's, not when the app has begun and asks for it. */
import type { Plugin } from "vite";

/** @param page its module, as seen from the project */
export function preloadPlugin(page: string): Plugin {
  return {
    name: "preload-first-page",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html, { bundle = {} }) => {
        const chunks = Object.values(bundle).filter((one) => one.type === "chunk");
        const first = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(page));
        if (!first) throw new Error(`${page} has no chunk of its own to preload`);
        const files = [first.fileName, ...first.imports].filter((file) => !html.includes(file));
        return files.map((file) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, href: `./${file}` },
          injectTo: "head",
        }));
      },
    },
  };
}
