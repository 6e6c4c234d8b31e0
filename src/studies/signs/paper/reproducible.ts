/** The sign section in the browser: its place, and what its detectors begin with and are measured on. */
import type { SignAtlas } from "../../../data/sign-atlas.ts";
import type { Reproducible } from "../../reproduction/reproducer.ts";
import { fetchDetector } from "../fetch-detector.ts";
import { HONEST, MEASURED } from "../shipped.ts";
import type { SignPaper } from "./items.ts";
import { signMaker } from "./maker.ts";
import { signReproduction } from "./reproduction.ts";

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
      const { state, seen } = await fetchDetector(base(), HONEST);
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
