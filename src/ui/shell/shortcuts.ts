/** The page's keys: one table that is dispatched by, and shown in the help. */

import type { StepUnit } from "../../studies/port.ts";

/** What a key can ask for. */
export type Action = TimeAction | ViewAction | { readonly kind: "help" };

/** Of a run. */
export type TimeAction =
  | { readonly kind: "play" }
  | { readonly kind: "step"; readonly unit: StepUnit }
  | { readonly kind: "rewind" };

/** Of what is on view. */
export type ViewAction =
  | { readonly kind: "trigger" }
  | { readonly kind: "difference" }
  | { readonly kind: "digit"; readonly by: -1 | 1 }
  | { readonly kind: "next-neuron" }
  | { readonly kind: "switch-neuron" }
  | { readonly kind: "panel"; readonly number: number }
  | { readonly kind: "close" };

export interface Shortcut {
  /** KeyboardEvent.key, letters in lower case. */
  readonly key: string;
  /** The key as it is printed. */
  readonly shown: string;
  readonly text: string;
  readonly group: "Time" | "Picture" | "Neurons" | "Page";
  readonly action: Action;
}

const panel = (number: number): Shortcut => ({
  key: String(number),
  shown: String(number),
  text: `panel ${number}`,
  group: "Page",
  action: { kind: "panel", number },
});

export const shortcuts: readonly Shortcut[] = [
  {
    key: " ",
    shown: "Space",
    text: "start, pause, go on",
    group: "Time",
    action: { kind: "play" },
  },
  {
    key: "k",
    shown: "K",
    text: "one kernel further",
    group: "Time",
    action: { kind: "step", unit: "kernel" },
  },
  {
    key: "l",
    shown: "L",
    text: "one layer further",
    group: "Time",
    action: { kind: "step", unit: "layer" },
  },
  {
    key: "b",
    shown: "B",
    text: "one batch further",
    group: "Time",
    action: { kind: "step", unit: "batch" },
  },
  {
    key: "e",
    shown: "E",
    text: "one epoch further",
    group: "Time",
    action: { kind: "step", unit: "epoch" },
  },
  {
    key: "r",
    shown: "R",
    text: "back to the last checkpoint",
    group: "Time",
    action: { kind: "rewind" },
  },
  {
    key: "t",
    shown: "T",
    text: "trigger on or off",
    group: "Picture",
    action: { kind: "trigger" },
  },
  {
    key: "d",
    shown: "D",
    text: "difference that the trigger makes",
    group: "Picture",
    action: { kind: "difference" },
  },
  {
    key: "ArrowLeft",
    shown: "←",
    text: "previous digit",
    group: "Picture",
    action: { kind: "digit", by: -1 },
  },
  {
    key: "ArrowRight",
    shown: "→",
    text: "next digit",
    group: "Picture",
    action: { kind: "digit", by: 1 },
  },
  { key: "n", shown: "N", text: "next neuron", group: "Neurons", action: { kind: "next-neuron" } },
  {
    key: "x",
    shown: "X",
    text: "switch the selected neuron off or on",
    group: "Neurons",
    action: { kind: "switch-neuron" },
  },
  ...[1, 2, 3, 4, 5].map(panel),
  { key: "?", shown: "?", text: "this list", group: "Page", action: { kind: "help" } },
  { key: "Escape", shown: "Esc", text: "close", group: "Page", action: { kind: "close" } },
];

/** What keys do on a page, to be told there. */
export interface PageKeys {
  /** What it acts on. */
  readonly kinds: readonly Action["kind"][];
  /** Names of what the digits open, in order. */
  readonly panels: readonly string[];
  /** The page's own words for those of the table. */
  readonly words?: Readonly<Record<string, string>>;
}

/** What every study's page acts on. */
export const timeKinds = ["play", "step", "rewind", "help", "close"] as const;

/** A page that has nothing of a study's. */
export const noKeys: PageKeys = { kinds: ["help", "close"], panels: [] };

/** The keys of a page, in its words. */
export function keysOf({ kinds, panels, words = {} }: PageKeys): Shortcut[] {
  return shortcuts.flatMap((shortcut) => {
    const { action, text } = shortcut;
    if (action.kind === "panel") {
      const name = panels.at(action.number - 1);
      return name === undefined ? [] : [{ ...shortcut, text: name }];
    }
    return kinds.includes(action.kind) ? [{ ...shortcut, text: words[text] ?? text }] : [];
  });
}

/** What was pressed, and what it was pressed in, from the innermost element out. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
  readonly defaultPrevented: boolean;
  /** The focus is where a pointer has put it, and not the Tab key. */
  readonly byPointer: boolean;
  readonly path: readonly Place[];
}

/** Of an element, what decides whether keys pressed in it are its own. */
export interface Place {
  /** In lower case. */
  readonly tag: string;
  readonly role: string | null;
  /** Of an input. */
  readonly type: string | null;
  readonly editable: boolean;
}

/** Elements that take all keys for themselves. */
const typing = new Set(["select", "textarea", "dialog"]);
/** Inputs that take no letters, but the space bar or arrows. */
const switches = new Set(["checkbox", "radio", "range", "button", "file", "color"]);
/** Inputs that are but clicked. */
const clicked = new Set(["checkbox", "radio", "button", "file"]);
/** Elements that do something of their own with the space bar. */
const pressable = new Set(["button", "a", "summary", "input"]);
/** Roles whose elements move something with the arrows. */
const movable = new Set(["application", "slider", "tab", "listbox", "option", "radio", "grid"]);

/** Whether a click is all that it is there for: what is clicked keeps no key, what is dragged or drawn on does. */
function isClicked({ tag, role, type }: Place): boolean {
  if (tag === "input") return type !== null && clicked.has(type);
  return role === null || role === "tab" || role === "switch" || !movable.has(role);
}

function takesLetters({ tag, type, editable }: Place): boolean {
  return editable || typing.has(tag) || (tag === "input" && !switches.has(type ?? "text"));
}

/** The shortcut that a press asks for; null where the key belongs to what it was pressed in. */
export function shortcutFor(press: Press): Shortcut | null {
  const { key, ctrlKey, altKey, metaKey, path, defaultPrevented, byPointer } = press;
  if (defaultPrevented || ctrlKey || altKey || metaKey) return null;
  if (path.some(takesLetters)) return null;
  const ownSpace = ({ tag }: Place) => pressable.has(tag);
  if (key === " " && path.some(ownSpace) && !(byPointer && path.every(isClicked))) return null;
  const moves = key === " " || key.startsWith("Arrow");
  const movesOwn = ({ tag, role }: Place) => tag === "input" || (role && movable.has(role));
  if (moves && path.some(movesOwn) && !(byPointer && path.every(isClicked))) return null;
  const wanted = key.length === 1 ? key.toLowerCase() : key;
  const found = shortcuts.find((shortcut) => shortcut.key === wanted) ?? null;
  // A key held down steps on and on, but switches only once.
  const repeats = found?.action.kind === "step" || found?.action.kind === "digit";
  return press.repeat && !repeats ? null : found;
}

/** Something that key presses reach: a window or an element. */
type Target = Pick<EventTarget, "addEventListener" | "removeEventListener">;

/**
 * Calls `act` for every shortcut pressed in `target`, whatever element has the focus.
 * @param act gives false where there is nothing to do, so that the key keeps its usual meaning
 * @returns a function that ends it
 */
export function bindShortcuts(target: Target, act: (action: Action) => boolean | void): () => void {
  let byPointer = false;
  /** The space bar was a shortcut: let go, it presses no button. */
  let spaced = false;
  const onDown = () => (byPointer = true);
  const onUp = (event: Event) => {
    if ((event as KeyboardEvent).key !== " ") return;
    if (spaced) event.preventDefault();
    spaced = false;
  };
  const take = (event: Event, clickedBefore: boolean): boolean => {
    const { key, ctrlKey, altKey, metaKey, repeat, defaultPrevented } = event as KeyboardEvent;
    const path = event.composedPath().flatMap((node) => placeOf(node) ?? []);
    const modifiers = { ctrlKey, altKey, metaKey };
    const press = { key, ...modifiers, repeat, defaultPrevented, byPointer: clickedBefore, path };
    const shortcut = shortcutFor(press);
    if (!shortcut || act(shortcut.action) === false) return false;
    event.preventDefault();
    spaced ||= key === " ";
    return true;
  };
  const onKey = (event: Event) => void take(event, false);
  // Before a tab or a radio button that was clicked takes an arrow for its own.
  const onKeyFirst = (event: Event) => {
    const { key } = event as KeyboardEvent;
    if (key === "Tab") byPointer = false;
    const moves = key === " " || key.startsWith("Arrow");
    if (byPointer && moves && take(event, true)) event.stopPropagation();
  };
  const listeners = [
    ["pointerdown", onDown, true],
    ["keydown", onKeyFirst, true],
    ["keydown", onKey, false],
    ["keyup", onUp, true],
  ] as const;
  for (const [name, listener, first] of listeners) target.addEventListener(name, listener, first);
  return () => {
    for (const [name, listener, first] of listeners) {
      target.removeEventListener(name, listener, first);
    }
  };
}

function placeOf(node: EventTarget): Place | null {
  if (!("localName" in node)) return null;
  const element = node as HTMLElement;
  return {
    tag: element.localName,
    role: element.getAttribute("role"),
    type: element.getAttribute("type"),
    editable: element.isContentEditable,
  };
}
