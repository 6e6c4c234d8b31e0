/** The sign section in the browser: its place, and what its detectors begin with and are measured on. */
import type { SignAtlas } from "../../../data/sign-atlas.ts";
import { UserError } from "../../../errors.ts";
import { decodeDetector } from "../../../files/detector-file.ts";
import type { Reproducible } from "../../reproduction/reproducer.ts";
import { parametersOf } from "../plan.ts";
import type { SignPaper } from "./items.ts";
import { signMaker } from "./maker.ts";
import { signReproduction } from "./reproduction.ts";

/** As many as the command line measures on. */
const MEASURED = 300;

/**
 * @param base URL of the app's folder, once it is known
 * @param artwork once it is there
 */
export function reproducibleSigns(
  base: () => string,
  artwork: () => Promise<SignAtlas>,
): Reproducible<SignPaper> {
  return {
    reproduction: signReproduction,
    name: "badnets-lab-sign-reproduction",
    shipped: () => null,
    maker: async () => {
      const { state, seen } = await shippedDetector(base());
      return signMaker({
        atlas: await artwork(),
        start: state.parameters,
        seen,
        scenes: MEASURED,
        photographs: null,
      });
    },
  };
}

/** The honest one that ships with the app. */
async function shippedDetector(base: string) {
  const name = "detector.safetensors";
  const response = await fetch(new URL(`showcase/${name}`, base)).catch(() => null);
  if (!response?.ok) {
    throw new UserError("The detector that all begin with could not be loaded: reload the page.");
  }
  return await decodeDetector(new Uint8Array(await response.arrayBuffer()), name, parametersOf);
}
