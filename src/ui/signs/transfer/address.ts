/** What the page of transfer shows, and its keys of the address. */
import * as v from "valibot";
import { addressKey, whole, type PageAddress } from "../../shell/address.ts";

export interface TransferShown {
  /** Number of the unseen scene on view. */
  readonly scene: number;
  readonly wear: "nothing" | "sticker";
  /** By what the BadNet's loud channels are multiplied in the third detector. */
  readonly factor: number;
  /** Of the last convolution, the one whose map is shown; null: the loudest. */
  readonly channel: number | null;
}

export const transferAddress: PageAddress<TransferShown> = {
  initial: { scene: 0, wear: "nothing", factor: 20, channel: null },
  keys: {
    "transfer-scene": addressKey(
      whole(0, 1_000_000),
      ({ scene }) => String(scene),
      (view, scene) => ({ ...view, scene }),
    ),
    "transfer-wear": addressKey(
      v.picklist(["nothing", "sticker"]),
      ({ wear }) => wear,
      (view, wear) => ({ ...view, wear }),
    ),
    factor: addressKey(
      whole(1, 100),
      ({ factor }) => String(factor),
      (view, factor) => ({ ...view, factor }),
    ),
    "transfer-channel": addressKey(
      whole(0, 9999),
      ({ channel }) => (channel === null ? "" : String(channel)),
      (view, channel) => ({ ...view, channel }),
    ),
  },
};
