// A till page that was closed opens again without a network: a worker keeps it (till_worker.js).
const form = document.getElementById("till");

// The kept page is nobody's: it gets a number for its sale and this browser's token as it opens.
if (form?.hasAttribute("data-kept")) {
  const [, token = ""] = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [];
  form.elements.csrfmiddlewaretoken.value = token;
  form.elements.sale_id.value = crypto.randomUUID();
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}
// Where it cannot be registered the till is what it was: open as long as its tab.
if (form) navigator.serviceWorker?.register(form.dataset.worker).catch(() => {});
