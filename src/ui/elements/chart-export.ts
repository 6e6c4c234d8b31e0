/** Charts as files: a drawing that stands alone as SVG, and pictures of drawings and canvases as PNG. */

/** What a drawing's looks come from; a file has no style sheet, so each element gets its own. */
const properties = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linejoin",
  "stroke-linecap",
  "shape-rendering",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "font-variant-numeric",
  "text-anchor",
  "dominant-baseline",
  "paint-order",
  "display",
  "visibility",
] as const;

const NAMESPACE = "http://www.w3.org/2000/svg";

/** Room for the title above the drawing, and around it, in pixels. */
const HEAD = 46;
const EDGE = 12;

/** Marks what is seen in files only, such as a key to the lines; it is drawn between y = -22 and 0. */
export const EXPORT_ONLY = "export-only";

/**
 * A drawing as an SVG file that needs nothing else: colours and fonts as they are on the page now, in its
 * light or dark, with its title above and its description inside.
 * @param svg a drawing on the page
 */
export function svgFile(svg: SVGSVGElement, title: string): string {
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true) as SVGSVGElement;
  dress(svg, copy);
  for (const part of copy.querySelectorAll<SVGElement>(`.${EXPORT_ONLY}`)) {
    part.style.display = "inline";
  }
  const label = svg.getAttribute("aria-label") ?? "";
  strip(copy);
  const box = [-EDGE, -HEAD, width + 2 * EDGE, height + HEAD + EDGE].map(Math.ceil);
  copy.setAttribute("xmlns", NAMESPACE);
  copy.setAttribute("viewBox", box.join(" "));
  copy.setAttribute("width", String(box[2]));
  copy.setAttribute("height", String(box[3]));
  copy.setAttribute("role", "img");
  const page = getComputedStyle(svg);
  const ground = create("rect", { x: box[0], y: box[1], width: box[2], height: box[3] });
  ground.setAttribute("fill", plainColour(token(svg, "--panel", "#ffffff")));
  const heading = create("text", { x: 0, y: 18 - HEAD });
  heading.setAttribute("fill", plainColour(token(svg, "--ink", "#000000")));
  heading.setAttribute("font-family", page.fontFamily);
  heading.setAttribute("font-size", "14");
  heading.setAttribute("font-weight", "650");
  heading.textContent = title;
  const [name, description] = [create("title", {}), create("desc", {})];
  name.textContent = title;
  description.textContent = label;
  copy.prepend(name, description, ground, heading);
  return new XMLSerializer().serializeToString(copy);
}

/** A drawing as a PNG file. @param scale pixels of the file for each of the page */
export async function pngFile(
  svg: SVGSVGElement,
  title: string,
  scale = 2,
): Promise<Uint8Array<ArrayBuffer>> {
  const url = URL.createObjectURL(new Blob([svgFile(svg, title)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    contextOf(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
    return await bytesOf(canvas);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A heat map as a PNG file, each of its pixels `scale` squared. */
export async function canvasFile(
  source: HTMLCanvasElement,
  scale = 1,
): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = document.createElement("canvas");
  canvas.width = source.width * scale;
  canvas.height = source.height * scale;
  const context = contextOf(canvas);
  context.imageSmoothingEnabled = false;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return await bytesOf(canvas);
}

/** For example "badnets-digits-loss-step-2814". */
export function fileStem(study: string, chart: string, step: number | null): string {
  return `badnets-${study}-${chart}${step === null ? "" : `-step-${step}`}`;
}

/** Gives every element of a copy the looks of its original. */
function dress(original: Element, copy: Element): void {
  const looks = getComputedStyle(original);
  copy.setAttribute(
    "style",
    properties.map((name) => `${name}:${plainColour(looks.getPropertyValue(name))}`).join(";"),
  );
  for (const [i, child] of [...original.children].entries()) dress(child, copy.children[i]);
}

/** Takes out what only the page needs: Lit's comments, classes, and what makes a drawing operable. */
function strip(copy: SVGSVGElement): void {
  const walker = document.createTreeWalker(copy, NodeFilter.SHOW_COMMENT);
  const comments: Node[] = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.parentNode?.removeChild(comment);
  for (const element of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of element.getAttributeNames()) {
      if (/^(class|id|role|tabindex|aria-.*)$/.test(name)) element.removeAttribute(name);
    }
  }
}

function create(name: string, attributes: Readonly<Record<string, number>>): Element {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** A design token's colour where the drawing stands. */
function token(svg: SVGSVGElement, name: string, otherwise: string): string {
  const probe = document.createElementNS(NAMESPACE, "g");
  probe.style.fill = `var(${name}, ${otherwise})`;
  svg.append(probe);
  const { fill } = getComputedStyle(probe);
  probe.remove();
  return fill;
}

/** Mixed colours come as color(srgb ...), which drawing programs do not read. */
function plainColour(value: string): string {
  return value.replaceAll(
    /color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)/g,
    (_, r: string, g: string, b: string, alpha?: string) => {
      const [red, green, blue] = [r, g, b].map((part) => Math.round(255 * Number(part)));
      return alpha === undefined
        ? `rgb(${red}, ${green}, ${blue})`
        : `rgba(${red}, ${green}, ${blue}, ${alpha})`;
    },
  );
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the browser gave no drawing context");
  return context;
}

async function bytesOf(canvas: HTMLCanvasElement): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the browser made no PNG of the chart");
  return new Uint8Array(await blob.arrayBuffer());
}
