/** How the app finds this page: its name in the head, its part of the address, and how it is loaded. */
import type { PageRow } from "../shell/page.ts";
import { paperAddress } from "./address.ts";

export const paper = {
  name: "Paper",
  address: paperAddress,
  formerly: "view=paper",
  load: async () => new (await import("./paper-page.ts")).PaperPage(),
} satisfies PageRow;
