/**
 * How the page learns that a worker has died: it holds a lock as long as it lives, and the browser takes that from the
 * dead, however they came to it. No clock is involved, so neither a busy worker nor a sleeping computer is mistaken.
 */

/** What a worker says once it listens. */
interface Living {
  /** The lock that it holds; null where the browser has no locks. */
  readonly life: string | null;
}

/** For the worker: takes its lock. @returns what it is to post */
export async function holdLife(): Promise<Living> {
  if (!navigator.locks) return { life: null };
  const life = `badnets-lab engine ${crypto.randomUUID()}`;
  await new Promise<void>((held) => {
    void navigator.locks.request(life, async () => {
      held();
      await new Promise<never>(() => {});
    });
  });
  return { life };
}

/** For the page: a worker's beginning and end. */
export interface Life {
  /** Resolves when the worker listens. */
  readonly begun: Promise<void>;
  /** Resolves with the reason when the worker has failed, and all that it held is free again. */
  readonly ended: Promise<string>;
}

/** Watches over a worker that was just started; one that throws what nobody catches is ended. */
export function watchOver(worker: Worker): Life {
  let life: string | null = null;
  const begun = new Promise<void>((resolve) => {
    worker.addEventListener("message", ({ data }: MessageEvent<Partial<Living> | null>) => {
      if (data?.life === undefined) return;
      life = data.life;
      resolve();
    });
  });
  const released = async () => {
    if (life !== null) await navigator.locks.request(life, () => undefined);
  };
  const thrown = new Promise<string>((resolve) => {
    worker.addEventListener("error", ({ message }) =>
      // A script that cannot be loaded has no message.
      resolve(message ? `${message}.` : "The engine's script could not be loaded."),
    );
  });
  const died = begun.then(async () => {
    // Without locks only of what is thrown is anything heard.
    if (life === null) return await thrown;
    await released();
    return "Its worker was ended, perhaps for want of memory.";
  });
  const ended = Promise.race([thrown, died]).then(async (reason) => {
    worker.terminate();
    await released();
    return reason;
  });
  return { begun, ended };
}
