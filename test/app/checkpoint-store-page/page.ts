/** A page for the keeper's tests: hands the commands of `window.lab` to a keeper in a worker. */
import { wrap, type Remote } from "comlink";
import type { Lab } from "./worker.ts";

declare global {
  interface Window {
    lab: Remote<Lab>;
    /** Whether the worker has come to the place where it was to stop. */
    stopped: boolean;
  }
}

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
worker.addEventListener("message", ({ data }) => {
  if (data === "stopped") window.stopped = true;
});
window.stopped = false;
window.lab = wrap<Lab>(worker);
