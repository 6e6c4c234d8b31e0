/** A Vite plugin that takes comments and indentation out of the elements' style sheets: browsers need neither. */
import type { Plugin } from "vite";

/** Lines stay where they are, so that source maps stay true. */
export function cssPlugin(): Plugin {
  return {
    name: "css-literals",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!/\/src\/ui\/.*\.ts$/.test(id)) return null;
      return { code: code.replace(/\bcss`[^`]*`/g, plain), map: null };
    },
  };
}

function plain(css: string): string {
  const withoutComments = css.replace(/\/\*.*?\*\//gs, (comment) => comment.replace(/[^\n]/g, ""));
  return withoutComments.replace(/[^\S\n]+/g, " ");
}
