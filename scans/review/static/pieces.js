// Items as pieces of the page: the one that is shown, and the next ones, ready and decoded.
"use strict";
import { ask, note, progress, say, trouble } from "./common.js";
import { outbox } from "./outbox.js";

const READY = 2;  // items that are loaded before they are asked for
const KEPT = 12;  // pieces that were shown, kept for a lost connection
// Nobody decides about a picture this soon after it appeared: such a key was meant for the last.
const UNSEEN = 150;  // milliseconds
// Nor this soon after the page went on by itself: hand and eye were still at what was there
// before. A choice among several takes a person about so long.
const UNASKED = 700;

const shelf = document.createElement("div");  // in the page, so that pictures load and decode
shelf.hidden = true;
shelf.id = "shelf";

export const current = () => document.querySelector("main > .view[data-key]");

/** Ids belong to what is shown alone, so those of other pieces are put away. */
const putAway = (piece) => {
  for (const part of [piece, ...piece.querySelectorAll("[id]")]) {
    if (part.id) part.dataset.id = part.id;
    part.removeAttribute("id");
  }
};
const takeOut = (piece) => {
  for (const part of [piece, ...piece.querySelectorAll("[data-id]")]) {
    if (part.dataset.id) part.id = part.dataset.id;
  }
};

const pictures = (piece) =>
  [...piece.querySelectorAll(".paper image")].map((image) =>
    typeof image.decode === "function" ? image.decode() : Promise.resolve());

/** The pieces to come and those that were; everything the page knows of the queue. */
export class Pieces {
  constructor() {
    this.ahead = [];
    this.shown = new Map();  // key -> piece, the newest last
    this.filling = null;
    document.body.append(shelf);
    shelf.inert = true;
  }

  /** A piece from the server's words. */
  make({ key, html }) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const piece = document.adoptNode(parsed.querySelector(".view"));
    piece.dataset.key = key;
    for (const field of piece.querySelectorAll("[autofocus]")) {  // browsers do that once a page
      field.removeAttribute("autofocus");
      field.dataset.focus = "";
    }
    return piece;
  }

  get held() {
    const here = current();
    const keys = this.ahead.map((piece) => piece.dataset.key);
    return here && !here.classList.contains("taken") ? [here.dataset.key, ...keys] : keys;
  }

  /** Have the next pieces ready. */
  fill() {
    this.filling ??= this.#fill().finally(() => { this.filling = null; });
    return this.filling;
  }

  async #fill() {
    const wanted = READY - this.ahead.length;
    const from = this.ahead.at(-1) ?? current();
    if (wanted <= 0 || !from) return;
    const { record, about, second } = from.dataset;
    const known = new Set([...this.held, ...outbox.keys]);
    if (current()) known.add(current().dataset.key);
    const query = new URLSearchParams({ record, about, second, many: wanted });
    for (const key of known) query.append("skip", key);
    const { status, data } = await ask(`/ahead?${query}`);
    if (status !== 200) return;
    progress({ ...data, left: Math.max(0, data.left - outbox.keys.length) });
    for (const view of data.views) {
      const here = current()?.dataset.key;
      const unwanted = [here, ...outbox.keys, ...this.ahead.map((piece) => piece.dataset.key)];
      if (!unwanted.includes(view.key)) this.#prepare(this.make(view), false);
    }
  }

  #prepare(piece, first) {
    putAway(piece);
    shelf.append(piece);
    for (const done of pictures(piece)) done.catch(() => {});
    if (first) this.ahead.unshift(piece);
    else this.ahead.push(piece);
  }

  /** Take the next piece, if one is ready. */
  next() { return this.ahead.shift() ?? null; }

  /** Let a piece that was taken come first again. */
  putBack(piece) { if (piece) this.#prepare(piece, true); }

  forget(keys) {
    for (const piece of this.ahead.filter((each) => keys.has(each.dataset.key))) piece.remove();
    this.ahead = this.ahead.filter((each) => !keys.has(each.dataset.key));
  }

  /** One item from the server, as it stands now. */
  async load(address) {
    const { status, data } = await ask(address);
    if (!data.view) return { status, data, piece: null };
    progress(data);
    return { status, data, piece: this.make(data.view) };
  }

  /**
   * Show a piece in place of the present one.
   * @param {Element} piece What to show.
   * @param {boolean} comesBack Whether the present one waits still, and comes next.
   * @param {boolean} unasked Whether the person did nothing to bring it there.
   */
  show(piece, comesBack, unasked = false) {
    const old = current();
    const key = piece.dataset.key;
    this.forget(new Set([key]));
    takeOut(piece);
    note("");
    trouble("");
    if (old) {
      old.querySelector("dialog[open]")?.close();
      putAway(old);
      old.replaceWith(piece);
      this.#remember(old);
      delete old.dataset.ready;
      if (comesBack && old.dataset.key !== key && !outbox.about(old.dataset.key)) {
        this.#prepare(old, true);
      }
    } else {
      document.getElementById("main").append(piece);
    }
    this.begin(piece, unasked);
    window.scrollTo(0, 0);
  }

  /** Make what is shown answer to keys, once its picture is there to be seen. */
  begin(piece, unasked = false) {
    const field = piece.querySelector("[autofocus], [data-focus]");
    (field ?? piece.querySelector("h1"))?.focus({ preventScroll: true });
    const seen = new Promise((resolve) => setTimeout(resolve, unasked ? UNASKED : UNSEEN));
    const loaded = Promise.all(pictures(piece)).catch(() => {
      if (piece.isConnected) trouble(say("s_picture_failed"));
    });
    Promise.all([seen, loaded]).then(() => { piece.dataset.ready = ""; });
  }

  /** A piece that was shown before, for want of a connection. */
  recall(key) { return this.shown.get(key) ?? null; }

  #remember(piece) {
    this.shown.delete(piece.dataset.key);
    this.shown.set(piece.dataset.key, piece);
    for (const key of [...this.shown.keys()].slice(0, -KEPT)) this.shown.delete(key);
  }
}
