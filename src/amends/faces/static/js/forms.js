// Drafts kept in this browser, copy buttons, drop zones, fields that send themselves.

const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
const say = (text, wrong) => document.dispatchEvent(new CustomEvent("amends:say", { detail: { text, wrong } }));
const KEEP = 14 * 86_400_000; // milliseconds a forgotten draft stays

// ---- drafts: `<textarea data-draft="key">`
const shelf = (key) => `amends.draft.${key}`;

function restore(root) {
  for (const area of root.querySelectorAll("textarea[data-draft]")) {
    const kept = localStorage.getItem(shelf(area.dataset.draft));
    if (kept && !area.dataset.restored) {
      const draft = JSON.parse(kept);
      if (draft.text && draft.text !== area.value) {
        area.value = draft.text;
        const mark = area.form?.querySelector("[data-draft-kept]");
        if (mark) mark.hidden = false;
      }
    }
    area.dataset.restored = "yes";
  }
}

document.addEventListener("input", (event) => {
  const area = event.target;
  if (!area.matches("textarea[data-draft]")) return;
  const key = shelf(area.dataset.draft);
  if (area.value.trim()) localStorage.setItem(key, JSON.stringify({ text: area.value, at: Date.now() }));
  else localStorage.removeItem(key);
  const mark = area.form?.querySelector("[data-draft-kept]");
  if (mark) mark.hidden = !area.value.trim();
});

// The server says when a draft has become a message.
for (const done of document.querySelectorAll("[data-draft-done]")) localStorage.removeItem(shelf(done.dataset.draftDone));
for (const key of Object.keys(localStorage)) {
  if (!key.startsWith("amends.draft.")) continue;
  try {
    if (Date.now() - JSON.parse(localStorage.getItem(key)).at > KEEP) localStorage.removeItem(key);
  } catch {
    localStorage.removeItem(key);
  }
}
restore(document);
document.addEventListener("htmx:afterSettle", (event) => restore(event.detail.elt));

// ---- menus with many choices: `<input data-narrows>` hides what has not the typed words; Enter takes the first left
const shown = (menu) => [...menu.querySelectorAll("button.choice:not([hidden])")];

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-narrows]")) return;
  const menu = event.target.parentElement;
  const asked = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const choice of menu.querySelectorAll("button.choice")) {
    const text = choice.textContent.toLowerCase();
    choice.hidden = !asked.every((word) => text.includes(word));
  }
  for (const shelf of menu.querySelectorAll("[data-shelf]")) shelf.hidden = !shown(shelf).length;
  menu.querySelector("[data-nothing]").hidden = shown(menu).length > 0;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-narrows]")) return;
  event.preventDefault(); // the field stands in the form of the answer
  shown(event.target.parentElement)[0]?.click();
});

document.addEventListener("htmx:afterSettle", (event) => event.detail.elt.querySelector?.("[data-narrows]")?.focus());

// ---- templates that fill the composer
document.addEventListener("amends:fill", (event) => {
  const area = document.querySelector("[data-composer]");
  if (!area) return;
  area.value = event.detail.text;
  area.lang = event.detail.language ?? "";
  const language = area.form.elements.language;
  if (language && [...language.options].some((o) => o.value === event.detail.language)) language.value = event.detail.language;
  if (area.form.elements.template) area.form.elements.template.value = event.detail.template ?? "";
  for (const name of ["original", "original_language"]) {
    if (area.form.elements[name]) area.form.elements[name].value = event.detail[name] ?? "";
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
});

// ---- copy: `data-copies="id"`
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text.trim());
    say(words.copied);
  } catch {
    // Plain HTTP on another machine has no clipboard API: select it, so that Ctrl+C is all that is left.
    source.focus?.();
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    const worked = document.execCommand("copy");
    say(worked ? words.copied : words.copy_failed, !worked);
  }
});

// ---- a select or checkbox that sends its form
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
});

// ---- one press, one request
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-once]")) {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  }
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// ---- drop zones
for (const zone of document.querySelectorAll("[data-drop-zone]")) {
  const input = zone.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    zone.closest("form").requestSubmit();
  });
  input.addEventListener("change", () => input.files.length && zone.closest("form").requestSubmit());
}
