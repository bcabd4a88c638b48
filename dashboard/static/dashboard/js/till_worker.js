// The till's worker: opens the till page without a network, as this device last got it.
// It keeps the page before anybody is served (`till/kept/`): no customer, no token, no name.
const { cache: CACHE, family: FAMILY, till: TILL, kept: KEPT, files: FILES } = self.till;
const OLD_MS = 3600000;
const SLOW_MS = 8000;
const LINKS = /(?:src|href)="([^"]+)"|(?:from|import)\s*"(\.[^"]+)"|url\(["']?([^"')]+)/g;

const isFile = (url) => url.origin === location.origin && url.pathname.startsWith(FILES);
const linked = (text, base) => [...text.matchAll(LINKS)]
  .map((link) => link[1] ?? link[2] ?? link[3])
  .filter((link) => URL.canParse(link, base))
  .map((link) => new URL(link, base))
  .filter(isFile)
  .map(({ origin, pathname }) => origin + pathname);

const drop = async () => {
  for (const name of await caches.keys()) if (name.startsWith(FAMILY)) await caches.delete(name);
};

const take = async (url, found) => {
  if (found.has(url)) return;
  found.set(url, null);
  const answer = await fetch(url);
  found.set(url, answer);
  if (/javascript|css/.test(answer.headers.get("Content-Type") ?? "")) {
    const links = linked(await answer.clone().text(), url);
    await Promise.all(links.map((link) => take(link, found)));
  }
};

// The page and every file it needs, or nothing: half a page would not sell.
const keep = async () => {
  const page = new URL(KEPT, location.origin).href;
  const answer = await fetch(page, { redirect: "manual", cache: "no-store" });
  if (!answer.ok) {
    if (answer.status < 500) await drop(); // signed out, or works here no longer
    return;
  }
  const found = new Map([[page, answer]]);
  await Promise.all(linked(await answer.clone().text(), page).map((link) => take(link, found)));
  const cache = await caches.open(CACHE);
  // The page last: what it needs is there before it can be opened.
  for (const [url, one] of [...found].reverse()) if (one.ok) await cache.put(url, one);
};

const own = async (url) => (await caches.open(CACHE)).match(url);
const isOld = (page) => !page || Date.now() - Date.parse(page.headers.get("Date") ?? 0) > OLD_MS;
const tooLate = () => new Promise((_give, refuse) => {
  setTimeout(() => refuse(new TypeError("no answer")), SLOW_MS);
});

// From the network; what is kept only where it does not answer.
const answered = async (request, url) => {
  const held = await own(url);
  if (!held) return fetch(request);
  try {
    const answer = await Promise.race([fetch(request), tooLate()]);
    return answer.status >= 502 ? held : answer;
  } catch {
    return held;
  }
};

const opened = async (event) => {
  const answer = await answered(event.request, KEPT);
  if (answer.type === "opaqueredirect") event.waitUntil(drop());
  else if (isOld(await own(KEPT))) event.waitUntil(keep().catch(() => {}));
  return answer;
};

self.addEventListener("install", (event) => {
  event.waitUntil(keep());
  self.skipWaiting();
});
self.addEventListener("activate", (event) => {
  const others = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(FAMILY) && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(others());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && url.pathname === TILL) event.respondWith(opened(event));
  else if (isFile(url)) event.respondWith(answered(request, request.url));
});
