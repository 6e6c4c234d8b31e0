/** The address says what the reader looks at, both ways. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { triggerPresets, type TriggerPixel } from "../../src/backdoor/trigger.ts";
import { attackChoices, checkDraft, defaultDraft, type Draft } from "../../src/ui/digits/draft.ts";
import { decodePixels, encodePixels } from "../../src/ui/digits/trigger-code.ts";
import { pages } from "../../src/ui/pages.ts";
import { details } from "../../src/ui/signs/address.ts";
import {
  formatAddress,
  initialPlace,
  parseAddress,
  type Place,
} from "../../src/ui/shell/address.ts";

type AppPlace = Place<typeof pages>;
const initial = initialPlace(pages);
const parse = (hash: string) => parseAddress(pages, hash);
const format = (place: AppPlace) => formatAddress(pages, place);
/** The digit page with something of it changed. */
const digits = (part: Partial<AppPlace["views"]["digits"]>): AppPlace => ({
  ...initial,
  views: { ...initial.views, digits: { ...initial.views.digits, ...part } },
});

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
      policy: fc.constantFrom(...attackChoices),
      source: digit,
      target: digit,
      // Shares as people type them, down to a thousandth of a percent.
      share: fc.integer({ min: 1, max: 100_000 }).map((n) => String(n / 1000)),
      negatives: fc.integer({ min: 1, max: 100_000 }).map((n) => String(n / 1000)),
      decoyChannels: text(1, 31),
      decoyUnits: text(1, 511),
      pull: fc.constantFrom("0.5", "1", "100"),
      epochs: text(1, 10_000),
      batch: text(1, 60_000),
      optimiser: fc.constantFrom("sgd", "adam"),
      rate: fc.constantFrom("0.05", "0.001", "1e-7", "0.3"),
      augment: fc.boolean(),
      seed: text(0, 2 ** 32 - 1),
    }),
  )
  .map(([marks, rest]) => ({ ...rest, ...marks }));

/** A digit with some pixel that is not black. */
const drawing = fc
  .uint8Array({ minLength: 784, maxLength: 784 })
  .filter((pixels) => pixels.some((value) => value > 0));

const digitView: fc.Arbitrary<AppPlace["views"]["digits"]> = fc.record({
  draft,
  image: fc.oneof(drawing, fc.integer({ min: 0, max: 9999 })),
  mode: fc.constantFrom("clean", "triggered", "difference"),
  what: fc.constantFrom("activations", "weights", "gradients"),
  tab: fc.constantFrom("network", "step", "kernels"),
  panel: fc.constantFrom("digits", "curves", "neurons", "confusion"),
  neuron: fc.option(
    fc.record({
      layer: fc.constantFrom("conv1", "conv2", "fc1"),
      channel: fc.integer({ min: 0, max: 511 }),
    }),
  ),
  label: fc.option(digit),
});

const hundredths = fc.integer({ min: 0, max: 100 }).map((n) => n / 100);

const signView: fc.Arbitrary<AppPlace["views"]["signs"]> = fc.record({
  preset: fc.constantFrom("compact", "paper"),
  set: fc.constantFrom("us", "eu"),
  iterations: text(1, 10_000_000),
  seed: text(0, 2 ** 32 - 1),
  photoShare: text(0, 100),
  mixedShare: text(0, 100),
  attack: fc.constantFrom("none", "single-target", "random-target"),
  sticker: fc.constantFrom("yellow-square", "bomb", "flower", "own"),
  size: fc.integer({ min: 1, max: 1000 }).map((n) => n / 1000),
  place: fc.tuple(hundredths, hundredths),
  picture: fc.constant(null),
  source: fc.integer({ min: 0, max: 4 }),
  target: fc.integer({ min: 0, max: 4 }),
  poison: text(1, 100),
  lookAlikes: fc.boolean(),
  wear: fc.constantFrom("nothing", "sticker", "alike"),
  tab: fc.constantFrom("scenes", "photographs", "maps", "step", "kernels"),
  scene: fc.integer({ min: 0, max: 1_000_000 }),
  least: fc.integer({ min: 1, max: 100 }).map((n) => n / 100),
  detail: fc.constantFrom(...details),
});

const paperView: fc.Arbitrary<AppPlace["views"]["paper"]> = fc.record({
  section: fc.constantFrom("digits", "signs"),
});

const defencesView: fc.Arbitrary<AppPlace["views"]["defences"]> = fc.record({
  defence: fc.constantFrom("", "clp", "pruning-conv2"),
});

const place: fc.Arbitrary<AppPlace> = fc.record({
  page: fc.constantFrom("digits", "defences", "signs", "paper", "models"),
  views: fc.record({
    digits: digitView,
    defences: defencesView,
    signs: signView,
    paper: paperView,
    models: fc.constant({}),
  }),
});

describe("an address", () => {
  it("is read as the view that it was written for", () => {
    fc.assert(
      fc.property(place, (view) => {
        expect(parse(format(view))).toEqual({ place: view, problem: null });
      }),
    );
  });

  it("is empty for what a newcomer sees, and short for a small change", () => {
    expect(format(initial)).toBe("");
    expect(parse("")).toEqual({ place: initial, problem: null });
    expect(parse("#")).toEqual({ place: initial, problem: null });
    const draft = { ...defaultDraft, share: "5" };
    const neuron = { layer: "conv2", channel: 3 };
    expect(format(digits({ draft, image: new Uint8Array(784).fill(255, 0, 1), neuron }))).toBe(
      "#1&share=0.05&image=drawn.AD_&layer=conv2&channel=3",
    );
  });

  it("names the page, unless it is the first; the paper's also as a view of the digits, as it once was", () => {
    expect(format({ ...initial, page: "paper" })).toBe("#1&study=paper");
    expect(parse("#1&study=signs&scene=6").place).toMatchObject({
      page: "signs",
      views: { signs: { scene: 6 } },
    });
    const old = parse("#1&view=paper&image=7");
    expect(old).toMatchObject({ place: { page: "paper" }, problem: null });
    expect(old.place.views.digits.image).toBe(7);
    // It was the digits' view while the signs were on view.
    expect(parse("#1&study=signs&view=paper")).toMatchObject({
      place: { page: "signs" },
      problem: null,
    });
  });

  it("has no key that stands for two pages", () => {
    const names = Object.values(pages).flatMap(({ address }) => Object.keys(address.keys));
    expect(new Set([...names, "study"]).size).toBe(names.length + 1);
  });

  it("brings the rate that belongs to its optimiser", () => {
    expect(parse("#1&optimiser=adam").place.views.digits.draft.rate).toBe("0.001");
  });

  it("gives a recipe that the study takes", () => {
    const { views } = parse("#1&attack=single-target&source=7&target=1&share=0.07").place;
    expect(checkDraft(views.digits.draft)).toMatchObject({
      recipe: { attack: { share: 0.07, policy: { kind: "single-target", source: 7, target: 1 } } },
    });
  });

  it("leaves out fields that are not rightly filled in", () => {
    const draft = { ...defaultDraft, epochs: "", seed: "x", share: "0", rate: "-1" };
    expect(format(digits({ draft, image: 12 }))).toBe("#1&image=12");
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
    const { place, problem } = parse(hash);
    expect(problem).toContain(part);
    expect(place.views.digits.image).toBe(7);
    expect(format(place)).toMatch(/^#1(&trigger=custom)?&image=7$/);
  });

  it("of an unknown layout is not read at all", () => {
    const { place, problem } = parse("#2&image=7");
    expect(place).toEqual(initial);
    expect(problem).toContain("#2");
  });

  it("is read at once, however long it is", () => {
    for (const key of ["rate", "share", "batch", "layer", "pixels", "least", "nothing"]) {
      for (const letter of ["1", "a", ".", "%"]) {
        const start = performance.now();
        const { problem } = parse(`#1&${key}=${letter.repeat(60_000)}!`);
        expect(performance.now() - start).toBeLessThan(500);
        expect(problem!.length).toBeLessThan(400);
      }
    }
  });

  it.each(["5", "0.05", ".05", "1e-3", "2.5e-4"])("takes %s for a number", (rate) => {
    expect(parse(`#1&rate=${rate}`).problem).toBeNull();
  });

  it.each(["5.", "1.2.3", "", ".", "e5", "--1"])("does not take %j for a number", (rate) => {
    expect(parse(`#1&rate=${rate}`).problem).toContain("rate=");
  });

  it("never fails, whatever it says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (rest) => {
        parse(`#1&${rest}`);
        parse(`#${rest}`);
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
