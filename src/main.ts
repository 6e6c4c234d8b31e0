/** Browser entry: shows the recorded BadNet at once, and opens the engine behind it. */
import { keepOffline, takeOver } from "./offline.ts";
import { RecordedClient } from "./studies/digits/recorded-client.ts";
import { appFolder } from "./trusted.ts";
import { BadnetsApp } from "./ui/app.ts";
import { Connections } from "./ui/shell/connection.ts";
import { applyTheme, rememberedTheme } from "./ui/shell/theme.ts";

async function main(page: HTMLElement): Promise<void> {
  applyTheme(rememberedTheme());
  if (await takeOver()) return;
  const connections = new Connections();
  const digits = connections.to("digits", RecordedClient.open(appFolder().href));
  const app = new BadnetsApp();
  app.connections = connections;
  page.append(app);
  // Where there is no engine, there is nothing to keep.
  await digits.until(({ client }) => client !== null);
  await keepOffline(digits.until(({ client }) => client?.snapshot.data.set != null));
}

void main(document.querySelector<HTMLElement>("#page")!);
