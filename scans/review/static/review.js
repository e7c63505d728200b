// The review page's script. Without it every form and link works as well, only slower.
"use strict";
import { startBanner } from "./banner.js";
import { takeNote } from "./common.js";
import { startGroup } from "./group.js";
import { startItems } from "./items.js";
import { startKeys } from "./keys.js";
import { startLeases } from "./leases.js";
import { outbox } from "./outbox.js";
import { startSerials } from "./serial.js";

startBanner();
startSerials();
const items = startItems();
const group = startGroup();
if (group) startLeases(group.held, () => {});
startKeys((element) => items?.ready(element) ?? group?.ready(element) ?? true);
outbox.retry();
takeNote();

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    document.getElementById(opener.dataset.opens)?.showModal();
    return;
  }
  if (event.target instanceof HTMLDialogElement) event.target.close();  // beside its content
});

// Everything is on other people's screens: look again by and by.
if (document.querySelector("[data-looks-again]")) {
  setTimeout(() => window.location.assign("/"), 5000);
}
document.documentElement.dataset.script = "";  // keys and buttons answer now
