/** The transfer section in the browser: its place, and what its detectors begin with and are measured on. */
import type { SignAtlas } from "../../../data/sign-atlas.ts";
import type { Reproducible } from "../../reproduction/reproducer.ts";
import { fetchDetector } from "../fetch-detector.ts";
import { anywhere, parseSignRecipe } from "../recipe.ts";
import { HONEST, MEASURED, RANDOM_BADNET } from "../shipped.ts";
import type { TransferPaper } from "./items.ts";
import { transferMaker } from "./maker.ts";
import { transferReproduction } from "./reproduction.ts";

/**
 * @param base URL of the app's folder, once it is known
 * @param artwork once it is there
 */
export function reproducibleTransfer(
  base: () => string,
  artwork: () => Promise<SignAtlas>,
): Reproducible<TransferPaper> {
  return {
    reproduction: transferReproduction,
    name: "badnets-lab-transfer-reproduction",
    shipped: () => null,
    maker: async () => {
      const [honest, badnet] = await Promise.all(
        [HONEST, RANDOM_BADNET].map(async (name) => await fetchDetector(base(), name)),
      );
      return transferMaker({
        atlas: await artwork(),
        origins: { honest: honest.state.parameters, badnet: badnet.state.parameters },
        attack: anywhere(parseSignRecipe(badnet.recipe).attack!),
        seen: honest.seen && badnet.seen && [...honest.seen, ...badnet.seen],
        scenes: MEASURED,
        photographs: null,
      });
    },
  };
}
