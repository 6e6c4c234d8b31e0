/** Shows how far something is, in one line that renews itself on a terminal. */
import { duration } from "../../format.ts";
import { terminalLine, terminalLines, type Lines } from "../../text/terminal.ts";

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A line that renews itself, and lasting lines above it. */
export class LivingLine {
  private shown = false;
  constructor(protected readonly out: Terminal) {}

  protected show(text: () => string): void {
    if (!this.out.isTTY) return;
    const line = terminalLine(text()).slice(0, (this.out.columns ?? 120) - 1);
    this.out.write(`\r\x1b[2K${line}`);
    this.shown = true;
  }

  /** Prints lasting lines above the one that renews itself. */
  line(lines: Lines): void {
    this.clear();
    this.out.write(`${terminalLines(lines)}\n`);
  }

  clear(): void {
    if (this.shown) this.out.write("\r\x1b[2K");
    this.shown = false;
  }
}

/** How long it will still take, behind all else; nothing where that is not known. */
export const left = (seconds: number | null): string =>
  seconds === null ? "" : `  ${duration(seconds)} left`;

export function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return `${"█".repeat(full)}${"░".repeat(width - full)}`;
}
