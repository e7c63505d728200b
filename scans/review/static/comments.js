// Keys for the comments' page. Every key clicks what is on the page, so it works without this.
"use strict";
(() => {
  const started = performance.now();
  let hiddenSince = null;
  let hiddenFor = 0;
  let busy = false;
  const note = document.getElementById("note");

  // Only the time that the page could be seen counts.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      hiddenSince = performance.now();
    } else if (hiddenSince !== null) {
      hiddenFor += performance.now() - hiddenSince;
      hiddenSince = null;
    }
  });

  document.addEventListener("submit", (event) => {
    if (busy) {  // a second key must not save twice
      event.preventDefault();
      return;
    }
    busy = true;
    const time = event.target.elements.namedItem("milliseconds");
    if (time) time.value = String(Math.max(0, Math.round(performance.now() - started - hiddenFor)));
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
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (note && !busy) {
        event.preventDefault();
        note.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;  // letters and arrows belong to the text
    }
    if (event.target.matches("select") || event.repeat) return;
    const key = CSS.escape(keyOf(event));
    const focus = document.querySelector(`[data-focus="${key}"]`);
    const meant = focus ?? document.querySelector(`[data-key="${key}"]`);
    if (!meant || busy) return;
    event.preventDefault();
    if (focus) focus.focus(); else meant.click();
  });
})();
