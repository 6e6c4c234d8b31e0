/** Scratch memory is shared by tensors whose live ranges don't overlap, and by no others. */
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DispatchSpec } from "../../src/gpu/dispatch.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { assignSlots, describeMemory, shareMemory } from "../../src/gpu/memory.ts";
import type { Tensor } from "../../src/gpu/tensor.ts";
import { openInNode } from "../../src/node/webgpu.ts";

const liveRange = fc
  .tuple(fc.nat(30), fc.nat(10))
  .map(([first, length]) => [first, first + length] as const);
const item = fc.record({
  byteLength: fc.integer({ min: 4, max: 4000 }),
  liveRanges: fc
    .dictionary(fc.constantFrom("0", "1"), liveRange, { minKeys: 1 })
    .map((lists) => new Map(Object.entries(lists).map(([list, range]) => [Number(list), range]))),
});

describe("slots", () => {
  it("are never shared by two that live at the same time", () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), (items) => {
        const slots = assignSlots(items);
        expect(slots).toHaveLength(items.length);
        for (const [i, a] of items.entries()) {
          for (const [j, b] of items.entries()) {
            if (i === j || slots[i] !== slots[j]) continue;
            for (const [list, [first, last]] of a.liveRanges) {
              const [otherFirst, otherLast] = b.liveRanges.get(list) ?? [Infinity, -Infinity];
              expect(last < otherFirst || otherLast < first).toBe(true);
            }
          }
        }
      }),
    );
  });

  it("are shared along a chain: a forward pass alone needs two", () => {
    const chain = Array.from({ length: 6 }, (_, i) => ({
      byteLength: 100 - i,
      liveRanges: new Map([[0, [i, i + 1] as const]]),
    }));
    expect(new Set(assignSlots(chain)).size).toBe(2);
  });
});

describe("scratch tensors", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openInNode("null");
  });
  afterAll(() => gpu.destroy());

  const spec = (reads: Tensor[], writes: Tensor[]) =>
    ({
      reads: Object.fromEntries(reads.entries()),
      writes: Object.fromEntries(writes.entries()),
    }) as unknown as DispatchSpec;

  it("take no memory until it is decided where they lie", () => {
    const scope = gpu.scope();
    const own = scope.tensor("own", [8]);
    const [a, b, c] = [100, 60, 80].map((length, i) => scope.scratch(`t${i}`, [length]));
    expect(scope.bytes).toBe(32);
    const slice: Tensor = { ...b, shape: [30], offset: 120, byteLength: 120 };
    const plan = shareMemory(
      scope,
      [[spec([own], [a]), spec([a], [b]), spec([slice], [c]), spec([c], [own])]],
      [],
    );
    // a and c never live at the same time; b lives with both.
    expect(plan).toEqual({ apart: 960, shared: 640 });
    expect(c.memory.buffer).toBe(a.memory.buffer);
    expect(slice.memory).toBe(b.memory);
    expect(b.memory.buffer).not.toBe(a.memory.buffer);
    expect(scope.bytes).toBe(32 + 640);
    scope.destroy();
  });

  it("that are read after a list keep what they hold, in every list", () => {
    const scope = gpu.scope();
    const [a, b, c] = [10, 10, 10].map((length, i) => scope.scratch(`t${i}`, [length]));
    const lists = [
      [spec([], [a]), spec([], [b]), spec([b], [c])],
      [spec([], [b]), spec([b], []), spec([], [c])],
    ];
    // b and c live together in the first list, a to its end; in the second they would have had room.
    const plan = shareMemory(scope, lists, [a]);
    expect(plan).toEqual({ apart: 120, shared: 120 });
    expect(new Set([a, b, c].map(({ memory }) => memory.buffer)).size).toBe(3);
    scope.destroy();
  });

  it("that nothing has written in a list are no scratch there", () => {
    const scope = gpu.scope();
    const [a, b] = [10, 10].map((length, i) => scope.scratch(`t${i}`, [length]));
    expect(() => shareMemory(scope, [[spec([], [a])], [spec([a], [b])]], [])).toThrow(
      "t0 is read before anything in its list has written it",
    );
    scope.destroy();
  });

  it("get memory of their own where nothing was planned", () => {
    const scope = gpu.scope();
    const a = scope.scratch("a", [10]);
    scope.write(a, new Float32Array(10));
    expect(scope.bytes).toBe(40);
    scope.destroy();
  });
});

it("says what sharing saves", () => {
  expect(describeMemory(40 * 2 ** 20, null)).toBe("40 MiB on the GPU");
  expect(describeMemory(40 * 2 ** 20, { apart: 30 * 2 ** 20, shared: 9 * 2 ** 20 })).toBe(
    "40 MiB on the GPU, 9 MiB of it shared by activations of 30 MiB",
  );
});
