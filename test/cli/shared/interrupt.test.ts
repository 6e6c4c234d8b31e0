/** Signals while something works: one wish however often it arrives at once, and a second a while later. */
import { afterEach, expect, it, vi } from "vitest";
import { untilInterrupted } from "../../../src/cli/shared/interrupt.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

it("tells the work to stop once, and ends the program at a second wish only", async () => {
  const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as never);
  let now = 5000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const said: string[] = [];
  let stops = 0;
  let end = () => {};
  const before = process.listenerCount("SIGTERM");
  const work = untilInterrupted(
    () => stops++,
    { line: (text) => said.push(text) },
    () => new Promise<string>((done) => (end = () => done("saved"))),
  );
  process.emit("SIGTERM");
  now += 40;
  process.emit("SIGTERM");
  now += 400;
  process.emit("SIGINT");
  expect([stops, said.length, exit.mock.calls.length]).toEqual([1, 1, 0]);
  expect(said[0]).toContain("Stopping and saving");
  now += 1000;
  process.emit("SIGINT");
  expect(exit).toHaveBeenCalledExactlyOnceWith(130);
  end();
  expect(await work).toBe("saved");
  expect(process.listenerCount("SIGTERM")).toBe(before);
});
