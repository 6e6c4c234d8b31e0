/** Templates as text: what Lit would render, for files. Event handlers and properties are left out. */
import { nothing, type TemplateResult } from "lit";
import { xmlText } from "../text/xml.ts";
import { filePalette, type Figure } from "./figure.ts";

/** A figure as an SVG file that needs nothing else. */
export function figureFile({ label, width, height, content }: Figure): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, 'Segoe UI', Roboto, sans-serif" font-size="12">`;
  const ground = `<rect width="${width}" height="${height}" fill="${filePalette.panel}"/>`;
  return `${head}\n<title>${xmlText(label)}</title>\n${ground}\n${text(content)}\n</svg>\n`;
}

/** An attribute that waits for its value at the end of a template's part: its name and sign. */
const OPEN = /\s([.@?]?)([\w-]+)=$/;

function text(template: TemplateResult): string {
  const { strings, values } = template;
  let out = strings[0];
  values.forEach((value, i) => {
    const open = OPEN.exec(out);
    if (!open) out += content(value);
    else {
      const [whole, sign, name] = open;
      out = out.slice(0, -whole.length);
      if (sign === "?" && value) out += ` ${name}=""`;
      if (sign === "" && value !== nothing) out += ` ${name}="${content(value)}"`;
    }
    out += strings[i + 1];
  });
  // What is indented in the source need not be in a file.
  return out.replace(/\n\s*/g, "\n").replace(/\n+/g, "\n").trim();
}

function content(value: unknown): string {
  if (value === nothing || value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map(content).join("\n");
  if (typeof value === "object" && "strings" in value) return text(value as TemplateResult);
  return xmlText(`${value as string | number}`);
}
