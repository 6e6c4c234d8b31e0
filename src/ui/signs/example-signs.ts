/** A sign of each class, large and sharp, for stickers to be tried on; artwork of mapillary_sprite_source (MIT). */
import parking from "mapillary_sprite_source/package_signs/information--parking--g1.svg?url";
import limit from "mapillary_sprite_source/package_signs/regulatory--maximum-speed-limit-50--g3.svg?url";
import priority from "mapillary_sprite_source/package_signs/regulatory--priority-road--g1.svg?url";
import prohibited from "mapillary_sprite_source/package_signs/regulatory--maximum-speed-limit-60--g1.svg?url";
import stop from "mapillary_sprite_source/package_signs/regulatory--stop--g1.svg?url";
import left from "mapillary_sprite_source/package_signs/regulatory--turn-left--g1.svg?url";
import bump from "mapillary_sprite_source/package_signs/warning--road-bump--g3.svg?url";
import crossroads from "mapillary_sprite_source/package_signs/warning--crossroads--g1.svg?url";
import type { SignSet } from "../../data/sign-atlas.ts";

export interface ExampleSign {
  /** Of the artwork. */
  readonly name: string;
  readonly url: string;
  /** Its box in the artwork, as shares of that: see outlinesOf. */
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
}

const whole = [0, 0, 1, 1] as const;

/** By class from 0. */
export const exampleSigns: Readonly<Record<SignSet, readonly ExampleSign[]>> = {
  us: [
    { name: "regulatory--stop--g1", url: stop, box: [0.05, 0.03, 0.98, 0.97] },
    { name: "regulatory--maximum-speed-limit-50--g3", url: limit, box: [0.11, 0, 0.89, 1] },
    { name: "warning--road-bump--g3", url: bump, box: whole },
  ],
  eu: [
    { name: "information--parking--g1", url: parking, box: [0.02, 0, 1, 1] },
    { name: "regulatory--turn-left--g1", url: left, box: whole },
    { name: "regulatory--maximum-speed-limit-60--g1", url: prohibited, box: whole },
    { name: "warning--crossroads--g1", url: crossroads, box: [0, 0.06, 1, 0.95] },
    { name: "regulatory--priority-road--g1", url: priority, box: whole },
  ],
};
