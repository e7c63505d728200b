// Deciding about one item after the other: what is pressed shows the next item at once, and is
// sent in the background.
"use strict";
import { leaveNote, note, progress, say, trouble, Watch } from "./common.js";
import { startLeases } from "./leases.js";
import { outbox } from "./outbox.js";
import { current, Pieces } from "./pieces.js";
import { settle } from "./serial.js";

export const startItems = () => {
  if (!current()) return null;
  const pieces = new Pieces();
  const watch = new Watch();
  const decided = [];  // what may be taken back, the newest last
  let busy = false;  // something must be there before anything else can be pressed

  const wait = async (work) => {
    if (busy) return;
    busy = true;
    document.body.classList.add("waiting");
    try {
      await work();
    } catch {
      trouble(say("s_no_connection"));
    } finally {
      busy = false;
      document.body.classList.remove("waiting");
    }
  };

  // Where we are: every item shown has an entry in the browser's history, so Back works.
  const depth = () => window.history.state?.depth ?? 0;
  window.history.replaceState({ depth: depth() }, "");

  const show = (piece, { push = true, comesBack = false, unasked = false } = {}) => {
    pieces.show(piece, comesBack, unasked);
    if (push) window.history.pushState({ depth: depth() + 1 }, "", piece.dataset.address);
    watch.restart();
    follow();
    pieces.fill().catch(() => {});
  };

  const goOn = async ({ comesBack = false, unasked = false } = {}) => {
    const here = current();
    let piece = pieces.next();
    if (!piece) {
      await pieces.filling;
      await pieces.fill();
      piece = pieces.next();
    }
    if (!piece && !comesBack) {
      // Nothing is left: the start page says so, once everything is saved.
      if (!await outbox.drained() || current() !== here) return;
      await pieces.fill();
      piece = pieces.next();
    }
    if (current() !== here) pieces.putBack(piece);
    else if (piece) show(piece, { comesBack, unasked });
    else if (!comesBack) window.location.assign("/");
  };

  const waits = () => current() !== null && current().dataset.decided === undefined;

  // Saying something.
  const entryOf = (form, submitter) => {
    const piece = form.closest(".view");
    const fields = [...new FormData(form, submitter)].filter(([name]) => name !== "milliseconds");
    fields.push(["milliseconds", String(watch.milliseconds)]);
    const chosen = [...form.querySelectorAll("input:checked")]
      .map((box) => box.closest("label").innerText.replace(/\s+/g, " ").trim());
    const what = submitter?.dataset.key === "Enter" && chosen.length
      ? chosen.join(", ") : submitter?.dataset.what ?? form.querySelector("#serial")?.value ?? "";
    const { key, address, record, about, second } = piece.dataset;
    return { path: new URL(form.action).pathname, fields, key, address, record, about, second, what };
  };

  const valid = (form) => {
    if (!form.checkValidity()) {
      form.reportValidity();
      return false;
    }
    return settle(form) && reasonGiven(form);
  };

  const reasonGiven = (form) => {
    if (form.id !== "papers") return true;
    const data = new FormData(form);
    const fine = data.get("keeps") === "first" || data.get("why") || data.get("why_other")?.trim();
    document.getElementById("form-state").textContent = fine ? "" : say("s_reason_missing");
    return Boolean(fine);
  };

  const send = (entry) => {
    const said = { ...entry, seen: "" };
    decided.push(said);
    const sent = outbox.add(entry);
    sent.then(({ kept, data }) => {
      if (kept) said.seen = String(data.decision ?? "");
      else if (decided.includes(said)) decided.splice(decided.indexOf(said), 1);
    });
    return sent;
  };

  const decide = (form, submitter) => {
    const piece = form.closest(".view");
    if (busy || piece.dataset.ready === undefined || !valid(form)) return;
    const entry = entryOf(form, submitter);
    if (form.dataset.waits === undefined) {
      send(entry);
      piece.dataset.decided = "";
      wait(() => goOn());
      return;
    }
    note(say("s_measuring"));
    wait(async () => {
      const { kept, data } = await send(entry);
      if (!kept) return;  // what was wrong is shown with the item
      piece.dataset.decided = "";
      if (current() === piece) await goOn();
      note(data.note);
    });
  };

  const undo = (named) => wait(async () => {
    const last = named ?? decided.at(-1);
    if (last?.second && last.second !== "0") {
      decided.pop();
      note(say("s_no_undo_blind"));
      return;
    }
    // What was not kept cannot be taken back: that would be what somebody else said there.
    if (last && !named && !last.seen && !(await outbox.drained() && last.seen)) return;
    const fields = last ? [["record", last.record], ["about", last.about], ["seen", last.seen]] : [];
    const { kept, data } = await outbox.add({ path: "/undo", fields, key: "", once: !last, what: "" });
    if (!kept) return;
    if (!named) decided.pop();
    progress(data);
    if (!data.address) {
      note(data.note);
      return;
    }
    const { piece } = await pieces.load(data.address);
    if (!piece) return;
    show(piece, { comesBack: waits() });
    note(data.note);
  });

  // What the server does not keep: back to that item, with what was said about it.
  outbox.addEventListener("refused", (event) => {
    const { entry, data } = event.detail;
    const lines = entry.what ? [say("s_refused_you", { what: entry.what })] : [];
    if (entry.key && data.view) {
      const same = current()?.dataset.key === entry.key;
      show(pieces.make(data.view), { push: !same, comesBack: !same && waits(), unasked: true });
      if (entry.path === "/identify") restoreSerial(entry);
    }
    trouble(data.why || say("s_failed", { what: entry.what }), lines);
  });
  const restoreSerial = (entry) => {
    const field = document.getElementById("serial");
    const typed = entry.fields.find(([name]) => name === "serial");
    if (field && typed) field.value = typed[1];
  };
  outbox.addEventListener("kept", (event) => {
    const { entry, data } = event.detail;
    const unsent = outbox.keys.length;
    progress({ ...data, left: Math.max(0, data.left - unsent) });
    // Somebody who was brought back to this item, or waited at it, need not stay there.
    if (!busy && entry.key && current()?.dataset.key === entry.key) {
      wait(() => goOn({ unasked: true }));
    }
  });
  outbox.addEventListener("state", (event) => {
    if (event.detail.state && !event.detail.before) bringBack();
  });
  const bringBack = () => {
    const entry = outbox.entries.find((each) => each.key);
    const piece = entry && pieces.recall(entry.key);
    if (!piece || current()?.dataset.key === entry.key) return;
    show(piece, { comesBack: waits(), unasked: true });
    trouble(say("s_unsent_item", { what: entry.what }));
  };

  // Moving without deciding.
  const back = () => {
    if (depth() > 0) window.history.back();
    else step("back");
  };
  const step = (way) => wait(async () => {
    const link = current().querySelector(`[data-way="${way}"]`);
    const { piece } = await pieces.load(link.href);
    if (piece) show(piece, { comesBack: false });
  });
  const on = () => {
    if (waits() && pieces.ahead.length === 0) step("on");
    else wait(() => goOn());
  };
  window.addEventListener("popstate", async () => {
    while (busy) await new Promise((resolve) => setTimeout(resolve, 20));
    await wait(moved);
  });
  const moved = async () => {
    const address = window.location.pathname + window.location.search;
    if (!address.startsWith("/item")) {
      window.location.reload();
      return;
    }
    const comesBack = waits();
    await outbox.drained(2000);
    let found = null;
    try {
      found = (await pieces.load(address)).piece;
    } catch {
      found = [...pieces.shown.values()].find((each) => each.dataset.address === address) ?? null;
    }
    if (found) show(found, { push: false, comesBack });
    else window.location.reload();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if (form.matches("#undo, [data-undo]")) {
      event.preventDefault();
      if (busy) return;
      const own = form.matches("[data-undo]") ? Object.fromEntries(new FormData(form)) : null;
      undo(own);
    } else if (form.matches("[data-decides]")) {
      event.preventDefault();
      decide(form, event.submitter);
    }
  });
  // A double click means one: the second must not press what has come in its place.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("[data-decides] button, .bubble")) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-way]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (busy) return;
    if (link.dataset.way === "back") back();
    else on();
  });

  // Rings follow the boxes that are ticked, and a click on the paper presses the option.
  const follow = () => {
    for (const box of document.querySelectorAll("#decide input[type=checkbox]")) {
      const ring = document.querySelector(`main .bubble[data-option="${CSS.escape(box.dataset.option)}"]`);
      ring?.classList.toggle("chosen", box.checked);
      box.closest(".option").classList.toggle("chosen", box.checked);
    }
  };
  document.addEventListener("change", follow);
  document.addEventListener("click", (event) => {
    const bubble = event.target.closest("main .bubble[data-option]");
    if (!bubble) return;
    const option = document.querySelector(`#decide [data-option="${CSS.escape(bubble.dataset.option)}"]`);
    if (option && ready(option)) option.click();
  });

  const ready = (element) => {
    if (busy) return false;
    const piece = element.closest(".view");
    return !piece || !element.matches("button[type=submit]") || piece.dataset.ready !== undefined;
  };

  startLeases(() => pieces.held, (lost) => {
    pieces.forget(lost);
    const here = current();
    if (here && lost.has(here.dataset.key) && here.dataset.decided === undefined) {
      wait(async () => {
        await goOn({ unasked: true });
        note(say("s_taken"));
      });
    }
  });

  pieces.begin(current(), true);
  follow();
  // What the page before this one left unsent may be about this very item.
  if (outbox.about(current().dataset.key)) {
    wait(async () => {
      if (await outbox.drained()) {
        leaveNote(say("s_sent"));
        window.location.assign("/");
      }
    });
  } else {
    pieces.fill().catch(() => {});
  }
  return { ready };
};
