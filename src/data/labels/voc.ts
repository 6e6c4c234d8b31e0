/** Label files as PASCAL VOC has them: an XML file for each image. */
import { Parser } from "htmlparser2";
import { addBox, numberIn, scaled, type LabelDraft, type Labels, type Size } from "./labels.ts";

/** An object as its fields say, each the first of its name. */
type Fields = Map<string, string>;

interface Annotation {
  /** Whether there is an <annotation> at all, and whether it ends. */
  readonly begun: boolean;
  readonly ended: boolean;
  readonly size: Fields;
  /** Null where the end is missing. */
  readonly objects: readonly (Fields | null)[];
}

/** Flags under which an object counts neither as found nor as missed. */
const IGNORED = ["difficult", "ignore", "ignored", "iscrowd", "crowd"];

/**
 * Reads PASCAL VOC's XML.
 * @param picture size of the photograph; where the file speaks of another, boxes are scaled
 */
export function readVoc(text: string, picture: Size | null = null): Labels {
  const { begun, ended, size, objects } = parse(text);
  const into: LabelDraft = { boxes: [], problems: [] };
  if (!begun) {
    return { boxes: [], problems: ["an <annotation> is expected, as PASCAL VOC has it"] };
  }
  objects.forEach((fields, i) => {
    const where = `object ${i + 1}`;
    if (!fields) {
      into.problems.push(`${where}: is left out, as its </object> is missing`);
      return;
    }
    if (!fields.has("bndbox")) {
      into.problems.push(`${where}: a <bndbox> with xmin, ymin, xmax and ymax is expected`);
      return;
    }
    const corners = ["xmin", "ymin", "xmax", "ymax"].map((tag) => numberIn(fields.get(tag)));
    const ignored = IGNORED.some((flag) => /^(1|true|yes)$/i.test(fields.get(flag) ?? ""));
    addBox(into, where, fields.get("name") ?? "", corners, ignored);
  });
  if (!ended) {
    into.problems.push("</annotation> is missing: the file is cut short, and may have had more");
  }
  return picture ? fitted(into, size, picture) : into;
}

/** Boxes of the picture that the file speaks of, in the one that is here. */
function fitted(labels: Labels, size: Fields, picture: Size): Labels {
  const [width, height] = ["width", "height"].map((tag) => numberIn(size.get(tag)));
  if (!(width > 0 && height > 0) || labels.boxes.length === 0) return labels;
  if (width === picture.width && height === picture.height) return labels;
  // To the pixel that rounding may have taken of either side.
  const [wide, high] = [picture.width / width, picture.height / height];
  const slack = Math.max(1 / picture.width, 1 / picture.height, 1 / width, 1 / height);
  if (Math.abs(wide / high - 1) > 2 * slack) {
    const problem =
      `its labels are of an image of ${width} x ${height}, and the photograph has ` +
      `${picture.width} x ${picture.height}: it was cut or turned since`;
    return { boxes: [], problems: [problem, ...labels.problems] };
  }
  const boxes = labels.boxes.map((one) => ({
    ...one,
    box: scaled(one.box, { width, height }, picture),
  }));
  return { boxes, problems: labels.problems };
}

/** Tags within tags: far more than any such file has, and few enough for the parser's time. */
const DEEPEST = 64;

/** What of a file is of use, whether or not it is whole. */
function parse(text: string): Annotation {
  const found = { begun: false, ended: false, size: new Map<string, string>() };
  const objects: (Fields | null)[] = [];
  /** The tags that are open. */
  const open: string[] = [];
  /** Numbers of the objects that are open: one, but for ends that are missing. */
  const within: { readonly number: number; readonly fields: Fields }[] = [];
  let parts = 0;
  let content = "";
  const parser = new Parser(
    {
      onopentag(tag) {
        open.push(tag);
        content = "";
        // What follows is read no more, so that the end is missing.
        if (open.length > DEEPEST) parser.pause();
        if (tag === "annotation") found.begun = true;
        if (tag === "part") parts += 1;
        if (tag === "object") within.push({ number: objects.push(null) - 1, fields: new Map() });
        if (tag === "bndbox" && parts === 0) within.at(-1)?.fields.set(tag, "");
      },
      ontext(piece) {
        content += piece;
      },
      onclosetag(tag, implied) {
        const inside = open.at(-2);
        open.pop();
        // Parts of an object, such as a person's head, have names and boxes of their own.
        if (tag === "part") parts -= 1;
        else if (tag === "annotation") found.ended ||= !implied;
        else if (tag === "object") {
          const { number, fields } = within.pop()!;
          if (!implied) objects[number] = fields;
        } else if (parts === 0 && !implied) {
          const fields =
            inside === "size"
              ? found.size
              : inside === "object" || inside === "bndbox"
                ? within.at(-1)?.fields
                : undefined;
          if (fields && !fields.has(tag)) fields.set(tag, content.trim());
        }
        content = "";
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
  return { ...found, objects };
}
