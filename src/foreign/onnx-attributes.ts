/** The attributes of an ONNX node, by name and with their defaults. */
import { clip, UserError } from "../errors.ts";
import type { OnnxAttribute, OnnxNode } from "./onnx-schema.ts";
import type { Pads, Pair } from "./network.ts";
import { budgets } from "./budgets.ts";

export class Attributes {
  private readonly byName: ReadonlyMap<string, OnnxAttribute>;

  constructor(private readonly node: OnnxNode) {
    this.byName = new Map(node.attribute.map((one) => [one.name ?? "", one]));
  }

  int(name: string, otherwise: number): number {
    return this.byName.get(name)?.i ?? otherwise;
  }

  float(name: string, otherwise: number): number {
    return this.byName.get(name)?.f ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    const bytes = this.byName.get(name)?.s;
    return bytes ? new TextDecoder().decode(bytes) : otherwise;
  }

  get(name: string): OnnxAttribute | undefined {
    return this.byName.get(name);
  }

  ints(name: string): readonly number[] | null {
    const values = this.byName.get(name)?.ints;
    return values && values.length > 0 ? values : null;
  }

  /** Sizes along rows and columns. @throws UserError where there are not two, of at least `least` */
  pair(name: string, otherwise: Pair | null, least = 1): Pair {
    const values = this.ints(name) ?? otherwise;
    const within = (value: number) => value >= least && value <= budgets.kernel;
    if (values?.length === 2 && values.every(within)) return [values[0], values[1]];
    throw this.unread(name, values);
  }

  /**
   * Zeros around the image; where the node says "same" or "valid", as many as that takes.
   * @param size of the image that it reads, [height, width]
   */
  pads(size: Pair, extent: Pair, stride: Pair): Pads {
    const kind = this.text("auto_pad", "NOTSET");
    if (kind === "VALID") return [0, 0, 0, 0];
    if (kind === "SAME_UPPER" || kind === "SAME_LOWER") {
      const all = [0, 1].map((side) =>
        Math.max(
          0,
          (Math.ceil(size[side] / stride[side]) - 1) * stride[side] + extent[side] - size[side],
        ),
      );
      const less = all.map((pad) => Math.floor(pad / 2));
      const more = all.map((pad) => Math.ceil(pad / 2));
      const [first, last] = kind === "SAME_UPPER" ? [less, more] : [more, less];
      return [first[0], first[1], last[0], last[1]];
    }
    const values = this.ints("pads") ?? [0, 0, 0, 0];
    const within = (value: number) => value >= 0 && value <= budgets.kernel;
    if (kind === "NOTSET" && values.length === 4 && values.every(within)) {
      const [top, left, bottom, right] = values;
      return [top, left, bottom, right];
    }
    throw this.unread("pads", values);
  }

  private unread(name: string, values: readonly number[] | null): UserError {
    const { opType, name: title } = this.node;
    return new UserError(
      `${opType} "${clip(title ?? "")}" has ${name} ${clip(values?.join(", ") ?? "missing")}, which cannot be read; images have rows and columns.`,
    );
  }
}
