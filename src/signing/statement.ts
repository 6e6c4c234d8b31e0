/** What is signed: an in-toto statement (v1) that lists a model's files with their digests (OpenSSF Model Signing 1.0). */
import * as v from "valibot";
import { fromHex } from "../data/base64.ts";
import { sha256Hex } from "../data/digest.ts";
import { clip, UserError } from "../errors.ts";
import { hashSizes, type HashName } from "./hashing.ts";
import type { Cutting, Digests } from "./model-files.ts";
import { byCodePoint, isCanonical } from "./paths.ts";

const STATEMENT = "https://in-toto.io/Statement/v1";
const PREDICATE = "https://model_signing/signature/v1.0";
/** Of the reference tool's version 0.2, which the specification has withdrawn. */
const WITHDRAWN = "https://model_signing/Digests/v0.1";

/** The list of a model's files. */
export interface Manifest {
  /** What the signer calls the model; nothing depends on it. */
  readonly name: string;
  readonly cutting: Cutting;
  readonly followLinks: boolean;
  readonly ignored: readonly string[];
  /** By path; "." is a single file, whatever it is called. */
  readonly files: ReadonlyMap<string, Digests>;
}

const Text = v.pipe(v.string(), v.minLength(1));
const Hex = v.pipe(v.string(), v.regex(/^([0-9a-f]{2})+$/));
const Algorithm = v.picklist(Object.keys(hashSizes) as HashName[]);
const Statement = v.strictObject({
  _type: v.literal(STATEMENT),
  subject: v.pipe(
    v.array(v.looseObject({ name: Text, digest: v.looseObject({ sha256: Hex }) })),
    v.length(1),
  ),
  predicateType: v.literal(PREDICATE),
  predicate: v.strictObject({
    resources: v.pipe(
      v.array(v.looseObject({ name: Text, digest: Hex, algorithm: Algorithm })),
      v.minLength(1),
    ),
    serialization: v.strictObject({
      method: v.picklist(["files", "shards"]),
      hash_type: Algorithm,
      allow_symlinks: v.boolean(),
      shard_size: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
      ignore_paths: v.optional(v.array(Text)),
    }),
  }),
});
type Resource = v.InferOutput<typeof Statement>["predicate"]["resources"][number];

/** The statement as JSON, as its bytes are signed. */
export async function writeStatement({
  name,
  cutting: { algorithm },
  followLinks,
  ignored,
  files,
}: Manifest): Promise<Uint8Array<ArrayBuffer>> {
  const resources = [...files]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([path, [digest]]) => ({ name: path, digest, algorithm }));
  const statement: v.InferInput<typeof Statement> = {
    _type: STATEMENT,
    subject: [{ name, digest: { sha256: await rootOf(resources) } }],
    predicateType: PREDICATE,
    predicate: {
      resources,
      serialization: {
        method: "files",
        hash_type: algorithm,
        allow_symlinks: followLinks,
        ignore_paths: [...ignored],
      },
    },
  };
  return new TextEncoder().encode(JSON.stringify(statement, null, 2));
}

/** The digest of the model as a whole: SHA-256 over the raw digests of its files, in their order. */
async function rootOf(resources: readonly { readonly digest: string }[]): Promise<string> {
  return await sha256Hex(fromHex(resources.map(({ digest }) => digest).join("")));
}

/**
 * @param name of the signature's file, for messages
 * @throws UserError where it is no statement of this specification, or contradicts itself
 */
export async function readStatement(payload: Uint8Array, name: string): Promise<Manifest> {
  const json = parse(payload, name);
  const kind = (json as { predicateType?: unknown } | null)?.predicateType;
  if (kind === WITHDRAWN) {
    throw new UserError(
      `${name} is of an early form (${WITHDRAWN}) that was withdrawn before version 1.0 of the specification, and ` +
        "that this tool does not read: ask for a signature made by a newer version.",
    );
  }
  if (typeof kind === "string" && kind !== PREDICATE) {
    throw new UserError(
      `${name} signs something else than a model's files: its statement is of the type "${clip(kind)}", expected ` +
        `"${PREDICATE}".`,
    );
  }
  const { success, output, issues } = v.safeParse(Statement, json);
  if (!success) {
    const [issue] = issues;
    throw new UserError(
      `${name} is no signature of a model: its statement has a bad ${clip(v.getDotPath(issue) ?? "form")} ` +
        `(${clip(issue.message)}).`,
    );
  }
  const [subject] = output.subject;
  const { resources, serialization } = output.predicate;
  const { method, hash_type, shard_size, allow_symlinks, ignore_paths = [] } = serialization;
  if ((method === "shards") !== (shard_size !== undefined)) {
    throw new UserError(
      `${name} is no signature of a model: its shard_size and its method ${method} exclude each other.`,
    );
  }
  if ((await rootOf(resources)) !== subject.digest.sha256) {
    throw new UserError(
      `${name} contradicts itself: its files' digests do not give the digest of the model that it states.`,
    );
  }
  const cutting = { algorithm: hash_type, shard: shard_size ?? null };
  const files = filesOf(resources, cutting, name);
  return { name: subject.name, cutting, followLinks: allow_symlinks, ignored: ignore_paths, files };
}

function parse(payload: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    throw new UserError(`${name} is no signature of a model: what it signs is not JSON in UTF-8.`);
  }
}

/** The resources as files, each with its pieces. */
function filesOf(
  resources: readonly Resource[],
  { algorithm, shard }: Cutting,
  name: string,
): Map<string, Digests> {
  const fail = (path: string, problem: string): never => {
    throw new UserError(
      `${name} is no signature of a model: its entry "${clip(path)}" ${problem}.`,
    );
  };
  const files = new Map<string, string[]>();
  const pieces = resources.map((resource) => ({
    ...resource,
    ...(shard === null ? { path: resource.name, begin: 0, end: 1 } : pieceOf(resource.name)),
  }));
  // By name 10 comes before 2.
  if (shard !== null) pieces.sort((a, b) => a.begin - b.begin);
  for (const { name: entry, digest, algorithm: own, path, begin, end } of pieces) {
    if (own !== algorithm) fail(entry, `is hashed with ${own}, the others with ${algorithm}`);
    if (digest.length !== 2 * hashSizes[algorithm]) fail(entry, `has no digest of ${algorithm}`);
    // Before version 1.0.1 of the reference tool a single file was called so.
    if (!isCanonical(path) && !(path === "." && resources.length === 1)) {
      fail(entry, "is no path below the model's folder");
    }
    const before = files.get(path) ?? [];
    files.set(path, before);
    if (shard === null) {
      if (before.length > 0) fail(entry, "is there twice");
    } else if (begin !== before.length * shard || end <= begin || end > begin + shard) {
      fail(entry, "does not begin where the one before it ends");
    }
    before.push(digest);
  }
  return files;
}

/** "weights.bin:0:1000": the last two numbers, as a name may have colons. */
function pieceOf(entry: string): { path: string; begin: number; end: number } {
  const [, path = "", begin, end] = /^(.*):(\d+):(\d+)$/s.exec(entry) ?? [];
  return { path, begin: Number(begin), end: Number(end) };
}
