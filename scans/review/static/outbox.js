// Decisions on their way to the server, one after the other. They are kept in the tab's own
// store until the server has them, so neither a lost connection, nor a session that ended, nor
// a reload loses one. Sending one twice is harmless: the server knows what the person had seen.
"use strict";
import { ask, person, say } from "./common.js";

const STORE = "omr-unsent";
const WAITS = [400, 1000, 2000, 4000, 8000];  // milliseconds between tries; then the last again
const FAULTS = 3;  // times that the program may fail on one decision before it is given back

class Outbox extends EventTarget {
  constructor() {
    super();
    this.entries = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
    this.tries = 0;
    this.state = "";  // "", "unsent", "session" or "other": why nothing is sent now
    this.sending = null;
    this.timer = null;
    this.answers = new Map();  // id of an entry -> who waits for it
    this.#keep();
    window.addEventListener("online", () => this.retry());
    window.addEventListener("focus", () => this.state && this.retry());
    window.addEventListener("beforeunload", (event) => {
      if (this.entries.length) event.preventDefault();
    });
  }

  get size() { return this.entries.length; }

  /** The unsent decision about an item, if there is one. */
  about(key) { return this.entries.find((entry) => entry.key === key && entry.path !== "/undo"); }

  get keys() { return this.entries.filter((entry) => entry.key).map((entry) => entry.key); }

  /**
   * Send something, after all that waits.
   * @returns {Promise<{kept: boolean, data: object}>} Once the server has answered; it may be long.
   */
  add(entry) {
    const waiting = this.about(entry.key);
    if (waiting && waiting !== this.sending && entry.path !== "/undo") {
      this.#drop(waiting);  // said anew before it was sent: only the newest counts
    }
    const full = { person, tries: 0, id: `${Date.now()}-${Math.random()}`, ...entry };
    this.entries.push(full);
    this.#keep();
    const answer = new Promise((resolve) => this.answers.set(full.id, resolve));
    this.#send();
    return answer;
  }

  /** Try again now. */
  retry() {
    clearTimeout(this.timer);
    this.timer = null;
    this.#send();
  }

  /** Give up everything that was not sent. */
  drop() {
    for (const entry of [...this.entries]) this.#drop(entry);
    this.#trouble("");
  }

  /** Resolves once nothing waits any more, or it cannot be sent now; tells whether nothing does. */
  async drained(milliseconds = 30000) {
    const end = performance.now() + milliseconds;
    while (this.entries.length && !this.state && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.entries.length === 0;
  }

  async #send() {
    if (this.sending || this.timer) return;
    while (this.entries.length) {
      const entry = this.entries[0];
      this.sending = entry;
      const outcome = await this.#post(entry);
      this.sending = null;
      if (outcome === "again") {
        const wait = WAITS[Math.min(this.tries, WAITS.length - 1)];
        this.tries += 1;
        this.timer = setTimeout(() => { this.timer = null; this.#send(); }, wait);
        return;
      }
    }
    if (this.state) this.#trouble("");
  }

  async #post(entry) {
    if (entry.person !== person) return this.#blocked("other");
    let answer;
    try {
      answer = await ask(entry.path, [...entry.fields, ["by", entry.person]]);
    } catch {
      if (entry.once) return this.#refused(entry, { why: say("s_no_connection"), kind: "offline" });
      return this.#blocked("unsent");
    }
    const { status, data } = answer;
    if (status === 200 || status === 204) return this.#kept(entry, data);
    if (data.kind === "other-person") return this.#blocked("other");
    if (status === 401 || status === 403) return this.#blocked("session");
    if (status === 409 || (status >= 400 && status < 500)) return this.#refused(entry, data);
    entry.tries += 1;
    if (status === 500 && entry.tries >= FAULTS) return this.#refused(entry, data);
    return this.#blocked("unsent");
  }

  #kept(entry, data) {
    this.tries = 0;
    for (const later of this.entries) {  // what was said about the same item since then
      if (later !== entry && later.key === entry.key && data.decision) {
        const seen = later.fields.find(([name]) => name === "seen");
        if (seen) seen[1] = String(data.decision);
      }
    }
    this.#settle(entry, { kept: true, data });
    this.dispatchEvent(new CustomEvent("kept", { detail: { entry, data } }));
    return "done";
  }

  #refused(entry, data) {
    this.tries = 0;
    this.#settle(entry, { kept: false, data });
    this.dispatchEvent(new CustomEvent("refused", { detail: { entry, data } }));
    return "done";
  }

  #blocked(state) {
    // One failure may be a moment's; the person is told at the second.
    if (this.tries > 0 || state !== "unsent") this.#trouble(state);
    return "again";
  }

  #trouble(state) {
    const before = this.state;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { before, state } }));
  }

  #drop(entry) { this.#settle(entry, { kept: false, data: { dropped: true } }); }

  #settle(entry, outcome) {
    this.entries = this.entries.filter((each) => each !== entry);
    this.#keep();
    this.answers.get(entry.id)?.(outcome);
    this.answers.delete(entry.id);
  }

  #keep() {
    sessionStorage.setItem(STORE, JSON.stringify(this.entries));
    document.documentElement.dataset.unsent = String(this.entries.length);
  }
}

export const outbox = new Outbox();
