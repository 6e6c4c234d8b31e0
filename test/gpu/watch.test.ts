/** What never answers is given up after a time in which nothing at all was answered, and only then. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Watch } from "../../src/gpu/watch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MOST = 10;
const never = new Promise<never>(() => {});

/** A watch, and how what it was asked for has ended so far. */
function setUp() {
  const silences: number[] = [];
  const watch = new Watch(MOST, () => {
    silences.push(Date.now());
    return new Error("silent");
  });
  const ends: string[] = [];
  const ask = (answer: Promise<unknown>) => {
    watch.answer(answer).then(
      (value) => ends.push(String(value)),
      (error: Error) => ends.push(error.message),
    );
  };
  return { silences, ends, ask };
}

const seconds = async (count: number) => await vi.advanceTimersByTimeAsync(1000 * count);
const after = async (count: number) =>
  await new Promise((resolve) => setTimeout(resolve, 1000 * count, "answer"));

describe("a watch", () => {
  it("hands on answers and refusals, and leaves no timer behind", async () => {
    const { silences, ends, ask } = setUp();
    ask(after(1));
    ask(Promise.reject(new Error("refused")));
    await seconds(1);
    expect(ends).toEqual(["refused", "answer"]);
    expect(vi.getTimerCount()).toBe(0);
    await seconds(10 * MOST);
    expect(silences).toEqual([]);
  });

  it("gives up all that it waits for at once, and what is asked later as well", async () => {
    const { silences, ends, ask } = setUp();
    ask(never);
    await seconds(MOST / 2);
    ask(never);
    await seconds(MOST / 2 - 1);
    expect(ends).toEqual([]);
    await seconds(1);
    expect(ends).toEqual(["silent", "silent"]);
    ask(never);
    await seconds(0);
    expect(ends).toEqual(["silent", "silent", "silent"]);
    expect(silences).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes any answer for a sign of life, however long the queue behind it", async () => {
    const { silences, ends, ask } = setUp();
    ask(after(5 * MOST));
    for (let piece = 1; piece <= 5; piece++) ask(after(piece * (MOST - 1)));
    await seconds(5 * MOST);
    expect(ends).toEqual(Array(6).fill("answer"));
    expect(silences).toEqual([]);
  });

  it("counts no time in which nobody waited", async () => {
    const { ends, ask } = setUp();
    ask(after(1));
    await seconds(10 * MOST);
    ask(never);
    await seconds(MOST - 1);
    expect(ends).toEqual(["answer"]);
  });

  it("counts no time in which the computer slept, whatever the clocks say after it", async () => {
    const { silences, ask } = setUp();
    ask(never);
    await seconds(MOST - 2);
    // A timer that is overdue by hours comes once.
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    await seconds(1);
    expect(silences).toEqual([]);
    await seconds(1);
    expect(silences).toHaveLength(1);
  });
});
