/** Browser entry: shows the recorded BadNet at once, and opens the engine behind it. */
import { EngineClient } from "./engine/client.ts";
import { RecordedClient } from "./studies/digits/recorded-client.ts";
import { keepOffline, takeOver } from "./offline.ts";
import { appFolder } from "./trusted.ts";
import type { Problem } from "./ui/shell/gpu-advice.ts";
import { mountApp, mountNoGpu } from "./ui/shell/mount.ts";

async function main(page: HTMLElement): Promise<void> {
  if (await takeOver()) return;
  const recording = RecordedClient.open(appFolder().href);
  const app = mountApp(page);
  // Without it the laboratory waits for the engine.
  recording.then(
    (recorded) => (app.recorded = recorded),
    () => undefined,
  );
  const refuse = async (problem: Problem, message: string) => {
    if (await recording.catch(() => null)) {
      app.trouble = { problem, message };
      return;
    }
    app.remove();
    mountNoGpu(page, problem, message);
  };
  try {
    const opened = await EngineClient.open();
    if (!(opened instanceof EngineClient)) {
      await refuse(opened.problem, opened.message);
      return;
    }
    app.client = opened;
    void keepOffline(dataOf(opened));
  } catch (error) {
    await refuse("broken", error instanceof Error ? error.message : String(error));
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
