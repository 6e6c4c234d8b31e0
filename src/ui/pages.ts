/** The table of pages, in the order of the head. */
import { defences } from "./defences/page.ts";
import { digits } from "./digits/page.ts";
import { models } from "./models/page.ts";
import { paper } from "./paper/page.ts";
import { signs } from "./signs/page.ts";

export const pages = { digits, defences, signs, paper, models };
