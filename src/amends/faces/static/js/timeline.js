// Moves "today" in the clock simulator: by the slider or a step, the server counts again for each new moment.

const form = document.getElementById("simulator");

function moved() {
  const mark = form.querySelector('input[name="moved"]');
  if (mark) mark.value = "1";
  form.dispatchEvent(new CustomEvent("slide"));
}

form?.addEventListener("input", (event) => {
  if (event.target.name === "minutes") moved();
});

form?.addEventListener("click", (event) => {
  const step = event.target.closest("[data-nudge]");
  if (!step) return;
  const slider = form.querySelector('input[name="minutes"]');
  slider.value = Number(slider.value) + Number(step.dataset.nudge);
  moved();
});

// The board is drawn anew while the hand is still on the slider: keep the focus where it was.
let held = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "board") held = document.activeElement?.name === "minutes";
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "board" && held) form.querySelector('input[name="minutes"]')?.focus();
});
