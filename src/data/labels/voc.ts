/** Label files as PASCAL VOC has them: an XML file for each image. */
import { addBox, numberIn, type LabelDraft, type Labels } from "./labels.ts";

/** PASCAL VOC: an XML file an image. */
export function readVoc(text: string): Labels {
  const into: LabelDraft = { boxes: [], problems: [] };
  if (!/<annotation[\s>]/.test(text)) {
    return { boxes: [], problems: ["an <annotation> is expected, as PASCAL VOC has it"] };
  }
  const field = (block: string, tag: string) =>
    new RegExp(`<${tag}(?:\\s[^>]*)?>\\s*([^<]*?)\\s*</${tag}\\s*>`).exec(block)?.[1];
  // Whatever stands in a comment, and the parts of an object, such as a person's head.
  const plain = text
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .replaceAll(/<part(?:\s[^>]*)?>[\s\S]*?<\/part\s*>/g, "");
  const [, ...objects] = plain.split(/<object(?:\s[^>]*)?>/);
  objects.forEach((rest, i) => {
    const where = `object ${i + 1}`;
    const end = rest.search(/<\/object\s*>/);
    if (end < 0) {
      into.problems.push(`${where}: is left out, as its </object> is missing`);
      return;
    }
    const block = rest.slice(0, end);
    const corners = ["xmin", "ymin", "xmax", "ymax"].map((tag) => numberIn(field(block, tag)));
    addBox(into, where, field(block, "name") ?? "", corners);
  });
  if (!/<\/annotation\s*>/.test(plain)) {
    into.problems.push("</annotation> is missing: the file is cut short, and may have had more");
  }
  return into;
}
