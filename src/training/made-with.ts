/** What a run was made with: the adapter, and a digest of the kernels. */
import { sha256Hex } from "../data/digest.ts";
import type { AdapterReport } from "../gpu/adapter.ts";
import type { StepTrainer } from "./step-trainer.ts";

export interface MadeWith {
  readonly adapter: AdapterReport;
  /** SHA-256 of the WGSL that trained and measured. */
  readonly kernelsSha256: string;
}

export async function madeWith({
  gpu,
  dispatches,
}: Pick<StepTrainer, "gpu" | "dispatches">): Promise<MadeWith> {
  const texts = new Map(dispatches.map(({ shader }) => [shader.name, shader.code]));
  const all = [...texts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat()
    .join("\n");
  const kernelsSha256 = await sha256Hex(new TextEncoder().encode(all));
  return { adapter: gpu.adapter, kernelsSha256 };
}
