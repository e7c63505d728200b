// Keys and small conveniences. Everything here clicks a real button or link of the page,
// so the page works with the mouse, and without this script, just as well.
"use strict";
(() => {
  const started = performance.now();
  let hiddenSince = null;
  let hiddenFor = 0;
  let busy = false;

  const elapsed = () => Math.max(0, Math.round(performance.now() - started - hiddenFor));

  // Only the time that the page could be seen counts as time on the screen.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      hiddenSince = performance.now();
    } else if (hiddenSince !== null) {
      hiddenFor += performance.now() - hiddenSince;
      hiddenSince = null;
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if (busy) {  // a second key before the next page is there must not decide that one
      event.preventDefault();
      return;
    }
    busy = true;
    const time = form.elements.namedItem("milliseconds");
    if (time) time.value = String(elapsed());
  });

  window.addEventListener("pageshow", () => { busy = false; });

  const keyOf = (event) => {
    // An input method for Vietnamese may hide the key itself; its place tells it.
    if (event.key === "Process" || event.key === "Unidentified" || event.key === "Dead") {
      return event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();
    }
    return event.key.length === 1 ? event.key.toLowerCase() : event.key;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const key = keyOf(event);
    const target = event.target;
    const open = document.querySelector("dialog[open]");
    if (open) {
      const opener = document.querySelector(`[data-opens="${open.id}"]`);
      if (opener && opener.dataset.key === key) {
        open.close();
        event.preventDefault();
      }
      return;
    }
    if (target.matches("input:not([type=checkbox])")) {
      if (key === "Escape") target.blur();
      return;
    }
    if (key === "h") {
      document.body.classList.add("bare");
      return;
    }
    if (event.repeat) return;
    // A button or link that was reached with Tab answers to Enter by itself.
    if (key === "Enter" && target.matches("button, a")) return;
    const meant = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (meant && !busy) {
      event.preventDefault();
      meant.click();
    }
  });

  const showAgain = () => document.body.classList.remove("bare");
  document.addEventListener("keyup", (event) => { if (keyOf(event) === "h") showAgain(); });
  window.addEventListener("blur", showAgain);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      document.getElementById(opener.dataset.opens)?.showModal();
      return;
    }
    const bubble = event.target.closest(".bubble[data-option]");
    if (bubble) control(bubble.dataset.option)?.click();
    if (event.target instanceof HTMLDialogElement) event.target.close();  // beside its content
  });

  const control = (option) =>
    document.querySelector(`#decide [data-option="${CSS.escape(option)}"]`);

  // Rings follow the boxes that are ticked.
  const follow = () => {
    for (const box of document.querySelectorAll("#decide input[type=checkbox]")) {
      const ring = document.querySelector(`.bubble[data-option="${CSS.escape(box.dataset.option)}"]`);
      ring?.classList.toggle("chosen", box.checked);
      box.closest(".option").classList.toggle("chosen", box.checked);
    }
  };
  document.addEventListener("change", follow);
  follow();
})();
