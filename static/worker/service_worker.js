/*
 * Keeps the offline page and what it is made of, and nothing else: a price or a balance out of a cache would be a lie.
 * Shows results that are pushed. cryptotrader/pwa.py puts `kept` and `name` in front of it.
 */

/**
 * @typedef {object} Told
 * @property {string} title
 * @property {string} body
 * @property {string} tag
 * @property {string} url
 * @property {string} icon
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
/** @type {{ name: string, kept: string[], offline: Record<string, string>, icon: string }} */
const config = Reflect.get(self, "config");

worker.addEventListener("install", (event) => {
  event.waitUntil(install());
});
worker.addEventListener("activate", (event) => {
  event.waitUntil(clean());
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(visit(event));
  else if (config.kept.includes(new URL(request.url).pathname)) event.respondWith(freshOrKept(request));
});
worker.addEventListener("push", (event) => {
  event.waitUntil(show(event.data?.json() ?? null));
});
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

/* The pages are read anew; their files mostly are in the browser's own cache. */
async function install() {
  const cache = await caches.open(config.name);
  const pages = Object.values(config.offline);
  const requests = config.kept.map((path) => {
    return new Request(path, { cache: pages.includes(path) ? "reload" : "default", credentials: "omit" });
  });
  await cache.addAll(requests);
  await worker.skipWaiting();
}

async function clean() {
  for (const name of await caches.keys()) if (name !== config.name) await caches.delete(name);
  await worker.clients.claim();
}

/**
 * A page always comes from the server; without one, the offline page says so.
 *
 * @param {FetchEvent} event
 */
async function visit({ request }) {
  try {
    return await fetch(request);
  } catch {
    const language = navigator.language.startsWith("ko") ? "ko" : "en";
    return (await kept(config.offline[language] ?? "")) ?? Response.error();
  }
}

/** @param {Request} request */
async function freshOrKept(request) {
  try {
    return await fetch(request);
  } catch {
    return (await kept(new URL(request.url).pathname)) ?? Response.error();
  }
}

/** @param {string} path */
async function kept(path) {
  const cache = await caches.open(config.name);
  return cache.match(path, { ignoreVary: true });
}

/** @param {Told | null} told */
async function show(told) {
  if (!told) return;
  const { title, body, tag, url } = told;
  await worker.registration.showNotification(title, { body, tag, icon: config.icon, badge: config.icon, data: url });
}

/**
 * In a window of ours that is open, else in a new one; an address of another site is never opened.
 *
 * @param {unknown} url
 */
async function open(url) {
  const address = new URL(typeof url === "string" ? url : "/", worker.location.origin);
  if (address.origin !== worker.location.origin) return;
  const [window] = await worker.clients.matchAll({ type: "window" });
  if (!window) await worker.clients.openWindow(address.href);
  else {
    await window.focus();
    await window.navigate(address.href);
  }
}
