// Keeps "time left" true without asking the server. Words and limits are those of console/formats.py.

const words = JSON.parse(document.getElementById("words").textContent);
const MINUTE = 60_000;
const DAY = 86_400_000;
const sprite = () => document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0];
const SIGNS = { late: "warning", soon: "today", ok: "check" };
const put = (word, n) => word.replace("%(n)s", n);

function duration(milliseconds) {
  const minutes = Math.floor(milliseconds / MINUTE);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days >= 2) return put(words.d, days);
  const two = (large, small, amount) => (amount ? `${large} ${small}` : large);
  if (days) return two(put(words.d, days), put(words.h, hours), hours);
  if (hours) return two(put(words.h, hours), put(words.m, rest), rest);
  return put(words.m, rest);
}

function show(element, now) {
  const gap = new Date(element.dateTime) - now;
  const state = gap <= 0 ? "late" : gap < DAY ? "soon" : "ok";
  const text = gap <= 0 ? words.over.replace("%(time)s", duration(-gap)) : duration(gap);
  const label = element.querySelector("span");
  if (label && label.textContent !== text) label.textContent = text;
  if (element.classList.contains(state)) return;
  element.classList.remove("late", "soon", "ok");
  element.classList.add(state);
  element.querySelector("use")?.setAttribute("href", `${sprite()}#${SIGNS[state]}`);
}

function tick() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time[data-left]")) show(element, now);
}

setInterval(tick, 15_000);
document.addEventListener("htmx:afterSettle", tick);
document.addEventListener("visibilitychange", tick);
