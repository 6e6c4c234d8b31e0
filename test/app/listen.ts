/** Starts a server on a free port of this machine alone. */
import type { Server } from "node:http";

/** @returns its address, without a slash at its end */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return `http://127.0.0.1:${address.port}`;
}
