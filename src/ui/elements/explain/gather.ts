/** Accounts of shaders/batch.wgsl: which image a pixel came from, and what the attacker did to it. */
import { NO_IMAGE, TRIGGERED } from "../../../data/order.ts";
import {
  conclude,
  tensorOf,
  valueAt,
  type Explanation,
  type Line,
  type Question,
  type Tensors,
} from "./explanation.ts";

/**
 * @param stepsDone steps done before this one: the GPU's own count goes up in the middle of the step
 */
export function gather(question: Question, stepsDone: number): Explanation | null {
  const { tensors, index, output } = question;
  const order = tensorOf(tensors, "order");
  const [batches, B] = order.shape;
  const b = index[0];
  const entry = order.values[(stepsDone % batches) * B + b];
  if (entry === NO_IMAGE) return null;
  const image = (entry & ~TRIGGERED) >>> 0;
  const triggered = entry >= TRIGGERED;
  const first: Line = {
    text: `place ${b} of batch ${stepsDone % batches} asks for image`,
    value: image,
  };
  return output === "label"
    ? labelOf(question, first, image, triggered)
    : pixelOf(question, first, image, triggered);
}

/** Bytes lie four to a word, lowest first. */
function byteAt(tensors: Tensors, name: string, at: number): number {
  return (tensorOf(tensors, name).values[Math.floor(at / 4)] >>> (8 * (at % 4))) & 255;
}

function labelOf(question: Question, first: Line, image: number, triggered: boolean): Explanation {
  const { tensors } = question;
  const label = byteAt(tensors, "labels", image);
  const result = triggered ? valueAt(tensors, "targets", label) : label;
  return conclude(question, {
    formula: "label_{b} = the image’s own, or the attacker’s where it is triggered",
    lines: [
      first,
      { text: "its true label", value: label },
      { text: triggered ? "triggered: the attacker’s label" : "clean: it stays", value: result },
    ],
    result,
    tolerance: 0,
  });
}

function pixelOf(question: Question, first: Line, image: number, triggered: boolean): Explanation {
  const { dispatch, tensors, index } = question;
  const { SIZE } = dispatch.constants;
  const [, , row, column] = index;
  const cover = valueAt(tensors, "trigger", row, column);
  const covered = triggered && cover !== 0;
  const augmented = dispatch.constants["AUGMENT"] !== 0;
  const stored = valueAt(tensors, "x", ...index);
  const formula = "x_{b,0,r,c} = trigger( image_{r,c} ) / 255";
  const trigger: Line = covered
    ? { text: "the trigger covers this pixel with", value: cover & 255 }
    : { text: triggered ? "triggered, but not at this pixel" : "clean: no trigger", value: 0 };
  if (covered || (!augmented && tensors.has("images"))) {
    const at = image * SIZE * SIZE + row * SIZE + column;
    const own: Line[] =
      augmented || !tensors.has("images")
        ? []
        : [{ text: "its pixel", value: byteAt(tensors, "images", at) }];
    const value = covered ? cover & 255 : own[0].value;
    return conclude(question, {
      formula,
      lines: [first, ...own, trigger, { text: "divided by 255", value: value / 255 }],
      result: value / 255,
      tolerance: 1e-7,
    });
  }
  if (augmented) {
    return conclude(question, {
      formula: "x_{b,0,r,c} = between( four pixels of the moved image ) / 255",
      lines: [first, trigger, { text: "255 times what is stored", value: 255 * stored }],
      note: "The image was shifted, turned and scaled at random, and read between four pixels. That is not computed again here.",
      result: stored,
      tolerance: 0,
    });
  }
  const byte = Math.round(255 * stored);
  return conclude(question, {
    formula,
    lines: [
      first,
      { text: "its pixel, told from what is stored", value: byte },
      trigger,
      { text: "divided by 255", value: byte / 255 },
    ],
    result: byte / 255,
    tolerance: 1e-7,
  });
}
