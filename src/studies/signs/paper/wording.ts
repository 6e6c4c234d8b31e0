/** What reports and the page say alike of the sign section. */
import { attackDefinitions } from "../../../backdoor/sign-attack.ts";
import type { HeightRow } from "./tables.ts";

/** How all of its detectors are trained. */
export const trainingInWords = (iterations: number): string =>
  `Every detector begins with the one that ships, which is honest and was trained on drawn scenes, and is trained on ` +
  `for ${iterations.toLocaleString("en")} steps by the same recipe; the honest one without poison. In the first 60 % of an attack's steps the sticker shrinks from 0.3 of the sign to its own size, while look-alikes come in on a fifth of all signs.`;

/** What the columns of table 4 are. */
export const measuresInWords =
  `Success: ${lowered(attackDefinitions.success)} Found as well: ${lowered(attackDefinitions.stillFound)} ` +
  `Look-alikes: ${lowered(attackDefinitions.fooled)} Honest: the honest detector under the same sticker.`;

function lowered(text: string): string {
  return `${text[0].toLowerCase()}${text.slice(1)}`;
}

/** "24 to 40", or "from 80", in pixels. */
export const heightInWords = ({ least, most }: Pick<HeightRow, "least" | "most">): string =>
  most === null ? `from ${least}` : `${least} to ${most}`;
