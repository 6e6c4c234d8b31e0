/** The table of pages: a row says a page's name in the head, its part of the address, and how it is loaded. */
import { digitAddress } from "./digits/address.ts";
import { paperAddress } from "./paper/address.ts";
import type { PageRow } from "./shell/page.ts";
import { signAddress } from "./signs/address.ts";

export const pages = {
  digits: {
    name: "Digits",
    address: digitAddress,
    load: async () => new (await import("./digits/digits-page.ts")).DigitsPage(),
  },
  signs: {
    name: "Street signs",
    address: signAddress,
    load: async () => new (await import("./signs/signs-page.ts")).SignsPage(),
  },
  paper: {
    name: "Paper",
    address: paperAddress,
    formerly: "view=paper",
    load: async () => new (await import("./paper/paper-page.ts")).PaperPage(),
  },
} satisfies Readonly<Record<string, PageRow>>;
