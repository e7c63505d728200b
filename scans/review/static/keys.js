// Keys. Each presses a real button or link of the page, which work with the mouse just as well.
"use strict";

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=hidden]), textarea, select";

export const keyOf = (event) => {
  // An input method for Vietnamese may hide the key itself; its place tells it.
  if (["Process", "Unidentified", "Dead"].includes(event.key)) {
    return event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();
  }
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
};

/** What a key presses: in what is shown, or in the frame round it. */
const meantBy = (key) => {
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  return document.querySelector(`main ${wanted}`) ?? document.querySelector(`.top ${wanted}`);
};

/** @param {(element: Element) => boolean} allowed Whether it may be pressed now. */
export const startKeys = (allowed) => {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const key = keyOf(event);
    const target = event.target;
    const open = document.querySelector("dialog[open]");
    if (open) {
      const opener = document.querySelector(`main [data-opens="${open.id}"]`);
      if (opener?.dataset.key === key) {
        open.close();
        event.preventDefault();
      }
      return;
    }
    if (target.matches(TYPING)) {
      if (key === "Escape") target.blur();
      return;
    }
    if (key === "h") {
      document.body.classList.add("bare");
      return;
    }
    if (event.repeat) {  // a key held down decides one item, not many
      if (key === "Enter" && target.matches("button, a")) event.preventDefault();
      return;
    }
    // A button or link that was reached with Tab answers to Enter by itself.
    if (key === "Enter" && target.matches("button, a, summary")) return;
    if (key.startsWith("Arrow") && target.matches("input[type=radio]")) return;
    const meant = meantBy(key);
    if (!meant) return;
    event.preventDefault();
    if (allowed(meant)) meant.click();
  });

  const showAgain = () => document.body.classList.remove("bare");
  document.addEventListener("keyup", (event) => { if (keyOf(event) === "h") showAgain(); });
  window.addEventListener("blur", showAgain);
};
