/** A page for the elements' tests: it holds one element alone, and remembers what that fires. */

/** An event that the element fired. */
export interface Heard {
  readonly type: string;
  readonly detail: unknown;
}

declare global {
  interface Window {
    /** Puts an element on the page in the place of the one before, and waits until it is drawn. */
    mount: (tag: string, properties: object, events: readonly string[]) => Promise<void>;
    /** Gives the element on the page other properties, and waits until it is drawn. */
    change: (properties: object) => Promise<void>;
    heard: Heard[];
  }
}

/** Each file that is named after the element in it. */
const modules = import.meta.glob([
  "../../../src/ui/{elements,digits,signs,signs/transfer,paper,shell}/*-*.ts",
  "!**/*-{lab,app,page,frame,controller,styles}.ts",
]);

const place = document.querySelector<HTMLElement>("#place")!;

/** Elements draw in a microtask or a task of their own, and again once they know their size. */
async function drawn(): Promise<void> {
  const frame = async () => await new Promise((done) => requestAnimationFrame(done));
  for (let i = 0; i < 3; i++) {
    await frame();
    await (place.firstElementChild as { updateComplete?: Promise<unknown> }).updateComplete;
  }
}

window.heard = [];

window.mount = async (tag, properties, events) => {
  const path = Object.keys(modules).find((file) => file.endsWith(`/${tag}.ts`));
  if (path === undefined) throw new Error(`no file is named ${tag}.ts`);
  await modules[path]();
  const element = Object.assign(document.createElement(tag), properties);
  window.heard = [];
  for (const type of events) {
    element.addEventListener(type, (event) =>
      window.heard.push({ type, detail: (event as CustomEvent<unknown>).detail }),
    );
  }
  place.replaceChildren(element);
  await drawn();
};

window.change = async (properties) => {
  Object.assign(place.firstElementChild!, properties);
  await drawn();
};
