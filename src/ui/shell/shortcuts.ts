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
  readonly group: "Time" | "Digit" | "Neurons" | "Page";
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
  { key: "t", shown: "T", text: "trigger on or off", group: "Digit", action: { kind: "trigger" } },
  {
    key: "d",
    shown: "D",
    text: "difference that the trigger makes",
    group: "Digit",
    action: { kind: "difference" },
  },
  {
    key: "ArrowLeft",
    shown: "←",
    text: "previous digit",
    group: "Digit",
    action: { kind: "digit", by: -1 },
  },
  {
    key: "ArrowRight",
    shown: "→",
    text: "next digit",
    group: "Digit",
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

/** What was pressed, and what it was pressed in, from the innermost element out. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
  readonly defaultPrevented: boolean;
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
/** Elements that do something of their own with the space bar. */
const pressable = new Set(["button", "a", "summary", "input"]);
/** Roles whose elements move something with the arrows. */
const movable = new Set(["application", "slider", "tab", "listbox", "option", "radio", "grid"]);

function takesLetters({ tag, type, editable }: Place): boolean {
  return editable || typing.has(tag) || (tag === "input" && !switches.has(type ?? "text"));
}

/** The shortcut that a press asks for; null where the key belongs to what it was pressed in. */
export function shortcutFor(press: Press): Shortcut | null {
  const { key, ctrlKey, altKey, metaKey, path, defaultPrevented } = press;
  if (defaultPrevented || ctrlKey || altKey || metaKey) return null;
  if (path.some(takesLetters)) return null;
  if (key === " " && path.some(({ tag }) => pressable.has(tag))) return null;
  const moves = key === " " || key.startsWith("Arrow");
  const movesOwn = ({ tag, role }: Place) => tag === "input" || (role && movable.has(role));
  if (moves && path.some(movesOwn)) return null;
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
  const onKey = (event: Event) => {
    const { key, ctrlKey, altKey, metaKey, repeat, defaultPrevented } = event as KeyboardEvent;
    const path = event.composedPath().flatMap((node) => placeOf(node) ?? []);
    const press = { key, ctrlKey, altKey, metaKey, repeat, defaultPrevented, path };
    const shortcut = shortcutFor(press);
    if (shortcut && act(shortcut.action) !== false) event.preventDefault();
  };
  target.addEventListener("keydown", onKey);
  return () => target.removeEventListener("keydown", onKey);
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
