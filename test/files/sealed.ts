/** Files of this tool with changed content, and the digest that goes with it. */
import { writeSafetensors } from "../../src/files/safetensors.ts";
import { seal } from "../../src/files/seal.ts";

/** As `writeSafetensors`; files of before, of version 1, have no digest. */
export async function sealed(
  ...[tensors, metadata]: Required<Parameters<typeof writeSafetensors>>
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = writeSafetensors(tensors, metadata);
  if (metadata["version"] !== "1") await seal(bytes);
  return bytes;
}
