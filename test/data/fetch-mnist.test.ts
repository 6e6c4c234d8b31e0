import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { gzipSync } from "node:zlib";
import { createServer as createViteServer, type ViteDevServer } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { mnistPlugin } from "../../scripts/mnist-plugin.ts";
import { fetchMnist, type DownloadProgress } from "../../src/data/fetch-mnist.ts";
import { MNIST_FILES, MNIST_SHA256 } from "../../src/data/mnist.ts";
import { readPackagedMnistFiles } from "../../src/node/files.ts";
import { userError } from "./samples.ts";

const PLAIN_TOTAL = MNIST_FILES.reduce((sum, { size }) => sum + size, 0);

let plain: Map<string, Uint8Array>;
let packed: Map<string, Uint8Array>;
let host: Server | undefined;

beforeAll(async () => {
  const files = await readPackagedMnistFiles();
  plain = new Map(files.map(({ name, bytes }) => [`/data/mnist/${name}.gz`, bytes]));
  packed = new Map([...plain].map(([path, bytes]) => [path, gzipSync(bytes, { level: 1 })]));
});

afterAll(() => host?.close());

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Starts a host with this behaviour in place of the last one; its base URL. */
async function serve(behaviour: RequestListener): Promise<string> {
  host?.close();
  host = createServer(behaviour).listen(0, "127.0.0.1");
  await once(host, "listening");
  return baseOf(host.address());
}

function baseOf(address: ReturnType<Server["address"]> | undefined): string {
  if (typeof address !== "object" || address === null) throw new Error("not listening");
  return `http://127.0.0.1:${address.port}/`;
}

/** Fetches MNIST and what was told of the progress. */
async function fetchWatched(base: string): Promise<{ sha256: string; steps: DownloadProgress[] }> {
  const steps: DownloadProgress[] = [];
  const { sha256 } = await fetchMnist(base, (step) => steps.push(step));
  return { sha256, steps };
}

/** Progress never falls, never passes its total and ends there. */
function expectSteadyProgress(steps: DownloadProgress[], total: number): void {
  expect(steps.length).toBeGreaterThanOrEqual(MNIST_FILES.length);
  expect(steps.every((step) => step.total === total && step.loaded <= total)).toBe(true);
  const loaded = steps.map((step) => step.loaded);
  expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
  expect(loaded.at(-1)).toBe(total);
}

describe("MNIST arrives", () => {
  test("from a host that sends the compressed files, with their lengths as the total", async () => {
    const base = await serve(({ url = "" }, response) => {
      const body = packed.get(url) ?? new Uint8Array();
      response.setHeader("Content-Length", body.length).end(body);
    });
    const { sha256, steps } = await fetchWatched(base);
    expect(sha256).toBe(MNIST_SHA256);
    const total = [...packed.values()].reduce((sum, { length }) => sum + length, 0);
    expectSteadyProgress(steps, total);
    expect(steps.length).toBeGreaterThan(20);
  });

  test("from a host that declares the gzip as a coding of the connection", async () => {
    const base = await serve(({ url = "" }, response) => {
      const body = packed.get(url) ?? new Uint8Array();
      response.setHeader("Content-Encoding", "gzip").setHeader("Content-Length", body.length);
      response.end(body);
    });
    const { sha256, steps } = await fetchWatched(base);
    expect(sha256).toBe(MNIST_SHA256);
    expectSteadyProgress(steps, PLAIN_TOTAL);
  });

  test("from a host that states no lengths", async () => {
    const base = await serve(({ url = "" }, response) => {
      response.write(packed.get(url), () => response.end());
    });
    const { sha256, steps } = await fetchWatched(base.replace(/\/$/, ""));
    expect(sha256).toBe(MNIST_SHA256);
    expectSteadyProgress(steps, PLAIN_TOTAL);
  });

  test("decoded, from a host whose headers tell the compressed length and no coding", async () => {
    vi.stubGlobal("fetch", async (url: string) => {
      const path = new URL(url).pathname;
      const length = String(packed.get(path)?.length);
      const body = new Blob([new Uint8Array(plain.get(path) ?? [])]).stream();
      return new Response(body, { headers: { "Content-Length": length } });
    });
    const { sha256, steps } = await fetchWatched("https://example.org/");
    expect(sha256).toBe(MNIST_SHA256);
    expectSteadyProgress(
      steps,
      [...packed.values()].reduce((sum, { length }) => sum + length, 0),
    );
  });

  test("from the development server, below its base", async () => {
    let server: ViteDevServer | undefined;
    try {
      server = await createViteServer({
        configFile: false,
        base: "/lab/",
        logLevel: "silent",
        optimizeDeps: { noDiscovery: true },
        server: { host: "127.0.0.1", port: 0, ws: false, watch: null },
        plugins: [mnistPlugin()],
      });
      await server.listen();
      const base = `${baseOf(server.httpServer?.address() ?? undefined)}lab/`;
      expect((await fetchWatched(base)).sha256).toBe(MNIST_SHA256);
      const head = await fetch(`${base}data/mnist/t10k-labels-idx1-ubyte.gz`);
      expect(head.headers.get("content-encoding")).toBeNull();
      expect(head.headers.get("content-type")).toBe("application/gzip");
    } finally {
      await server?.close();
    }
  });
});

describe("a download fails with what to do", () => {
  test("if a file is not there", async () => {
    const base = await serve((_, response) => {
      response.writeHead(404).end();
    });
    expect(await userError(() => fetchWatched(base))).toBe(
      `${base}data/mnist/train-images-idx3-ubyte.gz was answered with status 404; ` +
        `check that the app was published with its data/mnist folder, then reload.`,
    );
  });

  test("if a web page comes in a file's place", async () => {
    const base = await serve((_, response) => {
      response.end("<!doctype html>");
    });
    expect(await userError(() => fetchWatched(base))).toMatch(
      /-ubyte\.gz is not MNIST's .+: it has 15 bytes, .+; publish the app's data\/mnist folder again/,
    );
  });

  test("if one byte of one file is another", async () => {
    const path = "/data/mnist/t10k-labels-idx1-ubyte.gz";
    const changed = Uint8Array.from(plain.get(path) ?? []);
    changed[5000] ^= 1;
    const base = await serve(({ url = "" }, response) => {
      response.end(url === path ? gzipSync(changed) : packed.get(url));
    });
    expect(await userError(() => fetchWatched(base))).toMatch(
      /t10k-labels-idx1-ubyte\.gz is not MNIST's t10k-labels-idx1-ubyte: its SHA-256 is /,
    );
  });

  test("if a file goes on beyond its length", async () => {
    const path = "/data/mnist/t10k-labels-idx1-ubyte.gz";
    const base = await serve(({ url = "" }, response) => {
      response.end(url === path ? new Uint8Array(10_009) : packed.get(url));
    });
    expect(await userError(() => fetchWatched(base))).toMatch(
      /is longer than the 10008 bytes of MNIST's t10k-labels-idx1-ubyte; publish /,
    );
  });

  test("if the connection breaks off in the middle of a file", async () => {
    const base = await serve(({ url = "" }, response) => {
      const body = packed.get(url) ?? new Uint8Array();
      response.setHeader("Content-Length", body.length);
      response.write(body.subarray(0, 1000), () => response.destroy());
    });
    expect(await userError(() => fetchWatched(base))).toMatch(
      /^http:.+-ubyte\.gz could not be fetched \(.+\); check the connection, then retry\.$/,
    );
  });

  test("if nobody answers", async () => {
    const base = await serve(() => undefined);
    host?.close();
    expect(await userError(() => fetchWatched(base))).toMatch(/could not be fetched/);
  });
});

test("an aborted download rejects with the signal's reason", async () => {
  const base = await serve(({ url = "" }, response) => {
    response.write(packed.get(url)?.subarray(0, 1000));
  });
  const reason = new Error("enough");
  const abort = new AbortController();
  const download = fetchMnist(base, () => abort.abort(reason), abort.signal);
  await expect(download).rejects.toBe(reason);
});

test("one failed file ends the other downloads", async () => {
  const ends: Promise<unknown>[] = [];
  const base = await serve(({ url = "" }, response) => {
    ends.push(once(response, "close"));
    if (url.includes("t10k-labels")) response.end("no");
    else response.write(packed.get(url)?.subarray(0, 1000));
  });
  expect(await userError(() => fetchWatched(base))).toMatch(/t10k-labels/);
  expect(ends.length).toBe(4);
  await Promise.all(ends);
});
