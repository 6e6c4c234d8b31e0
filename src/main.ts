/** Browser entry: opens the engine, then mounts the laboratory or says why there is none. */
import { EngineClient } from "./engine/client.ts";
import { keepOffline, takeOver } from "./offline.ts";
import { mountApp, mountNoGpu } from "./ui/mount.ts";

async function main(page: HTMLElement): Promise<void> {
  if (await takeOver()) return;
  try {
    const opened = await EngineClient.open();
    if (opened instanceof EngineClient) {
      mountApp(page, opened);
      void keepOffline(dataOf(opened));
    } else mountNoGpu(page, opened.problem, opened.message);
  } catch (error) {
    mountNoGpu(page, "broken", error instanceof Error ? error.message : String(error));
  }
}

/** Resolves when the engine has data. */
async function dataOf(client: EngineClient): Promise<void> {
  await new Promise<void>((arrived) => {
    const end = client.subscribe(({ data }) => {
      if (!data) return;
      end();
      arrived();
    });
  });
}

void main(document.querySelector<HTMLElement>("#page")!);
