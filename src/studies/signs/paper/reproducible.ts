/** The sign section in the browser: its place, and what its detectors begin with and are measured on. */
import type { SignAtlas } from "../../../data/sign-atlas.ts";
import type { Reproducible } from "../../reproduction/reproducer.ts";
import type { Stored } from "../../study.ts";
import type { SignTypes } from "../types.ts";
import type { SignPaper } from "./items.ts";
import { signMaker } from "./maker.ts";
import { signReproduction } from "./reproduction.ts";

/** As many as the command line measures on. */
export const MEASURED_SCENES = 300;

/** @param shipped the detector that ships with the app, and the artwork, once they are there */
export function reproducibleSigns(
  shipped: () => Promise<{ readonly atlas: SignAtlas; readonly detector: Stored<SignTypes> }>,
): Reproducible<SignPaper> {
  return {
    reproduction: signReproduction,
    name: "badnets-lab-sign-reproduction",
    shipped: () => null,
    maker: async () => {
      const { atlas, detector } = await shipped();
      const { parameters, origin } = detector;
      const scenes = MEASURED_SCENES;
      return signMaker({ atlas, start: parameters, seen: origin.seen, scenes, photographs: null });
    },
  };
}
