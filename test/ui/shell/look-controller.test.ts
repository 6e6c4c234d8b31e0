/** Who looks on sees what is new, at once where the reader asks, and leaves training its time. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LookController, type Sight } from "../../../src/ui/shell/look-controller.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LOOK_MS = 20;

/** A look takes a while; `fails` makes the next ones fail. */
function setUp() {
  const seen: string[] = [];
  const errors: unknown[] = [];
  const failing = { error: null as Error | null };
  const controller = new LookController<string>(
    { leastMilliseconds: 300, share: 0.04 },
    async (request) => {
      seen.push(request);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (failing.error) throw failing.error;
    },
    (error) => errors.push(error),
  );
  const sight = (request: string, version = "1", training = false): Sight<string> => ({
    request: `${request} ${version}`,
    key: request,
    version,
    training,
  });
  return { controller, seen, errors, failing, sight };
}

describe("a look", () => {
  it("is taken once of the same thing, and again when the network is another", async () => {
    const { controller, seen, sight } = setUp();
    for (let i = 0; i < 3; i++) controller.update(sight("7"));
    await vi.advanceTimersByTimeAsync(2000);
    expect(seen).toEqual(["7 1"]);
    controller.update(sight("7", "2"));
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toEqual(["7 1", "7 2"]);
  });

  it("that the reader asks for does not wait, and takes the place of those asked for before", async () => {
    const { controller, seen, sight } = setUp();
    controller.update(sight("7", "1", true));
    controller.update(sight("2", "1", true));
    controller.update(sight("1", "1", true));
    await vi.advanceTimersByTimeAsync(LOOK_MS + 1);
    expect(seen).toEqual(["7 1", "1 1"]);
  });

  it("takes no more than its share of the time while a run goes on, and comes soon after", async () => {
    const { controller, seen, sight } = setUp();
    controller.update(sight("7", "1", true));
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    controller.update(sight("7", "2", true));
    // 4 % of 500 ms are 20.
    await vi.advanceTimersByTimeAsync(470);
    expect(seen).toEqual(["7 1"]);
    await vi.advanceTimersByTimeAsync(20);
    expect(seen).toEqual(["7 1", "7 2"]);
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    controller.update(sight("7", "3", false));
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toEqual(["7 1", "7 2", "7 3"]);
  });

  it("that fails is told of, unless it was ended, or of a network that is gone by now", async () => {
    const { controller, errors, failing, sight } = setUp();
    failing.error = new Error("nothing to be seen");
    controller.update(sight("7"));
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    controller.update(sight("7", "2"));
    await vi.advanceTimersByTimeAsync(301);
    expect(errors).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(errors).toEqual([failing.error]);
    for (const name of ["Cancelled", "GpuError"]) {
      failing.error = Object.assign(new Error("gone"), { name });
      controller.update(sight("7", name));
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(errors).toHaveLength(1);
  });

  it("is not taken where there is nothing to be seen", async () => {
    const { controller, seen } = setUp();
    controller.update(null);
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen).toEqual([]);
  });
});
