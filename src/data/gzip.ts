/** Gzip decompression with a cap on what may come out: of one member or several, as block gzip writes them. */
import { UserError } from "../errors.ts";
import { joined } from "./bytes.ts";

/** Bytes of input at a time: deflate expands them at most 1032-fold, to 17 MB, before the cap is looked at. */
const PIECE = 16 * 1024;

/** A window of 32 KiB, and gzip's head around the data. */
const GZIP = { windowBits: 15 + 16 };

/** Whether bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses a gzip file: its members one after the other; zeros may follow them, which fill blocks of tapes.
 * @param limit the most bytes that may come out
 * @param name the file's name, for errors
 * @throws UserError if the file is no gzip, truncated, corrupt, empty inside, larger than the
 * limit, or goes on after its end
 */
export async function gunzip(bytes: Uint8Array, limit: number, name: string): Promise<Uint8Array> {
  if (!isGzip(bytes)) {
    throw new UserError(`${name} is not a gzip file: its first two bytes must be 1f 8b.`);
  }
  const { Inflate, ZStream } = await import("pako");
  const chunks: Uint8Array[] = [];
  let length = 0;
  let stream = new ZStream();
  /** Goes on with the next member by itself, unless a piece ends between them. */
  const open = () => {
    const inflate = new Inflate(GZIP);
    inflate.onStart = (started) => {
      stream = started;
    };
    inflate.onData = (chunk) => {
      length += chunk.length;
      chunks.push(chunk);
    };
    return inflate;
  };
  let inflate = open();
  for (let at = 0; at < bytes.length;) {
    if (inflate.ended) {
      if (bytes.subarray(at).every((byte) => byte === 0)) break;
      inflate = open();
    }
    const piece = bytes.subarray(at, at + PIECE);
    inflate.push(piece);
    if (inflate.err) throw corrupt(name, inflate.msg);
    at += piece.length - stream.avail_in;
    if (length > limit) throw tooLarge(name, limit);
  }
  if (!inflate.ended) throw corrupt(name, "it ends early");
  if (length === 0) throw new UserError(`${name} is a gzip file with nothing inside.`);
  return joined(chunks);
}

/**
 * Decompresses a gzip file of the app's own by the platform's decoder, which need not be fetched. What follows the
 * first member, platforms read, skip or refuse: so it is for files alone whose content is checked afterwards.
 * @throws UserError if the file is truncated, corrupt, or larger than the limit
 */
export async function gunzipOwn(
  bytes: Uint8Array,
  limit: number,
  name: string,
): Promise<Uint8Array> {
  const stream = pieces(bytes).pipeThrough(new DecompressionStream("gzip"));
  return await collect(stream.getReader(), limit, () => tooLarge(name, limit)).catch(
    (error: unknown) => {
      throw error instanceof UserError ? error : corrupt(name, (error as Error).message);
    },
  );
}

const corrupt = (name: string, why: string) =>
  new UserError(`${name} is a truncated or corrupt gzip file (${why}); get a fresh copy of it.`);

const tooLarge = (name: string, limit: number) =>
  new UserError(`${name} decompresses to more than the ${limit} bytes allowed.`);

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
  return joined(chunks);
}
