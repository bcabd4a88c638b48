// The till by keyboard alone: F2 mobile, F4 amount, F6 new line, F8 points, F9 record.
import { scanned } from "./till_scan.js";
import { addLine, grouped } from "./ui.js";

const form = document.getElementById("till");
const receipt = document.getElementById("receipt");

const amountOf = (text) => {
  const latin = (text || "0")
    .replace(/[۰-۹]/g, (d) => d.charCodeAt(0) - 0x6f0)
    .replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 0x660)
    .replace(/٫/g, ".")
    .replace(/[^\d.-]/g, "");
  return Number(latin) || 0;
};

const lines = () => [...form.querySelectorAll(".till-line")];
const lineTotal = (line) => {
  const [, quantity, price] = line.querySelectorAll("input");
  return Math.round(amountOf(quantity.value || "1") * amountOf(price.value));
};

const show = () => {
  const ofLines = lines().reduce((sum, line) => sum + lineTotal(line), 0);
  const amount = form.querySelector("#id_amount");
  if (ofLines) amount.value = grouped(String(ofLines));
  const redeem = form.querySelector("#redeem");
  const off = redeem?.checked ? Number(redeem.dataset.worth) / 10 : 0;
  const coupon = Number(form.querySelector("#coupon-off")?.dataset.off || 0) / 10;
  const card = Number(form.querySelector("#gift-balance")?.dataset.balance || 0) / 10;
  const credit = form.querySelector("#store-credit");
  const own = credit?.checked ? Number(credit.dataset.balance) / 10 : 0;
  const due = Math.max(0, amountOf(amount.value) - coupon - off - card - own);
  const none = coupon + off + card + own ? grouped("0") : "—";
  document.getElementById("total").textContent = due ? grouped(String(Math.round(due))) : none;
};

// On a phone the customer's card lies below the form: who it is stands under the number.
const greet = () => {
  document.getElementById("points-said").textContent = "";
  const line = document.getElementById("who-line");
  const name = document.querySelector("#person h2");
  const balance = document.getElementById("balance");
  line.hidden = !balance;
  const ended = document.getElementById("ended");
  const points = balance && `${balance.textContent} ${line.dataset.unit}`;
  if (balance) line.textContent = `${name.textContent} · ${ended ? ended.dataset.short : points}`;
};

// A sale that was refused comes back as it was: spending points, the cursor in the code.
const spendAgain = () => {
  const again = [["data-spends", "#redeem"], ["data-credit", "#store-credit"]]
    .map(([mark, box]) => [mark, form.querySelector(box)])
    .filter(([mark, box]) => box && form.hasAttribute(mark));
  if (!again.length) return;
  again.forEach(([mark, box]) => {
    form.removeAttribute(mark);
    box.checked = true;
  });
  form.querySelector("#spend-code input")?.focus();
};

const keys = {
  F2: () => form.querySelector("#id_mobile").select(),
  F4: () => form.querySelector("#id_amount").focus(),
  F6: () => addLine(form.querySelector("[data-lines]")),
  F8: () => {
    const redeem = form.querySelector("#redeem");
    const said = document.getElementById("points-said");
    const why = document.getElementById("balance") ? said.dataset.none : said.dataset.nobody;
    said.textContent = redeem ? "" : why;
    redeem?.click();
    if (redeem?.checked) form.querySelector("#spend-code input")?.focus();
  },
  F9: () => form.requestSubmit(),
};

if (form) {
  const whose = form.querySelector("#id_mobile");
  scanned(whose, (code) => {
    whose.value = code;
    whose.dispatchEvent(new Event("change", { bubbles: true }));
    form.querySelector("#id_amount").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    } else if (event.key === "Enter" && event.target.id === "id_mobile") {
      event.preventDefault();
      form.querySelector("#id_amount").focus();
    }
  });
  form.addEventListener("input", show);
  form.addEventListener("change", (event) => {
    show();
    if (event.target.closest(".till-line")) document.body.dispatchEvent(new Event("lines-changed"));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-put-code]");
    if (!button) return;
    const field = document.getElementById(button.dataset.putCode);
    field.value = button.dataset.code;
    field.closest("details")?.setAttribute("open", "");
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("htmx:afterSettle", spendAgain);
  document.addEventListener("htmx:afterSettle", show);
  document.addEventListener("htmx:afterSettle", greet);
  show();
}

if (receipt) document.getElementById("next-sale").focus();
