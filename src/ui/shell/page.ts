/** What the app and its pages know of each other. */
import type { StudyId } from "../../studies/table.ts";
import type { Tab } from "../elements/tab-bar.ts";
import type { AddressedPage } from "./address.ts";
import type { Connection, Connections } from "./connection.ts";

/** What the head of every page shows of the app. */
export interface Shell {
  /** All pages by id and name. */
  readonly pages: readonly Tab[];
  /** Which of them is on view. */
  readonly page: string;
  /** What was wrong with the address, or the page that it names, in a sentence; null when all is well. */
  readonly problem: string | null;
}

/**
 * A page: made when it is first wanted, and kept while another is on view. Fires `view-change` with the parts of
 * its view that are others, `open-recipe` with a recipe for the page of the recipe's study, and `open-view` with a
 * page's id and the parts of its view to go there with.
 */
export interface PageElement extends HTMLElement {
  /** Whose engine it needs. */
  readonly study: StudyId;
  shell: Shell;
  // Of each study another type, and of each page another view.
  connection: Connection<any>;
  /** Of a page of several studies, the way to the others' engines. */
  connections?: Connections;
  view: any;
  /** Puts a recipe into the form. */
  openRecipe?(recipe: object): void;
}

/** A row of the table of pages. */
export interface PageRow extends AddressedPage {
  /** In the head. */
  readonly name: string;
  readonly load: () => Promise<PageElement>;
}
