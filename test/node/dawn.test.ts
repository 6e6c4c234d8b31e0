/** Dawn: an error that the device reports to nobody in particular does not pass unseen. */
import { expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { openInNode } from "../../src/node/webgpu.ts";

it("what the device reports and nobody asked for ends the program with a message", async () => {
  const gpu = await openInNode("null");
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  const thrown = new Promise<Error>((resolve) => process.once("uncaughtException", resolve));
  gpu.device.createBuffer({ label: "odd one", size: 16, usage: 0 });
  const error = await thrown;
  for (const listener of others) process.on("uncaughtException", listener);
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toMatch(/^The GPU reported an error, so that figures would be wrong: .+/);
  expect(error.message).not.toContain("\n");
  gpu.destroy();
});
