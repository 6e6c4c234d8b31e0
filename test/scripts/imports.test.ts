/** What the linter does not see of imports: those that are loaded when they are wanted. */
import { dirname, join } from "node:path/posix";
import { describe, expect, it } from "vitest";

const texts = import.meta.glob<string>("/src/**/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** What a source imports from others: at once or later, values or types, as a worker or as itself. */
const imports = new Map(
  Object.entries(texts).map(([path, text]) => {
    const found = text.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"?]+\.ts)[^"]*"/g);
    return [path, [...found].map(([, to]) => join(dirname(path), to))] as const;
  }),
);

/** A way from a source back to itself; null where there is none. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (path: string): string[] | null => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return null;
    way.push(path);
    for (const next of graph.get(path) ?? []) {
      const found = visit(next);
      if (found) return found;
    }
    way.pop();
    done.add(path);
    return null;
  };
  for (const path of graph.keys()) {
    const found = visit(path);
    if (found) return found;
  }
  return null;
}

describe("imports under src", () => {
  it("lead to files that are there", () => {
    const all = [...imports.values()].flat();
    expect(all.length).toBeGreaterThan(1000);
    expect(all.filter((path) => !imports.has(path))).toEqual([]);
  });

  it("go round in no circle, counting types and what is loaded later", () => {
    expect(circle(imports)).toBeNull();
    const round = new Map([
      ["a", ["b"]],
      ["b", ["c", "d"]],
      ["c", []],
      ["d", ["b"]],
    ]);
    expect(circle(round)).toEqual(["b", "d", "b"]);
  });

  it("never lead from one page to another", () => {
    const page = (path: string) => /^\/src\/ui\/(?!shell\/|elements\/)([^/]+)\//.exec(path)?.[1];
    const across = [...imports].flatMap(([from, all]) =>
      all.filter((to) => page(from) && page(to) && page(from) !== page(to)),
    );
    expect(across).toEqual([]);
  });
});
