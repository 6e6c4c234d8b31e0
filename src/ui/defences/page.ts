/** How the app finds this page: its name in the head, its part of the address, and how it is loaded. */
import type { PageRow } from "../shell/page.ts";
import { defencesAddress } from "./address.ts";

export const defences = {
  name: "Defences",
  address: defencesAddress,
  load: async () => new (await import("./defences-page.ts")).DefencesPage(),
} satisfies PageRow;
