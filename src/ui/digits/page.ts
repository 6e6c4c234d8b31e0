/** How the app finds this page: its name in the head, its part of the address, and how it is loaded. */
import type { PageRow } from "../shell/page.ts";
import { digitAddress } from "./address.ts";

export const digits = {
  name: "Digits",
  address: digitAddress,
  load: async () => new (await import("./digits-page.ts")).DigitsPage(),
} satisfies PageRow;
