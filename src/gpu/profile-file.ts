/** Profiles as files: versioned JSON that is checked when read again, and CSV with a line a kernel. */
import * as v from "valibot";
import { clip, UserError } from "../errors.ts";
import { arithmeticForms } from "./ceilings.ts";
import type { KernelProfile, Profile } from "./profile.ts";
import { csvTable } from "../text/csv.ts";
import { jsonText } from "../text/json.ts";

const FORMAT = "badnets-profile";
const VERSION = 1;

/** Far above any profile's. */
const MOST_CHARACTERS = 4_000_000;

const Amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const Above = v.pipe(Amount, v.gtValue(0));
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Text = v.pipe(v.string(), v.maxLength(1000));

const TensorUse = v.object({
  name: Text,
  label: Text,
  shape: v.array(Count),
  type: v.picklist(["f32", "u32"]),
});

const Kernel = v.object({
  label: Text,
  pass: Text,
  shader: Text,
  entry: Text,
  workgroups: v.tuple([Count, Count]),
  workgroupSize: Count,
  reads: v.array(TensorUse),
  writes: v.array(TensorUse),
  flops: Amount,
  bytes: Amount,
  milliseconds: Above,
  least: Above,
  most: Above,
  rounds: Count,
  repetitions: Count,
  startMilliseconds: Amount,
  share: Amount,
  gflops: Amount,
  gigabytesPerSecond: Amount,
  intensity: Amount,
});

const File = v.object({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  title: Text,
  software: Text,
  date: v.pipe(Text, v.isoTimestamp()),
  adapter: v.object({
    vendor: Text,
    architecture: Text,
    device: Text,
    description: Text,
    fallback: v.boolean(),
    features: v.array(Text),
  }),
  method: Text,
  ceilings: v.object({
    gflops: Above,
    form: v.picklist(arithmeticForms),
    gigabytesPerSecond: Above,
  }),
  milliseconds: Above,
  togetherMilliseconds: Above,
  kernels: v.pipe(v.array(Kernel), v.minLength(1), v.maxLength(10_000)),
  passes: v.array(
    v.object({
      pass: Text,
      kernels: Count,
      milliseconds: Amount,
      share: Amount,
      flops: Amount,
      bytes: Amount,
    }),
  ),
});

/** The profile as the text of a JSON file. */
export function profileJson(profile: Profile): string {
  return jsonText({ format: FORMAT, version: VERSION, ...profile });
}

/**
 * Reads what `profileJson` wrote.
 * @param name of the file, for messages
 * @throws UserError naming the file and the first thing in it that is wrong
 */
export function readProfile(text: string, name: string): Profile {
  const wanted =
    "choose a JSON file that the profiler's page or badnets profile --json has written.";
  if (text.length > MOST_CHARACTERS) {
    throw new UserError(`${name} is too long for a profile; ${wanted}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${name} is not valid JSON; ${wanted}`, { cause });
  }
  const head = v.safeParse(v.object({ format: v.literal(FORMAT), version: v.number() }), value);
  if (!head.success) throw new UserError(`${name} is no profile; ${wanted}`);
  if (head.output.version !== VERSION) {
    throw new UserError(
      `${name} is a profile of version ${head.output.version}, and only version ${VERSION} can be read: ` +
        "measure again with this software.",
    );
  }
  const result = v.safeParse(File, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw new UserError(
      `${name} is damaged: ${v.getDotPath(issue) ?? "its form"} is wrong (${clip(issue.message)}); ${wanted}`,
    );
  }
  const { format: _, version: __, ...profile } = result.output;
  return profile;
}

const columns: readonly (readonly [
  name: string,
  of: (kernel: KernelProfile) => string | number,
])[] = [
  ["kernel", (k) => k.label],
  ["pass", (k) => k.pass],
  ["shader", (k) => k.shader],
  ["entry", (k) => k.entry],
  ["workgroups_x", (k) => k.workgroups[0]],
  ["workgroups_y", (k) => k.workgroups[1]],
  ["workgroup_size", (k) => k.workgroupSize],
  ["milliseconds", (k) => k.milliseconds],
  ["least_milliseconds", (k) => k.least],
  ["most_milliseconds", (k) => k.most],
  ["start_milliseconds", (k) => k.startMilliseconds],
  ["share", (k) => k.share],
  ["flops", (k) => k.flops],
  ["bytes", (k) => k.bytes],
  ["gflops_per_second", (k) => k.gflops],
  ["gigabytes_per_second", (k) => k.gigabytesPerSecond],
  ["flops_per_byte", (k) => k.intensity],
];

/** A line a kernel, for spreadsheets and scripts. */
export function profileCsv({ kernels }: Profile): string {
  return csvTable([
    columns.map(([name]) => name),
    ...kernels.map((kernel) => columns.map(([, of]) => of(kernel))),
  ]);
}
