// Language and theme without a full detour: the form works by itself, this only spares the reload for the theme.

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const chosen = event.submitter;
  if (!form.matches("[data-appearance]") || chosen?.name !== "theme") return;
  event.preventDefault();
  document.documentElement.dataset.theme = chosen.value;
  for (const button of form.querySelectorAll("[name=theme]")) {
    if (button === chosen) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  const body = new FormData(form);
  body.set("theme", chosen.value);
  await fetch(form.action, { method: "POST", body, redirect: "manual" });
});

// What needs HTTPS or localhost is not offered where it cannot work.
if (!window.isSecureContext || !window.PublicKeyCredential) {
  for (const element of document.querySelectorAll("[data-secure-only]")) element.hidden = true;
  for (const element of document.querySelectorAll("[data-insecure-only]")) element.hidden = false;
}
