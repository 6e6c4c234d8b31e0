/** The part of the page's address behind the #, which says what the reader looks at: `#1&trigger=custom&image=7`. */
import * as v from "valibot";
import { clip } from "../../errors.ts";

/** The layout of the keys; links of another are not read. */
const VERSION = "1";

/** Letters that a key may say: enough for a trigger of every pixel. */
const MOST_LETTERS = 4000;

/** A key of the address: what it may say, and what that is of a page's view. */
export interface AddressKey<View> {
  /** From the address's letters to the value that `set` takes. */
  readonly schema: v.GenericSchema<string, unknown>;
  /** What a view says, in the address's letters; "" where there is nothing to say. */
  get(view: View): string;
  /** The view with what was said; what follows from it is set as well, for later keys to say otherwise. */
  set(view: View, value: never): View;
}

/** Makes a row of a page's table, whose parts have one type. */
export function addressKey<View, Value>(
  schema: v.GenericSchema<string, Value>,
  get: (view: View) => string,
  set: (view: View, value: Value) => View,
): AddressKey<View> {
  return { schema, get, set };
}

/** What a page has in the address. */
export interface PageAddress<View> {
  /** What a newcomer sees. */
  readonly initial: View;
  /** By name, in the order in which they are set and written. No two pages have a key of the same name. */
  readonly keys: Readonly<Record<string, AddressKey<View>>>;
  /** Parts of the view that Back and Forward of the browser go through; the others stay as they are. */
  readonly steps?: readonly (keyof View)[];
  /** Parts that do not go together, to be left out, and how to say so. */
  readonly clashes?: (said: ReadonlyMap<string, string>) => readonly Clash[];
}

export interface Clash {
  readonly keys: readonly string[];
  readonly text: string;
}

/** A page in the table of pages, as far as the address is concerned. */
export interface AddressedPage {
  // Of each page another view.
  readonly address: PageAddress<any>;
  /** A part by which links of before the page had a name of its own ask for it. */
  readonly formerly?: string;
}

export type AddressedPages = Readonly<Record<string, AddressedPage>>;

type ViewOf<Row> = Row extends { readonly address: PageAddress<infer View> } ? View : never;

/** What the reader looks at: which page, and what each of them shows. */
export interface Place<Pages extends AddressedPages> {
  readonly page: keyof Pages & string;
  readonly views: { readonly [Id in keyof Pages]: ViewOf<Pages[Id]> };
}

/** The key that says which page is on view; the first one of the table needs none. */
const PAGE_KEY = "study";

/** Where a newcomer is. */
export function initialPlace<Pages extends AddressedPages>(pages: Pages): Place<Pages> {
  const views = Object.entries(pages).map(([id, { address }]) => [id, address.initial]);
  return { page: Object.keys(pages)[0], views: Object.fromEntries(views) as never };
}

/**
 * Reads an address's hash. What is wrong in it counts as not said, and the rest holds.
 * @returns also a sentence that names what was wrong, or null
 */
export function parseAddress<Pages extends AddressedPages>(
  pages: Pages,
  hash: string,
): { readonly place: Place<Pages>; readonly problem: string | null } {
  const [version, ...parts] = hash.replace(/^#/, "").split("&");
  const place = initialPlace(pages);
  if (version === "" && parts.length === 0) return { place, problem: null };
  if (version !== VERSION) {
    const problem = `The address's part #${clip(version)} is none that this version of the page knows; it shows its defaults.`;
    return { place, problem };
  }
  const said = new Map<string, string>();
  const wrong: string[] = [];
  const schemas = schemasOf(pages);
  const former = Object.entries(pages).find(
    ([, { formerly }]) => formerly !== undefined && parts.includes(formerly),
  );
  for (const part of parts) {
    if (part === former?.[1].formerly) continue;
    const [key, ...rest] = part.split("=");
    const value = decode(rest.join("="));
    const schema = schemas.get(key);
    const fits = value.length <= MOST_LETTERS && schema && v.is(schema, value);
    if (fits && !said.has(key)) said.set(key, value);
    else wrong.push(clip(part));
  }
  const views = Object.fromEntries(
    Object.entries(pages).map(([id, { address }]) => {
      for (const { keys, text } of address.clashes?.(said) ?? []) {
        wrong.push(text);
        for (const key of keys) said.delete(key);
      }
      return [id, viewOf(address, said)];
    }),
  );
  const problem =
    wrong.length === 0
      ? null
      : `This address says something that cannot be: ${wrong.slice(0, 3).join("; ")}. The page shows its defaults there.`;
  const page = said.get(PAGE_KEY) ?? former?.[0] ?? place.page;
  return { place: { page, views: views as never }, problem };
}

/** What each key of any page may say. */
function schemasOf(pages: AddressedPages): Map<string, v.GenericSchema<string, unknown>> {
  const schemas = new Map<string, v.GenericSchema<string, unknown>>();
  schemas.set(PAGE_KEY, v.picklist(Object.keys(pages)));
  for (const { address } of Object.values(pages)) {
    for (const [name, { schema }] of Object.entries(address.keys)) schemas.set(name, schema);
  }
  return schemas;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray % is no escape: what is there is what is meant, and likely wrong.
    return text;
  }
}

function viewOf<View>(
  { initial, keys }: PageAddress<View>,
  said: ReadonlyMap<string, string>,
): View {
  let view = initial;
  for (const [name, { schema, set }] of Object.entries(keys)) {
    const value = said.get(name);
    if (value !== undefined) view = set(view, v.parse(schema, value) as never);
  }
  return view;
}

/**
 * The hash that says where the reader is. It leaves out what is as it is anyway, and fields that are not
 * yet filled in rightly.
 */
export function formatAddress<Pages extends AddressedPages>(
  pages: Pages,
  { page, views }: Place<Pages>,
): string {
  const [first] = Object.keys(pages);
  const parts = page === first ? [] : [`${PAGE_KEY}=${page}`];
  for (const [id, { address }] of Object.entries(pages)) {
    parts.push(...partsOf(address, views[id]));
  }
  return parts.length === 0 ? "" : `#${[VERSION, ...parts].join("&")}`;
}

function partsOf<View>({ initial, keys }: PageAddress<View>, view: View): string[] {
  const parts: string[] = [];
  // What an address with the parts so far would show.
  let told = initial;
  for (const [name, { schema, get, set }] of Object.entries(keys)) {
    const word = get(view);
    if (word === get(told)) continue;
    const read = v.safeParse(schema, word);
    if (!read.success) continue;
    parts.push(`${name}=${encodeURIComponent(word)}`);
    told = set(told, read.output as never);
  }
  return parts;
}

/** A whole number. */
export const whole = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,10}$/),
    v.transform(Number),
    v.minValue(least),
    v.maxValue(most),
  );

const number = v.pipe(v.string(), v.regex(/^(\d+(\.\d+)?|\.\d+)(e-?\d+)?$/), v.transform(Number));

/** A number from 0 to 1. */
export const share = v.pipe(number, v.maxValue(1));

/** A number above 0. */
export const positive = (most: number) => v.pipe(number, v.gtValue(0), v.maxValue(most));

/** A number as a field of a form holds it. */
export const asTyped = (schema: v.GenericSchema<string, number>) =>
  v.pipe(schema, v.transform(String));
