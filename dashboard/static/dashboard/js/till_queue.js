// Sales of this browser that the server has not confirmed: kept in IndexedDB until it has.
// A sale is written down before it is sent ("doubt"), so that an answer that never came loses
// nothing; the server knows a sale by its id, so sending it again records nothing twice.
import { grouped, inDigits } from "./ui.js";

const DOUBT_MS = 30000;
const EVERY_MS = 20000;
const AT_ONCE = 50;

const form = document.getElementById("till");
const receipt = document.getElementById("receipt");
const board = document.getElementById("till-queue");
const business = (form || receipt)?.dataset.business;

const open = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("vafa-till", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("sales", { keyPath: "sale_id" });
    asked.result.createObjectStore("rows", { keyPath: "business" });
  };
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

// One transaction over both stores; what `work` returns once it is safely on disk.
const within = async (work) => {
  const base = await open();
  try {
    return await new Promise((resolve, reject) => {
      const step = base.transaction(["sales", "rows"], "readwrite", { durability: "strict" });
      let result;
      step.oncomplete = () => resolve(result);
      step.onerror = step.onabort = () => reject(step.error);
      work(step.objectStore("sales"), step.objectStore("rows"), (value) => { result = value; });
    });
  } finally {
    base.close();
  }
};

const keep = (sale) => within((sales) => sales.put(sale));
export const forget = (id) => within((sales) => sales.delete(id));
const all = () => within((sales, _rows, give) => {
  const asked = sales.getAll();
  asked.onsuccess = () => give(asked.result.filter((one) => one.business === business));
});

// Gives the sale the next number of this browser's row, in the same transaction.
const wait = (sale) => within((sales, rows) => {
  const asked = rows.get(business);
  asked.onsuccess = () => {
    const row = asked.result || { business, device: "", last: 0 };
    row.last += 1;
    rows.put(row);
    sales.put({ ...sale, state: "waiting", sequence: row.last });
  };
});
const rowOf = () => within((_sales, rows, give) => {
  const asked = rows.get(business);
  asked.onsuccess = () => give(asked.result || { business, device: "", last: 0 });
});
const nameDevice = (device) => within((_sales, rows) => {
  const asked = rows.get(business);
  asked.onsuccess = () => rows.put({ business, last: 0, ...asked.result, device });
});
// A browser registered anew counts from one again.
const countAnew = () => within((sales, rows) => {
  rows.delete(business);
  const asked = sales.getAll();
  asked.onsuccess = () => {
    let last = 0;
    const mine = asked.result.filter((one) => one.business === business && one.sequence);
    for (const one of mine.sort((a, b) => a.sequence - b.sequence)) {
      last += 1;
      sales.put({ ...one, sequence: last });
    }
    rows.put({ business, device: "", last });
  };
});

const reachable = async () => {
  try {
    const answer = await fetch(form.dataset.here, { cache: "no-store", signal: AbortSignal.timeout(4000) });
    return answer.ok;
  } catch {
    return false;
  }
};

const ask = (url, body) => fetch(url, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
  body: JSON.stringify(body),
  redirect: "error",
});

const needsServer = () => {
  const typed = new FormData(form);
  return ["redeem", "store_credit", "coupon_code", "gift_code"].some((name) => (typed.get(name) || "").trim());
};

const written = () => {
  const typed = new FormData(form);
  typed.delete("csrfmiddlewaretoken");
  return {
    sale_id: typed.get("sale_id"),
    business,
    state: "doubt",
    at: new Date().toISOString(),
    typed: new URLSearchParams(typed).toString(),
    amount: typed.get("amount"),
    mobile: typed.get("mobile"),
  };
};

const tell = (text, tone) => {
  const place = document.getElementById("till-said");
  place.textContent = text;
  place.className = tone;
  place.hidden = !text;
};

const show = async () => {
  const waiting = (await all()).filter((one) => one.state === "waiting");
  board.hidden = !waiting.length;
  const count = grouped(String(waiting.length));
  document.getElementById("till-waiting").textContent = board.dataset.waiting.replace("{n}", count);
  const list = document.getElementById("till-waiting-list");
  list.replaceChildren(...waiting.sort((a, b) => a.sequence - b.sequence).map((one) => {
    const line = document.createElement("li");
    const time = new Date(one.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    line.textContent = [time, `${one.amount} ${board.dataset.unit}`, inDigits(one.mobile ?? ""), one.why].filter(Boolean).join(" · ");
    return line;
  }));
};

const deviceOf = async () => {
  const known = (await rowOf()).device;
  if (known) return known;
  const answer = await ask(form.dataset.device, {});
  if (!answer.ok) return "";
  const { device } = await answer.json();
  await nameDevice(device);
  return device;
};

const settle = async (results, sent) => {
  const misfits = [];
  for (const one of results) {
    if (one.kept) await forget(one.sale_id);
    else await keep({ ...sent.find((sale) => sale.sale_id === one.sale_id), why: one.why });
    if (one.kept && !one.fits) misfits.push(one.why);
  }
  if (misfits.length) tell(`${board.dataset.misfit} ${misfits.join(" ")}`, "bad");
};

const sendSome = async () => {
  const old = Date.now() - DOUBT_MS;
  const here = await all();
  for (const one of here) {
    if (one.state === "doubt" && Date.parse(one.at) < old) await wait(one);
  }
  const waiting = (await all()).filter((one) => one.state === "waiting");
  const some = waiting.sort((a, b) => a.sequence - b.sequence).slice(0, AT_ONCE);
  if (!some.length) return false;
  const device = await deviceOf();
  if (!device) return false;
  const rows = some.map(({ sequence, at, sale_id, typed }) => ({ sequence, at, sale_id, typed }));
  const answer = await ask(form.dataset.late, { device, sent_at: new Date().toISOString(), rows });
  if (answer.status === 404) await countAnew();
  if (!answer.ok) return false;
  const { results } = await answer.json();
  await settle(results, some);
  return waiting.length > some.length && results.some((one) => one.kept);
};

// One tab of this browser sends at a time.
const send = () => navigator.locks.request("vafa-till", { ifAvailable: true }, async (mine) => {
  if (!mine) return;
  try {
    while (await sendSome()) await show();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // no network: it stays and is sent later
  }
  await show();
});

const ready = () => {
  delete form.dataset.sent;
  form.querySelectorAll("button[type=submit]").forEach((button) => button.removeAttribute("aria-busy"));
};

const begin = () => {
  for (const name of ["mobile", "amount", "coupon_code", "gift_code"]) form.elements[name].value = "";
  form.querySelectorAll(".till-line input").forEach((input) => { input.value = ""; });
  form.elements.sale_id.value = crypto.randomUUID();
  document.getElementById("person").replaceChildren();
  form.dispatchEvent(new Event("input", { bubbles: true }));
  ready();
  form.elements.mobile.focus();
};

const record = async () => {
  const sale = written();
  const asksServer = needsServer();
  if (!asksServer) await keep(sale);
  if (await reachable()) {
    form.submit();
    return;
  }
  if (asksServer) {
    tell(board.dataset.cannot, "bad");
    ready();
    return;
  }
  await wait(sale);
  tell(board.dataset.recorded, "good");
  begin();
  await show();
};

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.sent) record();
  });
  window.addEventListener("online", send);
  window.setInterval(send, EVERY_MS);
  document.getElementById("till-send").addEventListener("click", send);
  navigator.storage?.persist?.();
  // What the server refused is typed anew on this page.
  (form.dataset.refused ? forget(form.elements.sale_id.value) : Promise.resolve()).then(show).then(send);
}
if (receipt?.dataset.sale) forget(receipt.dataset.sale);
