/** Gzip decompression by the platform's own decoder, with a cap on what may come out. */
import { UserError } from "../errors.ts";

/**
 * Bytes of input per piece. Deflate expands at most 1032-fold, so one piece grows to 17 MB
 * at worst before the cap sees it, also where the decoder hands on a piece as a whole.
 */
const PIECE = 16 * 1024;

/** Whether bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses a gzip file of one member.
 * @param limit the most bytes that may come out
 * @param name the file's name, for errors
 * @throws UserError if the file is no gzip, truncated, corrupt, empty inside, larger than the
 * limit, or goes on after its end
 */
export async function gunzip(bytes: Uint8Array, limit: number, name: string): Promise<Uint8Array> {
  if (!isGzip(bytes)) {
    throw new UserError(`${name} is not a gzip file: its first two bytes must be 1f 8b.`);
  }
  const stream = pieces(bytes).pipeThrough(new DecompressionStream("gzip"));
  const plain = await collect(stream.getReader(), limit, () => {
    return new UserError(`${name} decompresses to more than the ${limit} bytes allowed.`);
  }).catch((error: unknown) => {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${name} is a truncated or corrupt gzip file (${reason}); get a fresh copy of it.`,
      { cause: error },
    );
  });
  if (plain.length === 0) throw new UserError(`${name} is a gzip file with nothing inside.`);
  // Browsers refuse bytes after the end, Node reads on or skips zeros: the last four bytes, where
  // gzip states the length, tell the same story to both.
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4);
  const stated = trailer.getUint32(0, true);
  if (stated !== plain.length) {
    throw new UserError(
      `${name} goes on after the end of its gzip data (${plain.length} bytes came out, its last ` +
        `four bytes state ${stated}); get a fresh copy of it.`,
    );
  }
  return plain;
}

/**
 * Reads a stream of bytes to its end into one array.
 * @param limit the most bytes to accept
 * @param tooLong makes the error thrown, after the stream is cancelled, beyond the limit
 * @param onBytes told the length of each chunk as it arrives
 */
export async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
  tooLong: () => Error,
  onBytes?: (length: number) => void,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw tooLong();
    }
    chunks.push(value);
    onBytes?.(value.length);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

/** The bytes as a stream that yields a piece whenever it is asked for one. */
function pieces(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(bytes.subarray(offset, (offset += PIECE))));
      if (offset >= bytes.length) controller.close();
    },
  });
}
