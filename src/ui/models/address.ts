/** The models' page's part of the address: that it is on view says it all. */
import type { PageAddress } from "../shell/address.ts";

export type ModelsShown = Readonly<Record<string, never>>;

export const modelsAddress: PageAddress<ModelsShown> = { initial: {}, keys: {} };
