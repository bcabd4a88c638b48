// Small manners of the pages: phone menu, dialogs, toasts, digits, copying, sending once.
const LATIN = { "۰": 0, "۱": 1, "۲": 2, "۳": 3, "۴": 4, "۵": 5, "۶": 6, "۷": 7, "۸": 8, "۹": 9 };

const latin = (text) =>
  text
    .replace(/[۰-۹]/g, (digit) => LATIN[digit])
    .replace(/[٠-٩]/g, (digit) => digit.charCodeAt(0) - 0x660);

const persian = (text) => String(text).replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);

const readsPersian = () => document.documentElement.lang.startsWith("fa");

export const inDigits = (text) => (readsPersian() ? persian(text) : String(text));

// A sign stays, so that an amount below nothing is refused and does not become another one.
export const grouped = (text) => {
  const sign = /^[\s\u200e\u200f\u2066-\u2069]*[-−–]/.test(text) ? "-" : "";
  const digits = latin(text).replace(/\D/g, "").replace(/^0+(?=\d)/, "");
  return sign + inDigits(digits.replace(/\B(?=(\d{3})+$)/g, readsPersian() ? "٬" : ","));
};

// The next empty line of a sale, a new one when the last is used.
export const addLine = (box) => {
  box.open = true;
  const lines = [...box.querySelectorAll(".till-line")];
  const isEmpty = (line) => [...line.querySelectorAll("input")].every((input) => !input.value);
  let next = lines.find(isEmpty);
  if (!next) {
    next = lines.at(-1).cloneNode(true);
    next.querySelectorAll("input").forEach((input) => { input.value = ""; });
    lines.at(-1).after(next);
  }
  next.querySelector("input").focus();
};

const setNav = (open) => {
  document.documentElement.classList.toggle("nav-open", open);
  document.querySelectorAll("[data-nav-toggle]").forEach((button) => {
    button.setAttribute("aria-expanded", String(open));
  });
};

const actions = {
  navToggle: () => setNav(!document.documentElement.classList.contains("nav-open")),
  opens: (element) => document.getElementById(element.dataset.opens).showModal(),
  addLine: (element) => addLine(element.closest("[data-lines]")),
  closes: (element) => element.closest("dialog").close(),
  dismiss: (element) => element.closest("[data-toast]").remove(),
  copy: async (element) => {
    await navigator.clipboard.writeText(document.getElementById(element.dataset.copy).textContent.trim());
    element.textContent = element.dataset.copied;
  },
};

document.addEventListener("click", (event) => {
  for (const [name, run] of Object.entries(actions)) {
    const attribute = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const element = event.target.closest(`[data-${attribute}]`);
    if (element) {
      run(element);
      return;
    }
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") setNav(false);
  if (event.key === "Enter" && event.target.closest(".till-line")) {
    event.preventDefault();
    addLine(event.target.closest("[data-lines]"));
  }
});

// What was wrong is not wrong any more once something else is typed; the server looks again.
document.addEventListener("input", (event) => {
  if (event.target.getAttribute("aria-invalid") !== "true") return;
  event.target.removeAttribute("aria-invalid");
  event.target.closest(".field")?.querySelector(".error")?.remove();
});

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-amount]")) return;
  event.target.value = grouped(event.target.value);
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-remove-row]")?.closest("[data-row]");
  if (!row) return;
  const form = row.closest("form");
  row.remove();
  form.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  const shown = event.target.files?.length && event.target.closest(".file")?.querySelector("[data-file-name]");
  if (shown) shown.textContent = event.target.files[0].name;
});

// A second click of a money button must not send the form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-once]")) {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-busy", "true"));
  }
});

// What the till's worker keeps goes with whoever signs out.
const forgetTill = async () => {
  for (const name of (await self.caches?.keys()) ?? []) {
    if (name.startsWith("vafa-till/")) await caches.delete(name);
  }
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-leaves]")) return;
  event.preventDefault();
  forgetTill().finally(() => event.target.submit());
});
if (document.body.hasAttribute("data-nobody")) forgetTill();

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-once]").forEach((form) => delete form.dataset.sent);
});

document.querySelectorAll("[data-toast]").forEach((toast) => {
  window.setTimeout(() => toast.remove(), 7000);
});

document.querySelectorAll("[data-amount]").forEach((input) => {
  // What was refused because it is no amount is shown as it was typed.
  if (/^[\d۰-۹٠-٩٬,،\s]+$/.test(input.value)) input.value = grouped(input.value);
});

document.querySelectorAll("dialog[data-open-now]").forEach((sheet) => sheet.showModal());

// The open page may lie below the fold of the menu, and its tab outside a phone's strip.
document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest" });
document.querySelectorAll(".tabs-page [aria-current]").forEach((tab) => tab.scrollIntoView({ inline: "center", block: "nearest" }));
