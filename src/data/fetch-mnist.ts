/** The browser's way to MNIST: fetch the four files that were published beside the app. */
import { UserError } from "../errors.ts";
import { readDigitData, type DigitData, type NamedBytes } from "./digits.ts";
import { collect, gunzipOwn, isGzip } from "./gzip.ts";
import { checkMnistFile, MNIST_FILES, type MnistFile } from "./mnist.ts";

/** Where the files lie below the app's base, as `scripts/mnist-plugin.ts` puts them there. */
export const MNIST_FOLDER = "data/mnist";

/** Bytes received of bytes expected over all four files. */
export interface DownloadProgress {
  loaded: number;
  total: number;
}

/**
 * Fetches MNIST and checks every file's digest.
 * @param base URL of the app's folder; in a worker an absolute one
 * @param onProgress called on each chunk; the last call has loaded equal to total
 * @param signal aborts the download, which then rejects with the signal's reason
 * @throws UserError if a file cannot be fetched or is not the genuine one
 */
export async function fetchMnist(
  base: string,
  onProgress: (progress: DownloadProgress) => void,
  signal?: AbortSignal,
): Promise<DigitData> {
  const folder = `${base.replace(/\/$/, "")}/${MNIST_FOLDER}`;
  const failed = new AbortController();
  const abort = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  try {
    const downloads = await Promise.all(
      MNIST_FILES.map((file) => open(file, `${folder}/${file.name}.gz`, abort)),
    );
    const total = downloads.reduce((sum, download) => sum + download.length, 0);
    let loaded = 0;
    const count = (length: number) => {
      // A length can be an estimate: never promise more than everything.
      loaded = Math.min(total, loaded + length);
      onProgress({ loaded, total });
    };
    const files = await Promise.all(downloads.map((download) => receive(download, count)));
    if (loaded < total) onProgress({ loaded: total, total });
    return await readDigitData(files);
  } catch (error) {
    failed.abort();
    signal?.throwIfAborted();
    throw error;
  }
}

/** A file on its way. */
interface Download {
  file: MnistFile;
  url: string;
  body: ReadableStreamDefaultReader<Uint8Array>;
  /** How many bytes the body will probably have. */
  length: number;
}

/** Asks for a file; its headers tell how much is to come. */
async function open(file: MnistFile, url: string, signal: AbortSignal): Promise<Download> {
  const { body, headers, ok, status } = await fetch(url, { signal }).catch((error: unknown) => {
    throw unreachable(url, error);
  });
  if (!ok || body === null) {
    throw new UserError(
      `${url} was answered with status ${status}; ` +
        `check that the app was published with its ${MNIST_FOLDER} folder, then reload.`,
    );
  }
  // A host that undoes the gzip on the way states the length before, and sends the plain file.
  const decoded = headers.has("content-encoding");
  const stated = Number(headers.get("content-length"));
  const length = decoded || !(stated > 0) ? file.size : stated;
  // The reader is taken at once: Node cancels a body without one when its response is collected.
  return { file, url, body: body.getReader(), length };
}

/** Reads a file to its end and hands on the plain idx file, checked. */
async function receive(
  { file, url, body }: Download,
  count: (length: number) => void,
): Promise<NamedBytes> {
  const advice = `publish the app's ${MNIST_FOLDER} folder again, then reload`;
  // Compressed or not, the genuine file is never longer than it is plain.
  const tooLong = () => {
    const most = `the ${file.size} bytes of MNIST's ${file.name}`;
    return new UserError(`${url} is longer than ${most}; ${advice}.`);
  };
  const bytes = await collect(body, file.size, tooLong, count).catch((error: unknown) => {
    throw error instanceof UserError ? error : unreachable(url, error);
  });
  const plain = isGzip(bytes) ? await gunzipOwn(bytes, file.size, url) : bytes;
  await checkMnistFile(file, plain, url, advice);
  return { name: file.name, bytes: plain };
}

/** The error for a connection that was not made or broke off. */
function unreachable(url: string, error: unknown): UserError {
  const reason = error instanceof Error ? error.message : String(error);
  return new UserError(
    `${url} could not be fetched (${reason}); check the connection, then retry.`,
    { cause: error },
  );
}
