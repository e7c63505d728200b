// Tells the server what this browser has on the screen or ready, so that nobody else gets it.
"use strict";
import { ask } from "./common.js";

const EVERY = 40000;  // milliseconds; a lease lasts three times as long
const SOON = 1500;  // after a page begins: the page before it may have given something back

/**
 * Renew the leases while the page is open, and give them back when it is left.
 * @param {() => string[]} held What is held now.
 * @param {(lost: Set<string>) => void} onLost Told what somebody else has got meanwhile.
 */
export const startLeases = (held, onLost) => {
  const renew = async () => {
    const keys = held();
    if (!keys.length) return;
    try {
      const { status, data } = await ask("/hold", keys.map((key) => ["item", key]));
      if (status !== 200) return;
      const mine = new Set(data.mine);
      const lost = new Set(keys.filter((key) => !mine.has(key)));
      if (lost.size) onLost(lost);
    } catch { /* without a connection the outbox speaks up as soon as there is anything to say */ }
  };
  setTimeout(renew, SOON);
  setInterval(renew, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); });
  window.addEventListener("pagehide", () => {
    const keys = held();
    if (keys.length) {
      navigator.sendBeacon("/release", new URLSearchParams(keys.map((key) => ["item", key])));
    }
  });
};
