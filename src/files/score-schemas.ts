/** How a detector's scores are read from files. */
import * as v from "valibot";
import { Count } from "./numbers.ts";

const Share = v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0)));
const SizeScore = v.object({ least: Count, most: v.nullable(Count), signs: Count, right: Count });
const ClassScore = v.object({
  signs: Count,
  detections: Count,
  averagePrecision: Share,
  recall: Share,
  accuracy: Share,
});
const shares = { signs: Count, success: Share, accuracy: Share, stillFound: Share };

/** Of a detector of so many classes. */
export const scoreSchemas = (classes: number) => ({
  DetectionScore: v.object({
    images: Count,
    classes: v.pipe(v.array(ClassScore), v.length(classes)),
    accuracy: Share,
    meanAveragePrecision: Share,
    confusion: v.pipe(
      v.array(v.pipe(v.array(Count), v.length(classes + 1))),
      v.length(classes + 1),
    ),
    sizes: v.array(SizeScore),
  }),
  AttackScore: v.object({
    ...shares,
    sizes: v.array(
      v.object({ ...SizeScore.entries, rightly: v.optional(Count), still: v.optional(Count) }),
    ),
    classes: v.optional(v.pipe(v.array(v.object(shares)), v.length(classes))),
  }),
});
