/** The paper page's part of the address: which section of the paper is on view. */
import * as v from "valibot";
import { addressKey, type PageAddress } from "../shell/address.ts";

/** As their reproductions are called; transfer joins them once the BadNet that it begins with ships. */
export const paperSections = ["digits", "signs"] as const;

export interface PaperShown {
  readonly section: (typeof paperSections)[number];
}

export const paperAddress: PageAddress<PaperShown> = {
  initial: { section: "digits" },
  keys: {
    section: addressKey(
      v.picklist(paperSections),
      ({ section }) => section,
      (view, section) => ({ ...view, section }),
    ),
  },
  steps: ["section"],
};
