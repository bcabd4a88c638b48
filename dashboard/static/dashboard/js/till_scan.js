// A code scanner types like a keyboard, only faster than hands, and ends with Enter.
const FAST_MS = 40;
const LEAST = 6;
const OWN = "#id_coupon_code, #id_gift_code, #id_referral_code";

// Which key it was, not which letter: with a Persian layout a scanner's letters would be Persian.
const signOf = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return "";
  const [, sign] = event.code?.match(/^(?:Key|Digit|Numpad)([A-Z\d])$/) || [];
  return sign || (event.key.length === 1 ? event.key : "");
};

const put = (field, value) => {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

const replaces = (field) => !field.value
  || (field.selectionStart === 0 && field.selectionEnd === field.value.length);

// Calls `found(code)` for what was scanned anywhere but where codes and goods are typed. In the
// field of the code itself a quick end of something typed is no scan.
export const scanned = (home, found) => {
  let code = "";
  let last = -Infinity;
  let field = null;
  let before = "";
  let whole = true;

  const take = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (field?.matches?.(OWN)) {
      put(field, code);
      return;
    }
    if (field?.form && field.value !== before) put(field, before);
    found(code);
  };

  document.addEventListener("keydown", (event) => {
    const fast = event.timeStamp - last < FAST_MS;
    if (event.key === "Enter") {
      if (fast && whole && code.length >= LEAST && !field?.closest?.(".till-line")) take(event);
      code = "";
      last = -Infinity;
      return;
    }
    const sign = signOf(event);
    if (!sign) return;
    if (!fast) {
      code = "";
      field = document.activeElement;
      before = field?.form ? field.value : "";
      whole = field !== home || replaces(home);
    }
    code += sign;
    last = event.timeStamp;
  }, true);
};
