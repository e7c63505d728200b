// The group view: tiles are boxes to tick; all that is ticked is confirmed at once.
"use strict";
import { leaveNote, say, trouble, Watch } from "./common.js";
import { outbox } from "./outbox.js";

const UNASKED = 700;  // milliseconds: a key this soon was meant for the page before
const TILE = ".tile input[type=checkbox]";

export const startGroup = () => {
  const group = document.getElementById("group");
  if (!group) return null;
  const watch = new Watch();
  const form = document.getElementById("confirm");
  const boxes = [...form.querySelectorAll(TILE)];
  let busy = false;

  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    const blank = group.dataset.verdict === "blank";
    const label = (id, text) => {
      const button = document.getElementById(id);
      if (!button) return;
      const words = [...button.childNodes].find((node) => node.nodeType === 3 && node.data.trim());
      if (words) words.data = id === "confirm-all" ? `${text} ` : ` ${text}`;
      button.disabled = ticked === 0;
    };
    label("confirm-all", say(blank ? "s_group_blank" : "s_group_marked", { n: ticked }));
    label("confirm-blank", say("s_group_all_blank", { n: ticked }));
    const apart = boxes.length - ticked;
    document.getElementById("apart").textContent = apart ? say("s_group_except", { n: apart }) : "";
    for (const box of boxes) box.closest(".tile").classList.toggle("apart", !box.checked);
  };
  form.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();

  // Nobody confirms what cannot be seen yet.
  const loaded = [...group.querySelectorAll("image")].map((image) => image.decode?.());
  const seen = new Promise((resolve) => setTimeout(resolve, UNASKED));
  Promise.all([seen, Promise.all(loaded).catch(() => trouble(say("s_picture_failed")))])
    .then(() => { group.dataset.ready = ""; });

  // Arrows move between tiles as they lie on the screen.
  const columns = () => {
    const top = boxes[0].closest(".tile").offsetTop;
    return Math.max(1, boxes.filter((box) => box.closest(".tile").offsetTop === top).length);
  };
  const steps = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: () => -columns(), ArrowDown: columns };
  document.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    const at = boxes.indexOf(document.activeElement);
    const next = at < 0 ? 0 : Math.min(Math.max(at + step(), 0), boxes.length - 1);
    boxes[next].focus();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy || group.dataset.ready === undefined) return;
    busy = true;
    document.body.classList.add("waiting");
    const fields = [...new FormData(form, event.submitter)].filter(([name]) => name !== "milliseconds");
    fields.push(["milliseconds", String(watch.milliseconds)]);
    const { kept, data } = await outbox.add({ path: "/group", fields, key: "", what: event.submitter?.innerText ?? "" });
    document.body.classList.remove("waiting");
    busy = false;
    if (kept) {
      leaveNote(data.note, data.why, data.more);
      window.location.assign(data.address);
    } else if (!data.dropped) {
      trouble(data.why || say("s_failed", { what: "" }));
    }
  });
  const ready = (element) =>
    !busy && (group.dataset.ready !== undefined || !element.matches("button[type=submit]"));
  return { held: () => boxes.map((box) => box.closest(".tile").dataset.keyOf), ready };
};
