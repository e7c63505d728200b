// What all parts of the page's script share: words, notes, and how the server is asked.
"use strict";

const table = JSON.parse(document.body.dataset.words || "{}");

/** The words for `key`, with `values` put in. */
export const say = (key, values = {}) =>
  (table[key] ?? key).replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

export const person = document.body.dataset.person ?? "";

const put = (id, text) => {
  const place = document.getElementById(id);
  if (place) place.textContent = text;
};

/** Say something that needs no action; a screen reader reads it in its turn. */
export const note = (text) => put("note", text);

/** Say that something went wrong; a screen reader reads it at once. */
export const trouble = (text, lines = []) => {
  const place = document.getElementById("trouble");
  if (!place) return;
  place.replaceChildren();
  if (!text) return;
  const first = document.createElement("p");
  first.textContent = text;
  place.append(first);
  if (lines.length) {
    const list = document.createElement("ul");
    for (const line of lines) {
      const entry = document.createElement("li");
      entry.textContent = line;
      list.append(entry);
    }
    place.append(list);
  }
};

/** Show how far the work has come. */
export const progress = (data) => {
  if (typeof data?.left !== "number") return;
  put("left", say("s_left", data));
  put("done", say("s_done", data));
  const bar = document.querySelector("#progress progress");
  if (bar) bar.value = data.share;
  document.title = `(${data.left}) ${document.body.dataset.title}`;
};

/** Kept for the next page of ours in this tab: what it should say first. */
export const leaveNote = (text, bad = "", lines = []) =>
  sessionStorage.setItem("omr-note", JSON.stringify({ text, bad, lines }));

export const takeNote = () => {
  const left = sessionStorage.getItem("omr-note");
  if (!left) return;
  sessionStorage.removeItem("omr-note");
  const { text, bad, lines } = JSON.parse(left);
  if (text) note(text);
  if (bad) trouble(bad, lines);
};

/**
 * Ask the server.
 * @returns {Promise<{status: number, data: object}>} Rejects when there is no connection.
 */
export const ask = async (address, fields = null) => {
  const answer = await fetch(address, {
    method: fields ? "POST" : "GET",
    body: fields ? new URLSearchParams(fields) : undefined,
    headers: { "X-Requested-With": "omr", Accept: "application/json" },
    credentials: "same-origin",
    signal: AbortSignal.timeout(20000),
  });
  const text = await answer.text();
  let data = {};
  try {
    data = text ? JSON.parse(text) : {};
  } catch {
    data = { why: "", kind: "no-json" };
  }
  return { status: answer.status, data };
};

/** How long something has been on the screen; time in which nobody could see it is left out. */
export class Watch {
  constructor() {
    this.restart();
    document.addEventListener("visibilitychange", () => this.#seen());
  }

  restart() {
    this.begun = performance.now();
    this.away = 0;
    this.since = document.hidden ? this.begun : null;
  }

  #seen() {
    if (document.hidden) {
      this.since = performance.now();
    } else if (this.since !== null) {
      this.away += performance.now() - this.since;
      this.since = null;
    }
  }

  get milliseconds() {
    return Math.max(0, Math.round(performance.now() - this.begun - this.away));
  }
}
