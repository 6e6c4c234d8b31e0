/** Ctrl-C and SIGTERM: the first wish to stop ends the work with everything saved, a second the program. */

/**
 * Milliseconds in which all signals are one wish: of `timeout`, a terminal or systemd one comes from the
 * process group, and another through bin/badnets.js.
 */
const ONE_WISH = 1000;

/**
 * Does work that can be told to stop.
 * @param stop told at the first wish; the work then comes to its end by itself
 */
export async function untilInterrupted<T>(
  stop: () => void,
  line: { line(text: string): void },
  work: () => Promise<T>,
): Promise<T> {
  let asked: number | null = null;
  const interrupt = () => {
    if (asked === null) {
      stop();
      line.line("Stopping and saving; once more to quit at once.");
      asked = performance.now();
    } else if (performance.now() - asked > ONE_WISH) {
      process.exit(130);
    }
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    return await work();
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
