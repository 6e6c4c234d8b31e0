/**
 * How the app finds this page: its name in the head, its part of the address, and how it is loaded. It joins the table
 * of pages once the detectors that it shows ship.
 */
import type { PageRow } from "../../shell/page.ts";
import { transferAddress } from "./address.ts";

export const transfer = {
  name: "Transfer",
  address: transferAddress,
  load: async () => new (await import("./transfer-page.ts")).TransferPage(),
} satisfies PageRow;
