// Short notes at the foot of the page. One with an undo button counts down and then goes away by itself.

const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
const shelf = document.getElementById("toasts");
const STAY = 7000;

function arm(toast) {
  if (toast.dataset.armed) return;
  toast.dataset.armed = "yes";
  const undo = toast.querySelector("[data-undo]");
  if (undo) countDown(toast, undo);
  else setTimeout(() => toast.remove(), STAY);
}

function countDown(toast, button) {
  const label = document.createElement("span");
  button.append(label);
  let left = Number(toast.dataset.seconds || 10);
  const tick = () => {
    if (left <= 0) return toast.remove();
    label.textContent = words.seconds.replace("%(n)s", left);
    left -= 1;
    setTimeout(tick, 1000);
  };
  tick();
}

function say(text, wrong = false) {
  const toast = document.createElement("div");
  toast.className = wrong ? "toast error" : "toast";
  toast.textContent = text;
  shelf.append(toast);
  arm(toast);
}

document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast").remove());
document.addEventListener("amends:say", (event) => say(event.detail.text ?? event.detail.value, event.detail.wrong));
document.addEventListener("htmx:sendError", () => say(words.offline, true));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401) say(words.broken, true);
});

if (shelf) {
  for (const toast of shelf.querySelectorAll(".toast")) arm(toast);
  new MutationObserver(() => {
    for (const toast of shelf.querySelectorAll(".toast")) arm(toast);
  }).observe(shelf, { childList: true });
}
