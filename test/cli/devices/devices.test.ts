/** `badnets devices`, in a process of its own. */
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { badnets } from "../spawned.ts";

describe("the list of devices", () => {
  it("names the CPU's with its limits, and says of a missing GPU that it is missing", async () => {
    const { status, stdout, stderr } = await badnets(["devices"], tmpdir());
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^gpu {2,}\S/m);
    expect(stdout).toMatch(/^swiftshader {2,}.*SwiftShader/m);
    expect(stdout).toMatch(/largest buffer \d+ MiB, largest binding \d+ MiB/);
  });
});
