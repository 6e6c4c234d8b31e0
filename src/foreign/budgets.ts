/** How large a network of strangers may be: far above what is looked at here, far below what harms a page. */
import { UserError } from "../errors.ts";

export const budgets = {
  /** Of a file. */
  bytes: 2 ** 28,
  /** Nodes or layers of a graph. */
  nodes: 500,
  /** Messages within a protobuf, of any kind. */
  messages: 20_000,
  /** Weights and biases in all. */
  parameters: 2 ** 25,
  channels: 3,
  /** Height or width of an image, in pixels. */
  side: 128,
  classes: 1000,
  /** Height or width of a convolution's kernel or a pool's window. */
  kernel: 128,
  /** Channels of a convolution, or units of a dense layer. */
  width: 65_536,
} as const;

/** @throws UserError naming the file, its size and what is allowed */
export function checkSize(bytes: Uint8Array, name: string): void {
  if (bytes.length <= budgets.bytes) return;
  throw new UserError(
    `${name} has ${Math.ceil(bytes.length / 2 ** 20)} MiB, and a network that is read here may have ${budgets.bytes / 2 ** 20}.`,
  );
}
