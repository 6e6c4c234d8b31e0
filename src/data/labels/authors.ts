/** Label files as the paper's authors have them: a text for each image, a line for each box. */
import { addBox, linesOf, numberIn, type LabelDraft, type Labels } from "./labels.ts";

/** The authors' own format: a line a box, `class,x1,y1,x2,y2,comment`. */
export function readAuthors(text: string): Labels {
  const into: LabelDraft = { boxes: [], problems: [] };
  linesOf(text).forEach((line, i) => {
    if (line === "" || line.startsWith("#")) return;
    const [name, ...rest] = line.split(",").map((part) => part.trim());
    const corners = rest.slice(0, 4).map(numberIn);
    addBox(into, `line ${i + 1}`, name, corners);
  });
  return into;
}
