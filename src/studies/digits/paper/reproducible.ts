/** The digit section in the browser: its place, what ships of it, and its data. */
import type { DigitData } from "../../../data/digits.ts";
import { MNIST_SHA256 } from "../../../data/mnist.ts";
import { UserError } from "../../../errors.ts";
import type { Reproducible } from "../../reproduction/reproducer.ts";
import { PAPER_SEED } from "../../reproduction/shipped.ts";
import { shippedModelPath, shippedModels, type DigitPaper } from "./items.ts";
import { digitMaker } from "./maker.ts";
import { digitReproduction } from "./reproduction.ts";

/** @param arrived the digits, once they are there */
export function reproducibleDigits(arrived: () => Promise<DigitData>): Reproducible<DigitPaper> {
  const shipped = new Set(shippedModels(PAPER_SEED).map(({ id }) => id));
  return {
    reproduction: digitReproduction,
    name: "badnets-lab-reproduction",
    shipped: (id) => (shipped.has(id) ? shippedModelPath(id) : null),
    maker: async () => {
      const data = await arrived();
      if (data.sha256 === MNIST_SHA256) return digitMaker(data);
      throw new UserError(
        "The paper's figures are of MNIST, but own digits are loaded: reload the page to have MNIST again.",
      );
    },
  };
}
