/** Which label files and rows of tables belong to which photographs, by their paths; what is unclear stays so. */

export const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const baseOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/**
 * A path without the ending of a picture or a label file: by it the two are matched. Letters with marks are
 * of one form, as some systems write them in one piece and others in two.
 */
export const keyOf = (path: string) =>
  path
    .replace(/\.(jpe?g|png|ppm|webp|bmp|gif|tiff?|heic|heif|avif|jxl|jp2|txt|xml)$/i, "")
    .normalize("NFC");

/** Those of some items whose names have letters as large as a key's, if there are any; otherwise all. */
function sameCase<T>(found: readonly T[], by: (item: T) => string, key: string): readonly T[] {
  const same = found.filter((item) => by(item) === key);
  return same.length > 0 ? same : found;
}

const lower = (text: string) => text.toLowerCase();

/** Items by what they have in common. */
function groupBy<T>(items: Iterable<T>, by: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(by(item));
    if (group) group.push(item);
    else groups.set(by(item), [item]);
  }
  return groups;
}

const namesOf = (folder: string) => (folder === "" ? [] : folder.split("/"));

/** Whether `labels` is the folder `photos` with "labels" in place of "images", as YOLO has it. */
function isYolo(photos: string, labels: string): boolean {
  const [a, b] = [namesOf(photos), namesOf(labels)];
  const others = a.flatMap((name, i) => (name === b[i] ? [] : [i]));
  return (
    a.length === b.length &&
    others.length === 1 &&
    /^images$/i.test(a[others[0]]) &&
    /^labels$/i.test(b[others[0]])
  );
}

/** Whether the paths of two folders are the same but for one name, which is another or missing. */
function areNear(photos: string, labels: string): boolean {
  const [a, b] = [namesOf(photos), namesOf(labels)];
  const shorter = Math.min(a.length, b.length);
  let before = 0;
  while (before < shorter && a[before] === b[before]) before++;
  let behind = 0;
  while (behind < shorter - before && a.at(-1 - behind) === b.at(-1 - behind)) behind++;
  return Math.max(a.length, b.length) - before - behind <= 1;
}

/** Where the label files of a folder of photographs may lie, the likeliest first. */
const places: readonly ((photos: string, labels: string) => boolean)[] = [
  (photos, labels) => photos === labels,
  isYolo,
  areNear,
  () => true,
];
const BESIDE = 0;
const ANYWHERE = places.length - 1;

export interface MatchedFiles {
  /** The label file of a photograph, by the photograph's key. */
  readonly own: ReadonlyMap<string, string>;
  /** Why it cannot be said which file is a photograph's, by its key. */
  readonly unclear: ReadonlyMap<string, string>;
  /** Label files without a photograph. */
  readonly left: readonly string[];
}

/**
 * Finds the label file of each photograph: beside it, in a folder like its own, or anywhere.
 * @param photoOf what photograph a key is of: several may be of one, which are no rivals
 */
export function matchFiles(
  keys: Iterable<string>,
  labels: readonly string[],
  photoOf: (key: string) => string = (key) => key,
): MatchedFiles {
  const byName = groupBy(labels, (path) => lower(baseOf(keyOf(path))));
  const home = (path: string) => lower(folderOf(keyOf(path)));
  const open = new Set(keys);
  const taken = new Set<string>();
  const own = new Map<string, string>();
  const unclear = new Map<string, string>();
  // Label files in a folder whose photographs have theirs beside them are nobody else's.
  const besides = new Set<string>();
  // Photographs in a folder whose labels lie in another one are not looked for farther away.
  const settled = new Set<string>();
  for (const [place, fits] of places.entries()) {
    const offers = new Map<string, readonly string[]>();
    for (const key of open) {
      const folder = lower(folderOf(key));
      if (place === ANYWHERE && settled.has(folder)) continue;
      const near = (byName.get(lower(baseOf(key))) ?? []).filter(
        (label) =>
          !taken.has(label) &&
          (place === BESIDE || !besides.has(home(label))) &&
          fits(folder, home(label)),
      );
      const named = sameCase(near, (label) => baseOf(keyOf(label)), baseOf(key));
      const found = sameCase(named, keyOf, key);
      if (found.length > 0) offers.set(key, found);
    }
    const claims = groupBy(
      [...offers].flatMap(([key, found]) => found.map((label) => ({ key, label }))),
      ({ label }) => label,
    );
    for (const [key, found] of offers) {
      open.delete(key);
      (place === BESIDE ? besides : settled).add(lower(folderOf(key)));
      for (const label of found) taken.add(label);
      const rivals = claims.get(found[0])!.filter((claim) => photoOf(claim.key) !== photoOf(key));
      if (found.length > 1) {
        unclear.set(key, `its labels may be in ${found.join(" or ")}: keep one of them`);
      } else if (rivals.length > 0) {
        const others = rivals.map((claim) => claim.key).join(" and ");
        unclear.set(
          key,
          `${found[0]} may belong to it or to ${others}: put it beside its photograph`,
        );
      } else {
        own.set(key, found[0]);
      }
    }
  }
  return { own, unclear, left: labels.filter((label) => !taken.has(label)) };
}

/**
 * Finds the photographs that a table's images may be: none, one, or several where it is unclear.
 * A table speaks of the photographs below its folder where there are any, otherwise of all.
 */
export function matchImages(
  table: string,
  images: Iterable<string>,
  keys: readonly string[],
): Map<string, readonly string[]> {
  const home = folderOf(table).normalize("NFC");
  const below = home === "" ? keys : keys.filter((key) => key.startsWith(`${home}/`));
  const scope = below.length > 0 ? below : keys;
  const byName = groupBy(scope, (key) => lower(baseOf(key)));
  const folders = [...new Set(scope.map((key) => lower(folderOf(key))))];
  const known = new Map<string, boolean>();
  const matched = new Map<string, readonly string[]>();
  for (const image of images) {
    const wanted = keyOf(image.replaceAll("\\", "/").replace(/^(\.?\/)+/, ""));
    const folder = lower(folderOf(wanted));
    const lies = (there: string) => there === folder || there.endsWith(`/${folder}`);
    let found: readonly string[] = byName.get(lower(baseOf(wanted))) ?? [];
    const exact = home === "" ? wanted : `${home}/${wanted}`;
    if (found.includes(exact)) {
      found = [exact];
    } else if (folder !== "") {
      // A folder that is not here, as that of the disk where the table was made, says nothing.
      if (!known.has(folder)) known.set(folder, folders.some(lies));
      if (known.get(folder)) found = found.filter((key) => lies(lower(folderOf(key))));
    }
    matched.set(image, sameCase(found, baseOf, baseOf(wanted)));
  }
  return matched;
}
