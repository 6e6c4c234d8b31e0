/** Keys do what the table says, and stay out of the way of typing. */
import { describe, expect, it } from "vitest";
import {
  bindShortcuts,
  keysOf,
  noKeys,
  shortcutFor,
  shortcuts,
  type Action,
  type Place,
  type Press,
} from "../../../src/ui/shell/shortcuts.ts";

const place = (tag: string, change: Partial<Place> = {}): Place => ({
  tag,
  role: null,
  type: null,
  editable: false,
  ...change,
});

function press(key: string, change: Partial<Press> = {}): Press {
  return {
    key,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    repeat: false,
    defaultPrevented: false,
    byPointer: false,
    path: [place("body")],
    ...change,
  };
}

const kind = (key: string, change: Partial<Press> = {}) =>
  shortcutFor(press(key, change))?.action.kind ?? null;

/** A key event as it arrives at the window: what it was pressed in is a list of stand-ins. */
class KeyEvent extends Event {
  readonly ctrlKey = false;
  readonly altKey = false;
  readonly metaKey = false;
  readonly repeat = false;
  constructor(
    readonly key: string,
    private readonly path: readonly Place[] = [],
  ) {
    super("keydown", { cancelable: true });
  }
  override composedPath(): EventTarget[] {
    return this.path.map(
      ({ tag, role, type, editable }) =>
        ({
          localName: tag,
          isContentEditable: editable,
          getAttribute: (name: string) => (name === "role" ? role : type),
        }) as unknown as EventTarget,
    );
  }
}

describe("the table of keys", () => {
  it("has every key once, and a text for each", () => {
    const keys = shortcuts.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { text, shown } of shortcuts) expect(text && shown).not.toBe("");
  });

  it("takes letters in either case and knows its digits", () => {
    expect(kind("k")).toBe("step");
    expect(kind("K")).toBe("step");
    expect(kind("?")).toBe("help");
    expect(shortcutFor(press("4"))?.action).toEqual({ kind: "panel", number: 4 });
    expect(kind("q")).toBeNull();
    expect(kind("Enter")).toBeNull();
  });
});

describe("the list of a page", () => {
  it("names what its digits open, and leaves out what the page has not", () => {
    const panels = ["Scenes", "Photographs"];
    const words = { "next digit": "scenes after" };
    const list = keysOf({ kinds: ["digit", "help"], panels, words });
    expect(list.map(({ shown, text }) => [shown, text])).toEqual([
      ["←", "previous digit"],
      ["→", "scenes after"],
      ["1", "Scenes"],
      ["2", "Photographs"],
      ["?", "this list"],
    ]);
    expect(keysOf(noKeys).map(({ shown }) => shown)).toEqual(["?", "Esc"]);
  });
});

describe("a key", () => {
  it("belongs to whoever types in a field, a list or a dialog", () => {
    const fields = [
      place("input"),
      place("input", { type: "number" }),
      place("textarea"),
      place("select"),
      place("dialog"),
      place("div", { editable: true }),
    ];
    for (const field of fields) {
      for (const { key } of shortcuts) {
        expect(kind(key, { path: [field, place("body")] })).toBeNull();
      }
    }
  });

  it("with Ctrl, Alt or the command key is the browser's", () => {
    for (const modifier of ["ctrlKey", "altKey", "metaKey"]) {
      expect(kind("r", { [modifier]: true })).toBeNull();
    }
  });

  it("that something else has dealt with is left alone", () => {
    expect(kind("t", { defaultPrevented: true })).toBeNull();
  });

  it("that presses the focused button or moves in the focused map does only that", () => {
    expect(kind(" ", { path: [place("button")] })).toBeNull();
    expect(kind("k", { path: [place("button")] })).toBe("step");
    const map = [place("canvas", { role: "application" })];
    for (const key of [" ", "ArrowLeft", "ArrowRight"]) expect(kind(key, { path: map })).toBeNull();
    expect(kind("k", { path: map })).toBe("step");
    const slider = [place("input", { type: "range" })];
    expect(kind("ArrowLeft", { path: slider })).toBeNull();
    expect(kind("t", { path: slider })).toBe("trigger");
  });

  it("is the page's again where a button, a tab or a switch was but clicked", () => {
    const but = (...path: Place[]) => ({ byPointer: true, path: [...path, place("body")] });
    expect(kind(" ", but(place("button")))).toBe("play");
    expect(kind("ArrowRight", but(place("button", { role: "tab" }), place("div")))).toBe("digit");
    expect(kind("ArrowLeft", but(place("input", { type: "radio" }), place("label")))).toBe("digit");
    // What is drawn on, dragged or typed in keeps its keys.
    expect(kind(" ", but(place("canvas", { role: "application" })))).toBeNull();
    expect(kind("ArrowLeft", but(place("input", { type: "range" })))).toBeNull();
    expect(kind(" ", but(place("input", { type: "number" })))).toBeNull();
  });

  it("held down steps on and on, but switches once", () => {
    expect(kind("k", { repeat: true })).toBe("step");
    expect(kind("ArrowRight", { repeat: true })).toBe("digit");
    expect(kind(" ", { repeat: true })).toBeNull();
    expect(kind("x", { repeat: true })).toBeNull();
  });
});

describe("binding", () => {
  it("calls for each shortcut, keeps the browser from acting on it too, and ends", () => {
    const target = new EventTarget();
    const seen: Action["kind"][] = [];
    const unbind = bindShortcuts(target, (action) => {
      seen.push(action.kind);
      return action.kind !== "close";
    });
    const send = (event: KeyEvent) => {
      target.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(send(new KeyEvent(" "))).toBe(true);
    expect(send(new KeyEvent("n"))).toBe(true);
    expect(send(new KeyEvent("Escape"))).toBe(false); // there was nothing to close
    expect(send(new KeyEvent("n", [place("input"), place("body")]))).toBe(false);
    unbind();
    expect(send(new KeyEvent("n"))).toBe(false);
    expect(seen).toEqual(["play", "next-neuron", "close"]);
  });
});
