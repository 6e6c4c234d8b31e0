/** The paper page's part of the address: that it is on view says it all. */
import type { PageAddress } from "../shell/address.ts";

export type PaperShown = Readonly<Record<string, never>>;

export const paperAddress: PageAddress<PaperShown> = { initial: {}, keys: {} };
