/** Text with Telegram's entities as elements: formatting, links, and commands that can be tapped. */

import { el } from "./dom.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s",
  code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote",
};

/** The entities that cover the whole of [from, to), outermost first. */
function covering(entities, from, to) {
  return entities
    .filter((entity) => entity.offset <= from && entity.offset + entity.length >= to)
    .sort((a, b) => b.length - a.length);
}

function link(href, text, tools) {
  const onclick = (event) => {
    event.preventDefault();
    tools.openLink(href);
  };
  return el("a", { href, rel: "noopener noreferrer", target: "_blank", onclick }, text);
}

function spoiler(content) {
  const reveal = (event) => event.currentTarget.classList.add("shown");
  return el("button", { type: "button", class: "spoiler", onclick: reveal }, content);
}

/** Wrap `content`, which reads `text`, as the entity asks. */
function wrap(entity, content, text, tools) {
  switch (entity.type) {
    case "text_link": return link(entity.url, content, tools);
    case "url": return link(/^[a-z]+:/i.test(text) ? text : `https://${text}`, content, tools);
    case "email": return el("a", { href: `mailto:${text}` }, content);
    case "phone_number": return el("a", { href: `tel:${text.replace(/[^+\d]/g, "")}` }, content);
    case "bot_command":
      return el("button", { type: "button", class: "command", onclick: () => tools.sendText(text) }, content);
    case "spoiler": return spoiler(content);
    case "mention": case "hashtag": case "cashtag": case "text_mention":
      return el("span", { class: "mention" }, content);
    default: return TAGS[entity.type] ? el(TAGS[entity.type], {}, content) : content;
  }
}

/**
 * A fragment showing `text`. Offsets count UTF-16 units, as JavaScript does. `tools` has openLink(url)
 * and sendText(text).
 */
export function richText(text, entities, tools) {
  const fragment = document.createDocumentFragment();
  const known = (entities ?? []).filter((entity) => entity.length > 0);
  const cuts = new Set([0, text.length, ...known.flatMap((entity) => [entity.offset, entity.offset + entity.length])]);
  const edges = [...cuts].sort((a, b) => a - b);
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const piece = text.slice(edges[i], edges[i + 1]);
    let node = document.createTextNode(piece);
    for (const entity of covering(known, edges[i], edges[i + 1]).reverse()) {
      const whole = text.slice(entity.offset, entity.offset + entity.length);
      node = wrap(entity, node, whole, tools);
    }
    fragment.append(node);
  }
  return fragment;
}
