// Keyboard. Off where the reader switched it off, while typing, and while an input method composes (Chinese, Japanese).

const GO = 1200; // milliseconds in which the second key after `g` counts
let waiting = 0;

const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
const list = () => [...document.querySelectorAll("[data-list] [data-row]")];
const current = () => document.querySelector('[data-list] [data-row][aria-current="true"]');

function move(step) {
  const rows = list();
  if (!rows.length) return;
  const at = rows.indexOf(current());
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step))];
  current()?.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  if (next.dataset.row === "select") next.click();
}

function press(selector) {
  const element = document.querySelector(selector);
  if (!element) return false;
  if (typing(element)) element.focus();
  else element.click();
  return true;
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  Enter: () => document.activeElement?.matches("[data-row]") || current()?.click(),
  "/": () => press(".list [type=search]") || press("#find"),
  r: () => press("[data-key=r]"),
  n: () => press("[data-key=n]"),
  e: () => press("[data-key=e]"),
  s: () => press("[data-key=s]"),
  "?": () => document.getElementById("keys")?.showModal(),
};

function go(key) {
  const link = [...document.querySelectorAll("[data-go]")].find((a) => a.dataset.go === key);
  if (link) location.assign(link.href);
  return Boolean(link);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const target = event.target;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && target.form?.matches("[data-send]")) {
    event.preventDefault();
    target.form.requestSubmit(target.form.querySelector("[data-default]") ?? undefined);
    return;
  }
  if (event.key === "Escape" && typing(target)) return target.blur();
  if (!("shortcuts" in document.documentElement.dataset)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || typing(target) || document.querySelector("dialog[open]")) return;
  if (waiting && Date.now() - waiting < GO) {
    waiting = 0;
    if (go(event.key)) event.preventDefault();
    return;
  }
  if (event.key === "g") {
    waiting = Date.now();
    return;
  }
  const act = keys[event.key];
  if (!act || (event.key === "Enter" && target.matches("a, button, summary"))) return;
  event.preventDefault();
  act();
});
