/** The service worker: once the page was opened with a network, it opens without one. */

/** The part of a service worker's surroundings that is used here; the page's types have none of it. */
interface ServiceWorkerScope {
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "message", listener: (event: Extendable & MessageEvent) => void): void;
}
interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** Path below the app's folder ("" for the page itself) to subresource integrity. */
type Files = Readonly<Record<string, string>>;

/** Put in by the build. */
declare const BUILD_FILES: { readonly app: Files; readonly data: Files };

const { app, data } = BUILD_FILES;
const worker = globalThis as unknown as ServiceWorkerScope;
const folder = worker.registration.scope;

/** Caches are the whole host's: the folder keeps apps apart that share one. */
const prefix = `badnets-lab ${folder} `;

/** A cache's name, which changes with its content. */
async function cacheName(kind: string, files: Files): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(files));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return `${prefix}${kind} ${Array.from(digest.subarray(0, 8), (byte) => byte.toString(16)).join("")}`;
}
const appCache = cacheName("app", app);
const dataCache = cacheName("data", data);

/** Fetches those files that a cache does not have yet; what differs from the build is refused. */
async function fill(name: Promise<string>, files: Files, mode: RequestCache): Promise<void> {
  const cache = await caches.open(await name);
  await Promise.all(
    Object.entries(files).map(async ([path, integrity]) => {
      const url = new URL(path, folder).href;
      if (await cache.match(url)) return;
      await cache.add(new Request(url, { integrity, cache: mode }));
    }),
  );
}

async function deleteOldCaches(): Promise<void> {
  const current = await Promise.all([appCache, dataCache]);
  const old = (await caches.keys()).filter(
    (name) => name.startsWith(prefix) && !current.includes(name),
  );
  await Promise.all(old.map(async (name) => await caches.delete(name)));
}

/** From the cache if it is there, else from the network. */
async function answer(request: Request, path: string, name: Promise<string>): Promise<Response> {
  const cache = await caches.open(await name);
  return (await cache.match(new URL(path, folder).href)) ?? (await fetch(request));
}

worker.addEventListener("install", (event) => {
  event.waitUntil(fill(appCache, app, "no-cache"));
});

worker.addEventListener("activate", (event) => event.waitUntil(deleteOldCaches()));

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const here = new URL(folder);
  if (request.method !== "GET" || origin !== here.origin) return;
  if (!pathname.startsWith(here.pathname)) return;
  const path = pathname.slice(here.pathname.length).replace(/^index\.html$/, "");
  if (Object.hasOwn(app, path)) event.respondWith(answer(request, path, appCache));
  else if (Object.hasOwn(data, path)) event.respondWith(answer(request, path, dataCache));
});

worker.addEventListener("message", (event) => {
  // The page has just fetched the data itself, so the browser's own cache has it at hand.
  if (event.data === "keep-data") event.waitUntil(fill(dataCache, data, "default"));
  if (event.data === "take-over") event.waitUntil(worker.skipWaiting());
});
