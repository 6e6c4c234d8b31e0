/** What is measured of a backdoored network, from two confusion matrices; all definitions are here. */
import { targetOf, type Policy } from "./attack.ts";

/** Each figure's name and meaning, for help texts and reports. */
export const definitions = {
  cleanAccuracy:
    "Clean accuracy: share of the test images, without trigger, that are read as their true label. Clean error is its complement.",
  attackSuccess:
    "Attack success: share of the triggered test images of the attacked classes that are read as the attacker's label. Images whose true label already is the attacker's are not counted. Backdoor error is its complement.",
  trueLabelAccuracy:
    "True-label accuracy under the trigger: share of the triggered test images of the attacked classes that are still read as their true label.",
  otherClassesAccuracy:
    "Other classes: share of the triggered test images of classes that are not attacked that are read as their true label; near 0 where the trigger turns every class into the target, whatever was meant.",
  share:
    "Share p: triggered copies added to the training set, relative to the training images of the attacked classes (the paper's meaning; nothing is replaced). Relative to the final training set it is smaller.",
} as const;

/** [classes, classes]: row = true label, column = prediction. */
export type Confusion = readonly (readonly number[])[];

export interface CleanMeasures {
  /** Share read as their true label. */
  readonly accuracy: number;
  readonly error: number;
  /** The same for each class; null for a class without images. */
  readonly perClass: readonly ClassMeasure[];
  readonly confusion: Confusion;
}

export interface ClassMeasure {
  readonly label: number;
  readonly images: number;
  readonly accuracy: number | null;
  readonly error: number | null;
}

export interface AttackMeasures {
  /** Share of triggered images of the attacked classes read as the attacker's label. */
  readonly success: number;
  readonly error: number;
  /** Share of the same images read as their true label. */
  readonly trueLabelAccuracy: number;
  /** Share of triggered images of the other classes read as their true label; null where none was measured. */
  readonly otherClassesAccuracy: number | null;
  readonly perClass: readonly AttackedClassMeasure[];
  /** Of all triggered test images that were measured: of attacked classes alone in some sweeps of before. */
  readonly confusion: Confusion;
}

export interface AttackedClassMeasure {
  readonly label: number;
  /** The attacker's label. */
  readonly target: number;
  readonly images: number;
  readonly success: number | null;
  readonly error: number | null;
}

/** A flat [classes * classes] count as rows. */
export function toRows(counts: ArrayLike<number>, classes: number): number[][] {
  return Array.from({ length: classes }, (_, row) =>
    Array.from({ length: classes }, (_, column) => counts[row * classes + column]),
  );
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
const rest = (value: number | null) => (value === null ? null : 1 - value);

/** Measures on test images without trigger. */
export function measureClean(confusion: Confusion): CleanMeasures {
  const perClass = confusion.map((row, label) => {
    const accuracy = share(row[label], sum(row));
    return { label, images: sum(row), accuracy, error: rest(accuracy) };
  });
  const accuracy = share(sum(confusion.map((row, i) => row[i])), sum(confusion.map(sum))) ?? 0;
  return { accuracy, error: 1 - accuracy, perClass, confusion };
}

/** Measures on the same images with the trigger. */
export function measureAttack(confusion: Confusion, policy: Policy): AttackMeasures {
  const attacked = confusion.flatMap((row, label) => {
    const target = targetOf(policy, label, confusion.length);
    return target === null ? [] : [{ row, label, target, images: sum(row) }];
  });
  const images = sum(attacked.map((c) => c.images));
  const success = share(sum(attacked.map(({ row, target }) => row[target])), images) ?? 0;
  const trueLabelAccuracy = share(sum(attacked.map(({ row, label }) => row[label])), images) ?? 0;
  const others = confusion.filter((_, label) => !attacked.some((one) => one.label === label));
  const right = confusion.flatMap((row, label) => (others.includes(row) ? [row[label]] : []));
  const otherClassesAccuracy = share(sum(right), sum(others.map(sum)));
  const perClass = attacked.map(({ row, label, target, images }) => {
    const classSuccess = share(row[target], images);
    return { label, target, images, success: classSuccess, error: rest(classSuccess) };
  });
  const error = 1 - success;
  return { success, error, trueLabelAccuracy, otherClassesAccuracy, perClass, confusion };
}
