/** Wishes that the work end: the first ends it with everything saved, a second one by hand the program. */

/** Ctrl-C, a wish of the system's, and a terminal that was closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Milliseconds in which all signals are one wish: of `timeout`, npm, a terminal or systemd one comes to the process, and
 * another to its group.
 */
const ONE_WISH = 1000;

/**
 * Does work that can be told to stop: by signals, or because nobody reads any more what it says (`| head -1`).
 * @param stop told at the first wish; the work then comes to its end by itself
 */
export async function untilInterrupted<T>(
  stop: () => void,
  line: { line(text: string): void },
  work: () => Promise<T>,
): Promise<T> {
  let asked: number | null = null;
  const begin = () => {
    asked = performance.now();
    stop();
    line.line("Stopping and saving; once more to quit at once.");
  };
  const interrupt = () => {
    if (asked === null) begin();
    else if (performance.now() - asked > ONE_WISH) process.exit(130);
  };
  const unread = ({ code }: NodeJS.ErrnoException) => {
    if (asked === null && code === "EPIPE") begin();
  };
  const streams = [process.stdout, process.stderr];
  for (const signal of SIGNALS) process.on(signal, interrupt);
  for (const stream of streams) stream.on("error", unread);
  try {
    return await work();
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    for (const stream of streams) stream.off("error", unread);
  }
}
