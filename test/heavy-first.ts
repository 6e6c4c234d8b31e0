/** The order of the test files: what takes longest first, so that both workers end together. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Folders of tests that train or compile much, the slowest first. */
const heavy = ["models", "studies", "cli", "engine", "training", "layers"];

export class HeavyFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const of = (folder: string) => sorted.filter(({ moduleId }) => folderOf(moduleId) === folder);
    const elements = sorted.filter(({ moduleId }) => moduleId.endsWith("/ui/in-browser.test.ts"));
    const pages = [...of("app"), ...elements];
    const first = heavy.flatMap(of);
    const last = sorted.filter((file) => !pages.includes(file) && !first.includes(file));
    // Two browsers at a time would wait for each other.
    const others = [...first, ...last];
    const pairs = others.flatMap((file, i) => [...pages.slice(i, i + 1), file]);
    return [...pairs, ...pages.slice(others.length)];
  }
}

/** The folder right below test that a file lies in. */
function folderOf(path: string): string {
  return path.split("/test/").at(-1)!.split("/")[0];
}
