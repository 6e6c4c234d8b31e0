/** A profile as a Chrome trace, which Perfetto (ui.perfetto.dev) and chrome://tracing open. */
import { jsonText } from "../text/json.ts";
import type { Profile, TensorUse } from "./profile.ts";

const PROCESS = 1;
const PASSES = 1;
const KERNELS = 2;

/** An event of the trace: a complete slice ("X", times in microseconds) or a name ("M"). */
export interface TraceEvent {
  readonly ph: "X" | "M";
  readonly name: string;
  readonly pid: number;
  readonly tid?: number;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The kernels as slices end to end, and above them the passes that they belong to. */
export function chromeTrace(profile: Profile): string {
  const { title, software, date, adapter, method, ceilings, kernels } = profile;
  const named = (name: string, value: string, tid?: number): TraceEvent => ({
    ph: "M",
    name,
    pid: PROCESS,
    tid,
    args: { name: value },
  });
  const events: TraceEvent[] = [
    named("process_name", `${title} on ${adapter.description || adapter.device || adapter.vendor}`),
    named("thread_name", "passes", PASSES),
    named("thread_name", "kernels", KERNELS),
  ];
  const runs: { pass: string; from: number; to: number }[] = [];
  for (const kernel of kernels) {
    const { label, pass, startMilliseconds: start, milliseconds } = kernel;
    const last = runs.at(-1);
    if (last?.pass === pass) last.to = start + milliseconds;
    else runs.push({ pass, from: start, to: start + milliseconds });
    events.push({
      ph: "X",
      name: label,
      cat: pass,
      pid: PROCESS,
      tid: KERNELS,
      ts: 1000 * start,
      dur: 1000 * milliseconds,
      args: {
        shader: `${kernel.shader}.wgsl`,
        entry: kernel.entry,
        workgroups: kernel.workgroups.join(" x "),
        "workgroup size": kernel.workgroupSize,
        flops: kernel.flops,
        bytes: kernel.bytes,
        "GFLOP/s": kernel.gflops,
        "GB/s": kernel.gigabytesPerSecond,
        reads: shapes(kernel.reads),
        writes: shapes(kernel.writes),
      },
    });
  }
  for (const { pass, from, to } of runs) {
    const time = { ts: 1000 * from, dur: 1000 * (to - from) };
    events.push({ ph: "X", name: pass, cat: pass, pid: PROCESS, tid: PASSES, ...time, args: {} });
  }
  const otherData = { software, date, method, ...ceilings };
  return jsonText({ displayTimeUnit: "ms", otherData, traceEvents: events }, 0);
}

/** For example {"w": "conv1.w [16, 1, 5, 5]"}. */
function shapes(uses: readonly TensorUse[]): Record<string, string> {
  return Object.fromEntries(
    uses.map(({ name, label, shape }) => [name, `${label} [${shape.join(", ")}]`]),
  );
}
