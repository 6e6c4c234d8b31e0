/** The page's end of the service worker: registers it, and lets a new version in between two runs. */
import { appFolder, trustedScript } from "./trusted.ts";

/** Development has no service worker; nor have some private windows. */
const available = import.meta.env.PROD && "serviceWorker" in navigator;

/** How long a new version may take to take over before the old one is used once more. */
const TAKE_OVER_MS = 3000;

/**
 * Puts a new version of the app in charge that came while the last page was open. Only when no other
 * tab has the app open: another tab's run would lose the files that it was started with.
 * @returns whether the page is about to load again
 */
export async function takeOver(): Promise<boolean> {
  if (!available || !(await onlyTab())) return false;
  const waiting = (await navigator.serviceWorker.getRegistration())?.waiting;
  if (!waiting) return false;
  const done = await new Promise<boolean>((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true));
    setTimeout(() => resolve(false), TAKE_OVER_MS);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to aim at
    waiting.postMessage("take-over");
  });
  if (done) location.reload();
  return done;
}

/**
 * Makes the app open without a network from the next load on.
 * @param dataHere resolves when the data has arrived, which is then kept as well
 */
export async function keepOffline(dataHere: Promise<void>): Promise<void> {
  if (!available) return;
  try {
    await navigator.serviceWorker.register(trustedScript("service-worker.js"), {
      updateViaCache: "none",
    });
  } catch (error) {
    // Everything but the life without a network works all the same.
    console.info(error);
    return;
  }
  await dataHere;
  const { active } = await navigator.serviceWorker.ready;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- as above
  active?.postMessage("keep-data");
}

/** Whether no other tab has the app open: each holds a share of one lock for as long as it lives. */
async function onlyTab(): Promise<boolean> {
  const name = `badnets-lab page ${appFolder().href}`;
  await new Promise<void>((held) => {
    void navigator.locks.request(name, { mode: "shared" }, async () => {
      held();
      await new Promise<never>(() => {});
    });
  });
  const { held = [] } = await navigator.locks.query();
  return held.filter((lock) => lock.name === name).length === 1;
}
