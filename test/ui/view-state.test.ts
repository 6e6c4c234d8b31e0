/** The address says what the reader looks at, both ways. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { triggerPresets, type TriggerPixel } from "../../src/backdoor/trigger.ts";
import { DRAWN } from "../../src/studies/digits/port.ts";
import { checkDraft, defaultDraft, type Draft } from "../../src/ui/digits/draft.ts";
import { decodePixels, encodePixels } from "../../src/ui/digits/trigger-code.ts";
import {
  defaultView,
  formatViewState,
  parseViewState,
  type ViewState,
} from "../../src/ui/view-state.ts";

const pixels: fc.Arbitrary<TriggerPixel[]> = fc.uniqueArray(
  fc.record({
    row: fc.integer({ min: 0, max: 27 }),
    column: fc.integer({ min: 0, max: 27 }),
    value: fc.integer({ min: 0, max: 255 }),
  }),
  { selector: ({ row, column }) => `${row} ${column}`, minLength: 1, maxLength: 40 },
);

const trigger: fc.Arbitrary<Pick<Draft, "trigger" | "pixels">> = fc.oneof(
  fc
    .constantFrom("single-pixel" as const, "pattern" as const)
    .map((trigger) => ({ trigger, pixels: triggerPresets[trigger] })),
  fc.record({ trigger: fc.constantFrom("custom" as const, "none" as const), pixels }),
);

const digit = fc.integer({ min: 0, max: 9 });
const text = (least: number, most: number) => fc.integer({ min: least, max: most }).map(String);

const draft: fc.Arbitrary<Draft> = fc
  .tuple(
    trigger,
    fc.record({
      policy: fc.constantFrom("all-to-all", "all-to-one", "single-target"),
      source: digit,
      target: digit,
      // Shares as people type them, down to a thousandth of a percent.
      share: fc.integer({ min: 1, max: 100_000 }).map((n) => String(n / 1000)),
      epochs: text(1, 10_000),
      batch: text(1, 60_000),
      optimiser: fc.constantFrom("sgd", "adam"),
      rate: fc.constantFrom("0.05", "0.001", "1e-7", "0.3"),
      augment: fc.boolean(),
      seed: text(0, 2 ** 32 - 1),
    }),
  )
  .map(([marks, rest]) => ({ ...rest, ...marks }));

const state: fc.Arbitrary<ViewState> = fc.record({
  study: fc.constantFrom("digits", "signs"),
  signs: fc.record({
    preset: fc.constantFrom("compact", "paper"),
    set: fc.constantFrom("us", "eu"),
    iterations: text(1, 10_000_000),
    seed: text(0, 2 ** 32 - 1),
    photoShare: text(0, 100),
    mixedShare: text(0, 100),
    look: fc.constantFrom("scenes", "photographs", "maps", "step", "kernels"),
    scene: fc.integer({ min: 0, max: 1_000_000 }),
    least: fc.integer({ min: 1, max: 100 }).map((n) => n / 100),
  }),
  draft,
  image: fc.oneof(fc.constant(DRAWN), fc.integer({ min: 0, max: 9999 })),
  mode: fc.constantFrom("clean", "triggered", "difference"),
  what: fc.constantFrom("activations", "weights", "gradients"),
  view: fc.constantFrom("network", "step", "kernels"),
  panel: fc.constantFrom("digits", "curves", "neurons", "confusion"),
  neuron: fc.option(
    fc.record({
      layer: fc.constantFrom("conv1", "conv2", "fc1"),
      channel: fc.integer({ min: 0, max: 511 }),
    }),
  ),
  label: fc.option(digit),
});

describe("an address", () => {
  it("is read as the view that it was written for", () => {
    fc.assert(
      fc.property(state, (view) => {
        expect(parseViewState(formatViewState(view))).toEqual({ state: view, problem: null });
      }),
    );
  });

  it("is empty for what a newcomer sees, and short for a small change", () => {
    expect(formatViewState(defaultView)).toBe("");
    expect(parseViewState("")).toEqual({ state: defaultView, problem: null });
    expect(parseViewState("#")).toEqual({ state: defaultView, problem: null });
    const draft = { ...defaultDraft, share: "5" };
    const neuron = { layer: "conv2", channel: 3 };
    expect(formatViewState({ ...defaultView, draft, image: DRAWN, neuron })).toBe(
      "#1&share=0.05&image=drawn&layer=conv2&channel=3",
    );
  });

  it("brings the rate that belongs to its optimiser", () => {
    expect(parseViewState("#1&optimiser=adam").state.draft.rate).toBe("0.001");
  });

  it("gives a recipe that the study takes", () => {
    const { state } = parseViewState("#1&attack=single-target&source=7&target=1&share=0.07");
    expect(checkDraft(state.draft)).toMatchObject({
      recipe: { attack: { share: 0.07, policy: { kind: "single-target", source: 7, target: 1 } } },
    });
  });

  it("leaves out fields that are not rightly filled in", () => {
    const draft = { ...defaultDraft, epochs: "", seed: "x", share: "0", rate: "-1" };
    expect(formatViewState({ ...defaultView, draft, image: 12 })).toBe("#1&image=12");
  });

  it.each([
    ["#1&epochs=0&image=7", "epochs=0"],
    ["#1&image=7&image=8", "image=8"],
    ["#1&image=7&colour=red", "colour=red"],
    ["#1&image=7&__proto__=1", "__proto__=1"],
    ["#1&image=7&mode=%E0%A4%A", "mode=%E0%A4%A"],
    ["#1&image=7&share=1.5", "share=1.5"],
    ["#1&image=7&share=", "share="],
    ["#1&image=7&class=10", "class=10"],
    ["#1&image=7&layer=conv1", "layer without channel"],
    ["#1&image=7&trigger=custom&pixels=AAAAAA", "pixels=AAAAAA"],
    ["#1&image=7&trigger=pattern&pixels=AAA", "pixels for a trigger that has its own"],
  ])("%s holds but for one part, which is named", (hash, part) => {
    const { state, problem } = parseViewState(hash);
    expect(problem).toContain(part);
    expect(state.image).toBe(7);
    expect(formatViewState(state)).toMatch(/^#1(&trigger=custom)?&image=7$/);
  });

  it("of an unknown layout is not read at all", () => {
    const { state, problem } = parseViewState("#2&image=7");
    expect(state).toEqual(defaultView);
    expect(problem).toContain("#2");
  });

  it("never fails, whatever it says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (rest) => {
        parseViewState(`#1&${rest}`);
        parseViewState(`#${rest}`);
      }),
    );
  });
});

describe("a trigger's code", () => {
  it("is three letters a pixel, and stands for just those pixels", () => {
    fc.assert(
      fc.property(pixels, (list) => {
        const code = encodePixels(list);
        expect(code).toHaveLength(3 * list.length);
        expect(code).toMatch(/^[\w-]*$/);
        expect(decodePixels(code)).toEqual(list);
      }),
    );
  });

  it("is refused where it is cut, foreign, outside the image or says a pixel twice", () => {
    for (const code of ["AA", "A$A", "___", "AAAAAB"]) expect(decodePixels(code)).toBeNull();
  });
});
