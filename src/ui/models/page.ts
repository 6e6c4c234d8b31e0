/** How the app finds this page: its name in the head, its part of the address, and how it is loaded. */
import type { PageRow } from "../shell/page.ts";
import { modelsAddress } from "./address.ts";

export const models = {
  name: "Models",
  address: modelsAddress,
  load: async () => new (await import("./models-page.ts")).ModelsPage(),
} satisfies PageRow;
