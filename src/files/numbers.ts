/** Numbers in files, as they are checked. */
import * as v from "valibot";

export const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Of seconds, or of a rate. */
export const Positive = v.pipe(v.number(), v.finite(), v.minValue(0));
