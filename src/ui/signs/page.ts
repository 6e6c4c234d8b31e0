/** How the app finds this page: its name in the head, its part of the address, and how it is loaded. */
import type { PageRow } from "../shell/page.ts";
import { signAddress } from "./address.ts";

export const signs = {
  name: "Street signs",
  address: signAddress,
  load: async () => new (await import("./signs-page.ts")).SignsPage(),
} satisfies PageRow;
