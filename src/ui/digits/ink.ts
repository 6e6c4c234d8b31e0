/** Ink on a drawing pad of 280 x 280: strokes of a soft round brush, undone one by one. */
import { fitDigit, SIDE } from "../../data/digit-from-image.ts";

/** Width and height of the pad, and of the part of it that becomes one pixel of the digit. */
export const PAD = 280;
const CELL = PAD / SIDE;

/** Where the brush is fully white, and where it ends, from its middle. */
const CORE = 8;
const REACH = 13;

const MOST_UNDO = 50;

export class Ink {
  /** [280, 280], 0 to 255 */
  raster = new Uint8Array(PAD * PAD);
  private past: Uint8Array<ArrayBuffer>[] = [];
  private last: readonly [number, number] | null = null;
  /** The digit that it was last given, or gave. [28, 28] */
  private latest: Uint8Array | null = null;

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get isEmpty(): boolean {
    return this.raster.every((value) => value === 0);
  }

  /** Begins a stroke at a place of the pad. */
  begin(x: number, y: number): void {
    this.keep();
    this.stamp(x, y);
    this.last = [x, y];
  }

  /** Goes on to another place. */
  moveTo(x: number, y: number): void {
    const [fromX, fromY] = this.last ?? [x, y];
    const stamps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / 3));
    for (let i = 1; i <= stamps; i++) {
      this.stamp(fromX + ((x - fromX) * i) / stamps, fromY + ((y - fromY) * i) / stamps);
    }
    this.last = [x, y];
  }

  undo(): void {
    this.raster = this.past.pop() ?? this.raster;
  }

  clear(): void {
    this.keep();
    this.raster = new Uint8Array(PAD * PAD);
  }

  /** Puts a digit on the pad in place of what is there, to be drawn on. @param digit [28, 28] */
  put(digit: Uint8Array): void {
    this.keep();
    this.latest = digit;
    this.raster = Uint8Array.from({ length: PAD * PAD }, (_, i) => {
      const row = Math.floor(i / PAD / CELL);
      const column = Math.floor((i % PAD) / CELL);
      return digit[row * SIDE + column];
    });
  }

  /** The digit as the network sees it. [28, 28] @param fit scaled and centred as MNIST's are */
  digit(fit: boolean): Uint8Array<ArrayBuffer> {
    const digit = fit ? fitDigit(this.raster, PAD, PAD) : this.averages();
    this.latest = digit;
    return digit;
  }

  /** Whether a digit is the one that it last gave, or was given. */
  gave(digit: Uint8Array): boolean {
    return this.latest?.every((value, i) => value === digit[i]) ?? false;
  }

  private averages(): Uint8Array<ArrayBuffer> {
    const digit = new Uint8Array(SIDE * SIDE);
    for (let i = 0; i < digit.length; i++) {
      const corner = Math.floor(i / SIDE) * CELL * PAD + (i % SIDE) * CELL;
      let sum = 0;
      for (let y = 0; y < CELL; y++) {
        for (let x = 0; x < CELL; x++) sum += this.raster[corner + y * PAD + x];
      }
      digit[i] = Math.round(sum / CELL ** 2);
    }
    return digit;
  }

  private keep(): void {
    this.past = [...this.past.slice(1 - MOST_UNDO), this.raster.slice()];
  }

  private stamp(x: number, y: number): void {
    const within = (n: number) => Math.min(PAD - 1, Math.max(0, n));
    for (let row = within(Math.ceil(y - REACH)); row <= within(Math.floor(y + REACH)); row++) {
      for (
        let column = within(Math.ceil(x - REACH));
        column <= within(Math.floor(x + REACH));
        column++
      ) {
        const distance = Math.hypot(column - x, row - y);
        const value = 255 * Math.min(1, Math.max(0, (REACH - distance) / (REACH - CORE)));
        const at = row * PAD + column;
        this.raster[at] = Math.max(this.raster[at], value);
      }
    }
  }
}
