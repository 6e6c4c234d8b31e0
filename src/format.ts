/** Numbers as people read them. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 12,345 */
export function count(value: number): string {
  return whole.format(value);
}

/** 98.76 % */
export function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** A minus sign as print has it, in place of a hyphen. */
export function withMinus(text: string): string {
  return text.replaceAll("-", "−");
}

/** −0.12; what rounds to zero has no sign. */
export function fixed(value: number, digits: number): string {
  return withMinus(value.toFixed(digits).replace(/^-(?=[0.]*$)/, ""));
}

/** 11.5 MB */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}

/** 42 s, 3 min 05 s, 2 h 07 min */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (!Number.isFinite(s)) return "–";
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${pad(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} min`;
}
