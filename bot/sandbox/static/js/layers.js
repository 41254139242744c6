/** What lies over a phone or the page for a moment: toasts, questions, menus, the large photo. */

import { calm, el, icon, iconButton } from "./dom.js";

const SHORTEST_TOAST_MS = 2600;
const PER_LETTER_MS = 70;

/** Show a line in `host` that goes away by itself, later the longer it is. */
export function toast(host, text) {
  const note = el("div", { class: "toast", role: "status", "data-testid": "toast" }, text);
  host.append(note);
  setTimeout(() => note.remove(), SHORTEST_TOAST_MS + PER_LETTER_MS * text.length);
}

function keepInside(event, box) {
  const stops = [...box.querySelectorAll("button, a, input, select")];
  const step = event.shiftKey ? -1 : 1;
  const next = stops.indexOf(document.activeElement) + step;
  stops.at(next % stops.length).focus();
  event.preventDefault();
}

/**
 * Ask in `host` and answer the value of the button chosen, null when dismissed. `behind` cannot be
 * reached meanwhile. Each choice is {word, value, kind}.
 */
export function ask(host, { text, choices, behind }) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const finish = (value) => {
      veil.remove();
      behind.inert = false;
      before?.focus?.({ preventScroll: true });
      resolve(value);
    };
    const buttons = choices.map(({ word, value, kind }) =>
      el("button", { type: "button", class: `choice ${kind ?? ""}`, word, onclick: () => finish(value) }));
    const box = el("div", { class: "ask", role: "alertdialog", "aria-modal": "true", "aria-label": text },
      el("p", {}, text), el("div", { class: "choices" }, ...buttons));
    const veil = el("div", { class: "veil", "data-testid": "ask" }, box);
    veil.addEventListener("keydown", (event) => {
      if (event.key === "Escape") finish(null);
      if (event.key === "Tab") keepInside(event, box);
    });
    veil.addEventListener("click", (event) => event.target === veil && finish(null));
    behind.inert = true;
    host.append(veil);
    buttons.at(-1).focus({ preventScroll: true });
  });
}

function moveWithin(event, items) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  items.at((at + steps[event.key]) % items.length).focus();
}

/**
 * Open a menu in `host`, at the corner its `place` class names. Each entry is
 * {icon, word | text, detail, danger, act}. Only one menu is open at a time.
 */
export function menu(host, { entries, place, opener }) {
  host.querySelector(".menu")?.close?.();
  const items = entries.map((entry) => el("button", {
    type: "button", role: "menuitem", class: entry.danger ? "danger" : "",
    onclick: () => { close(); entry.act(); },
  }, entry.icon && icon(entry.icon), el("span", entry.word ? { word: entry.word } : {}, ...(entry.text ? [entry.text] : [])),
  entry.detail && el("small", {}, entry.detail)));
  const box = el("div", { class: `menu ${place}`, role: "menu" }, ...items);
  const outside = (event) => !box.contains(event.target) && !opener?.contains(event.target) && close();
  const close = () => {
    box.remove();
    opener?.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside);
  };
  box.close = close;
  box.addEventListener("keydown", (event) => {
    moveWithin(event, items);
    if (event.key !== "Escape") return;
    close();
    opener?.focus();
  });
  document.addEventListener("pointerdown", outside);
  host.append(box);
  opener?.setAttribute("aria-expanded", "true");
  items[0]?.focus({ preventScroll: true });
}

/** Close the menu open in `host`; answers whether there was one. */
export function closeMenu(host) {
  const open = host.querySelector(".menu");
  open?.close();
  return Boolean(open);
}

/** Show a photo as large as the window allows. */
export function lightbox(photo, caption, isProtected) {
  const image = el("img", { src: photo.url, alt: caption ?? "", draggable: "false" });
  if (isProtected) image.addEventListener("contextmenu", (event) => event.preventDefault());
  const box = el("dialog", { class: "lightbox", onclick: () => box.close(), onclose: () => box.remove() },
    image, caption && el("p", {}, caption), iconButton("close", "close", () => box.close()));
  document.body.append(box);
  box.showModal();
  if (!calm()) image.animate([{ opacity: 0, transform: "scale(.96)" }, { opacity: 1 }], 160);
}
