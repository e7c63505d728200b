// The check letter of a typed serial, as omr/serials.py has it: known before it is sent.
"use strict";
import { say } from "./common.js";

const LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";
const SHAPE = /^([A-Z][A-Z0-9]{0,9}?)-?(\d{2})-?(\d{6})-?([A-Z])$/;

const checkLetter = (stem) => {
  const values = [...stem.replaceAll("-", "")].map((char) => parseInt(char, 36));
  const total = values.reverse().reduce((sum, value, n) => sum + value * (n + 2), 0);
  return LETTERS[total % LETTERS.length];
};

/** The serial as it is printed, or "" if it has another form; and whether its letter fits. */
export const parse = (text) => {
  const found = SHAPE.exec(text.replace(/\s+/g, "").toUpperCase());
  if (!found) return { serial: "", fits: false };
  const stem = `${found[1]}-${found[2]}-${found[3]}`;
  return { serial: `${stem}-${found[4]}`, fits: checkLetter(stem) === found[4] };
};

const show = (field) => {
  const place = document.getElementById("serial-state");
  if (!place) return false;
  const { serial, fits } = parse(field.value);
  const state = !field.value.trim() ? "" : !serial ? "short" : fits ? "good" : "bad";
  place.textContent = state ? say(`s_serial_${state}`) : "";
  place.dataset.state = state;
  field.setAttribute("aria-invalid", String(state === "bad"));
  return state === "good";
};

export const startSerials = () => {
  document.addEventListener("input", (event) => {
    if (event.target.id === "serial") show(event.target);
  });
};

/** Whether the form may be sent; its serial is then written as it is printed. */
export const settle = (form) => {
  const field = form.querySelector("#serial");
  if (!field) return true;
  if (!show(field)) {
    field.focus();
    return false;
  }
  field.value = parse(field.value).serial;
  return true;
};
