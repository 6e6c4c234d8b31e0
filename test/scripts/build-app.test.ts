/** The build that tests and pictures are taken of empties its folder first: never a project's. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildApp } from "../../scripts/build-app.ts";

it("refuses a folder that holds a project", async () => {
  const folder = mkdtempSync(join(tmpdir(), "badnets-build-"));
  const project = join(folder, "package.json");
  writeFileSync(project, "{}");
  await expect(buildApp(folder)).rejects.toThrow("holds a project");
  expect(existsSync(project)).toBe(true);
  rmSync(folder, { recursive: true });
});
