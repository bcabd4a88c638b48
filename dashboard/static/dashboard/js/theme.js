// Before the first paint: the reader's choice, else what the machine prefers.
(() => {
  const root = document.documentElement;
  const chosen = root.dataset.theme;
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const dark = chosen === "dark" || (chosen !== "light" && prefersDark.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
  };
  apply();
  prefersDark.addEventListener("change", apply);
})();
