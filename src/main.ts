/** Browser entry: opens the engine, then mounts the laboratory or says why there is none. */
import { EngineClient } from "./engine/client.ts";
import { mountApp, mountNoGpu } from "./ui/mount.ts";

async function main(page: HTMLElement): Promise<void> {
  try {
    const opened = await EngineClient.open();
    if (opened instanceof EngineClient) mountApp(page, opened);
    else mountNoGpu(page, opened.problem, opened.message);
  } catch (error) {
    mountNoGpu(page, "broken", error instanceof Error ? error.message : String(error));
  }
}

void main(document.querySelector<HTMLElement>("#page")!);
