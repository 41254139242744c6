/** Building elements without markup strings, so that nothing a person typed is ever read as HTML. */

import { renew } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes, listeners (keys beginning with "on") and children.
 * `word`, `label` and `hint` name entries of words.js for its text, accessible name and placeholder.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (["word", "label", "hint"].includes(key)) node.dataset[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  if (props.word || props.label || props.hint) renew(node);
  return node;
}

/** One symbol of icons.svg; silent to screen readers unless given the key of its words. */
export function icon(name, label = null) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/sandbox/static/icons.svg#${name}`);
  svg.setAttribute("class", `icon icon-${name}`);
  svg.append(use);
  if (label) {
    svg.setAttribute("role", "img");
    svg.dataset.label = label;
    renew(svg);
  } else svg.setAttribute("aria-hidden", "true");
  return svg;
}

/** A round button that shows only an icon. */
export function iconButton(name, label, onclick, props = {}) {
  return el("button", { type: "button", class: "icon-button", label, onclick, ...props }, icon(name));
}

/** Whether the person asked their system for less movement. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Whether one phone fills the screen. */
export const narrow = matchMedia("(max-width: 699px)");

/** Put text on the clipboard; answers whether that worked. */
export async function copyText(text) {
  if (!navigator.clipboard) return false;
  return navigator.clipboard.writeText(text).then(() => true, () => false);
}
