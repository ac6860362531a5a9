// The case pages: the newest words in sight, the copy that goes with handing over, panes on a phone.

function toTheEnd() {
  const stream = document.querySelector(".stream");
  if (stream && stream.scrollHeight > stream.clientHeight) stream.scrollTop = stream.scrollHeight;
}

function markChosen() {
  const wanted = new URL(location.href).searchParams.get("case");
  for (const row of document.querySelectorAll('[data-row="select"]')) {
    const chosen = wanted && new URL(row.href).searchParams.get("case") === wanted;
    if (chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  document.querySelector(".work")?.classList.toggle("listing", Boolean(document.querySelector(".list")) && !wanted);
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "case" && event.detail.elt.id !== "stream") return;
  // What has been translated needs no button any more.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.elt.matches?.("[data-translates]")) event.detail.elt.remove();
});

// Reading the whole thread in one's own language, remembered in this browser.
const READ = "amends.translate";
const readAll = () => document.body.dispatchEvent(new CustomEvent("amends:translate"));
const markReading = () => {
  const on = localStorage.getItem(READ) === "1";
  for (const button of document.querySelectorAll("[data-translate-all]")) button.setAttribute("aria-pressed", String(on));
  if (on) readAll();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-translate-all]");
  if (!button) return;
  const on = button.getAttribute("aria-pressed") !== "true";
  localStorage.setItem(READ, on ? "1" : "0");
  if (on) markReading();
  else location.reload(); // the originals stand in the page as it was sent
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id === "case" || event.detail.elt.id === "stream") markReading();
});
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt === document.body) markReading();
});

toTheEnd();
});
document.addEventListener("htmx:pushedIntoHistory", markChosen);
document.addEventListener("htmx:historyRestore", markChosen);

// Handing over: the text is on the clipboard before the case says so.
document.addEventListener("submit", (event) => {
  if (event.submitter?.name !== "handed_over") return;
  navigator.clipboard?.writeText(event.target.querySelector("[data-composer]").value).catch(() => {
    // Without the clipboard the copy button beside it still works; nothing is lost.
  });
});

toTheEnd();
