/** One message as elements: quote, attachment, text, time, and the buttons under it. */

import { attachment } from "./attachments.js";
import { el, icon, iconButton } from "./dom.js";
import { richText } from "./richtext.js";
import { say } from "./words.js";

const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}[\u{FE0F}\u{1F3FB}-\u{1F3FF}]?(?:\u200D\p{Extended_Pictographic}\uFE0F?)*){1,3}$/u;

/** A short line that stands for a message: in a quote, or while it is being answered. */
export function summary(message) {
  if (!message) return say("removed");
  const kind = ["photo", "voice", "document", "contact", "location", "poll"].find((name) => message[name]);
  const names = { voice: "voiceFile", document: "file" };
  const words = message.text ?? message.caption ?? (kind ? say(names[kind] ?? kind) : "");
  return words.replace(/\s+/g, " ").slice(0, 80);
}

function meta(message, tools) {
  return el("span", { class: "meta" },
    message.protected && icon("shield", "protectedMark"),
    message.silent && icon("mute", "silent"),
    message.edit_date && el("span", { word: "edited" }),
    el("time", { datetime: new Date(message.date * 1000).toISOString() }, tools.clock.time(message.date)),
    !message.from_bot && icon("ticks", "sent"));
}

function quote(message, tools) {
  if (!message.reply_to) return null;
  const jump = () => tools.jumpTo(message.reply_to);
  return el("button", { type: "button", class: "quote", onclick: jump }, summary(tools.find(message.reply_to)));
}

function words(message, tools) {
  const text = message.text ?? message.caption;
  if (!text) return null;
  const jumbo = EMOJI_ONLY.test(text) ? " jumbo" : "";
  return el("span", { class: `words${jumbo}`, dir: "auto" }, richText(text, message.entities, tools));
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return el("span", { class: "reactions" }, ...message.reactions.map((emoji) => el("span", {}, emoji)));
}

function bubble(message, tools) {
  const carried = attachment(message);
  const text = words(message, tools);
  const empty = !carried && !text && el("em", { word: "unknown" });
  const kind = message.photo ? " has-photo" : "";
  const more = iconButton("dots", "messageMenu", () => tools.menu(message, more), {
    class: "icon-button more", "aria-haspopup": "menu",
  });
  const pressedLong = (event) => {
    if (event.target.closest("a")) return;
    event.preventDefault();
    tools.menu(message, more);
  };
  return el("div", { class: `bubble${kind}${message.protected ? " protected" : ""}`, oncontextmenu: pressedLong },
    quote(message, tools), carried, text, empty, meta(message, tools), reactions(message), more);
}

function inlineButton(button, place, tools) {
  const mark = button.url || button.web_app || button.login_url ? "out" : button.copy_text ? "copy" : null;
  const waiting = tools.isWaiting(place);
  return el("button", {
    type: "button", class: "inline-button", "data-testid": "inline-button",
    "aria-busy": waiting ? "true" : null, onclick: () => tools.press(button, place),
  }, el("span", {}, button.text), mark && icon(mark), el("i", { class: "spinner", "aria-hidden": "true" }));
}

function inlineKeyboard(message, tools) {
  if (!message.inline_keyboard?.length) return null;
  const rows = message.inline_keyboard.map((buttons, row) => el("div", { class: "button-row" },
    ...buttons.map((button, column) => inlineButton(button, { messageId: message.message_id, row, column }, tools))));
  return el("div", { class: "inline-keyboard" }, ...rows);
}

/**
 * The inside of a message's list item. `tools` gives it the clock and what its parts can do: openLink,
 * sendText, jumpTo, find, menu, press and isWaiting.
 */
export function messageContent(message, tools) {
  if (message.service) return el("p", { class: "service" }, message.service);
  return el("div", { class: message.inline_keyboard?.length ? "stack with-buttons" : "stack" },
    bubble(message, tools), inlineKeyboard(message, tools));
}
