/** The defences' page's part of the address: which defence the reader came for. */
import * as v from "valibot";
import { addressKey, type PageAddress } from "../shell/address.ts";

export interface DefencesShown {
  /** The defence whose card is brought into view; empty: none. */
  readonly defence: string;
}

export const defencesAddress: PageAddress<DefencesShown> = {
  initial: { defence: "" },
  keys: {
    defence: addressKey(
      // The table itself comes with the page.
      v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/), v.maxLength(20)),
      ({ defence }: DefencesShown) => defence,
      (view, defence) => ({ ...view, defence }),
    ),
  },
};
