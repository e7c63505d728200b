// Tells the person, above everything else, what has not been saved yet and why.
"use strict";
import { note, person, say } from "./common.js";
import { outbox } from "./outbox.js";

const WORDS = { unsent: "s_unsent", session: "s_session", other: "s_other_person" };

const button = (text, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
};

const draw = () => {
  const place = document.getElementById("outbox");
  if (!place) return;
  place.dataset.state = outbox.state;
  place.replaceChildren();
  if (!outbox.state || !outbox.size) return;
  const text = document.createElement("span");
  const name = outbox.entries.find((entry) => entry.person !== person)?.person ?? "";
  text.textContent = say(WORDS[outbox.state], { n: outbox.size, name });
  place.append(text, button(say("s_retry"), () => outbox.retry()));
  if (outbox.state === "session") {
    const link = document.createElement("a");
    link.className = "button";
    link.href = "/";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = say("s_sign_in");
    place.append(link);
  }
  if (outbox.state === "other") {
    place.append(button(say("s_drop"), () => {
      if (window.confirm(say("s_drop_sure", { n: outbox.size }))) outbox.drop();
    }));
  }
};

export const startBanner = () => {
  outbox.addEventListener("state", (event) => {
    draw();
    if (event.detail.before && !event.detail.state) note(say("s_sent"));
  });
  outbox.addEventListener("kept", draw);
  outbox.addEventListener("refused", draw);
  draw();
};
