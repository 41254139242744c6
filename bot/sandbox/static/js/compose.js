/** The foot of a chat: entry, commands, attachments, recording and the persistent keyboard. */

import { summary } from "./bubble.js";
import { el, icon, iconButton } from "./dom.js";
import { closeMenu, menu } from "./layers.js";
import { canRecord, record } from "./recorder.js";
import { say } from "./words.js";

const TALLEST_ENTRY_PX = 140;

export class Compose {
  #does;
  #commands = [];
  #keyboard = null;
  #replyTo = null;
  #pending = null;
  #recording = null;

  /** `does` has sendText(text, replyTo), sendFile(file, kind, caption), pressKey(button, row, column), shareContact(), complain(text). */
  constructor(does) {
    this.#does = does;
    this.entry = el("textarea", { rows: 1, hint: "write", label: "write", "data-testid": "compose", enterkeyhint: "send" });
    this.entry.addEventListener("input", () => this.#typed());
    this.entry.addEventListener("keydown", (event) => this.#keyed(event));
    this.commandsButton = iconButton("menu", "commands", () => this.#toggleCommands(), { "aria-haspopup": "menu" });
    this.keysButton = iconButton("keyboard", "keyboard", () => this.#showKeys(this.keys.hidden), { hidden: true });
    this.attachButton = iconButton("clip", "attach", () => this.#openAttach(), { "aria-haspopup": "menu", "data-testid": "attach" });
    this.sendButton = iconButton("send", "send", () => this.#send(), { class: "icon-button send", "data-testid": "send" });
    this.micButton = iconButton("mic", "record", () => this.#record(), { class: "icon-button send", "data-testid": "record" });
    this.strip = el("div", { class: "strip", hidden: true });
    this.line = el("div", { class: "line" }, this.commandsButton, this.entry, this.keysButton,
      this.attachButton, this.sendButton, this.micButton);
    this.keys = el("div", { class: "keys", hidden: true });
    this.element = el("div", { class: "compose" }, this.strip, this.line, this.keys);
    this.#typed();
  }

  /** Offer these commands in the menu and while a "/" is being typed. */
  setCommands(commands) {
    this.#commands = commands ?? [];
    this.commandsButton.hidden = this.#commands.length === 0;
  }

  /** Show a reply keyboard, a forced reply to the message `asked`, or (null) none. */
  setKeyboard(keyboard, asked = null) {
    if (JSON.stringify(keyboard) === JSON.stringify(this.#keyboard)) return;
    if (this.#keyboard?.force_reply) this.replyTo(null);
    this.#keyboard = keyboard;
    const rows = keyboard?.keyboard ?? [];
    this.keys.classList.toggle("tall", keyboard?.resize_keyboard === false);
    this.keys.replaceChildren(...rows.map((buttons, row) => el("div", { class: "button-row" },
      ...buttons.map((button, column) => this.#key(button, row, column)))));
    this.entry.placeholder = keyboard?.input_field_placeholder || say("write");
    this.#showKeys(rows.length > 0);
    if (keyboard?.force_reply) this.replyTo(asked);
  }

  /** Answer a particular message with what is sent next. */
  replyTo(message) {
    this.#replyTo = message ?? null;
    if (message) {
      const stop = iconButton("close", "stopReply", () => this.replyTo(null));
      this.#showStrip(icon("reply"), el("span", { class: "strip-words" }, summary(message)), stop);
      this.entry.focus({ preventScroll: true });
    } else this.#showStrip();
  }

  /** Take up a page in another language. */
  renewWords() {
    this.entry.placeholder = this.#keyboard?.input_field_placeholder || say("write");
  }

  #key(value, row, column) {
    const button = typeof value === "string" ? { text: value } : value;
    const press = () => {
      if (this.#keyboard?.one_time_keyboard) this.#showKeys(false);
      this.#does.pressKey(button, row, column);
    };
    return el("button", { type: "button", class: "reply-button", "data-testid": "reply-button", onclick: press }, button.text);
  }

  #showKeys(wanted) {
    const has = this.keys.childElementCount > 0;
    this.keysButton.hidden = !has;
    this.keys.hidden = !(has && wanted);
    this.keysButton.setAttribute("aria-expanded", String(has && wanted));
  }

  #showStrip(...parts) {
    this.strip.replaceChildren(...parts);
    this.strip.hidden = parts.length === 0;
  }

  #typed() {
    this.entry.style.height = "auto";
    this.entry.style.height = `${Math.min(this.entry.scrollHeight, TALLEST_ENTRY_PX)}px`;
    const something = this.entry.value.trim() !== "" || this.#pending !== null;
    this.sendButton.hidden = !something && canRecord();
    this.micButton.hidden = something || !canRecord();
    this.sendButton.disabled = !something;
    if (/^\/\w*$/.test(this.entry.value)) this.#offerCommands(this.entry.value);
    else closeMenu(this.element);
  }

  #keyed(event) {
    if (event.key === "Escape") closeMenu(this.element);
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  async #send() {
    const text = this.entry.value.trim();
    if (this.#pending) return this.#sendPending(text);
    if (!text) return undefined;
    const replyTo = this.#chosenReply();
    this.#clear();
    const sent = await this.#does.sendText(text, replyTo);
    if (!sent && !this.entry.value) this.#restore(text);
    return undefined;
  }

  /** The message the person chose to answer; a forced reply is the server's own affair. */
  #chosenReply() {
    const chosen = this.#replyTo?.message_id;
    return chosen === this.#keyboard?.message_id ? undefined : chosen;
  }

  async #sendPending(caption) {
    const { file, kind } = this.#pending;
    this.#clear();
    const sent = await this.#does.sendFile(file, kind, caption);
    if (!sent) this.#hold(file, kind, caption);
  }

  #clear() {
    this.entry.value = "";
    this.#pending = null;
    this.replyTo(null);
    this.entry.placeholder = this.#keyboard?.input_field_placeholder || say("write");
    this.#typed();
    this.entry.focus({ preventScroll: true });
  }

  #restore(text) {
    this.entry.value = text;
    this.#typed();
  }

  #toggleCommands() {
    if (!closeMenu(this.element)) this.#offerCommands("/");
  }

  #offerCommands(typed) {
    const fitting = this.#commands.filter(({ command }) => `/${command}`.startsWith(typed));
    closeMenu(this.element);
    if (fitting.length === 0) return;
    const entries = fitting.map(({ command, description }) => ({
      text: `/${command}`, detail: description, act: () => { this.#clear(); this.#does.sendText(`/${command}`); },
    }));
    const isTyping = document.activeElement === this.entry;
    menu(this.element, { entries, place: "above wide", opener: this.commandsButton });
    if (isTyping) this.entry.focus({ preventScroll: true });
  }

  #openAttach() {
    if (closeMenu(this.element)) return;
    const entries = [
      { icon: "photo", word: "photo", act: () => this.#pick("photo", "image/*") },
      { icon: "file", word: "file", act: () => this.#pick("document", "") },
      canRecord() && { icon: "mic", word: "record", act: () => this.#record() },
      { icon: "play", word: "voiceFile", act: () => this.#pick("voice", "audio/*") },
      { icon: "person", word: "contact", act: () => this.#does.shareContact() },
    ].filter(Boolean);
    menu(this.element, { entries, place: "above right", opener: this.attachButton });
  }

  #pick(kind, accept) {
    const input = el("input", { type: "file", accept });
    input.addEventListener("change", () => input.files[0] && this.#hold(input.files[0], kind, ""));
    input.click();
  }

  /** Keep a file ready to be sent, with whatever is typed as its caption. */
  #hold(file, kind, caption) {
    this.#pending = { file, kind };
    this.entry.value = caption || this.entry.value;
    this.entry.placeholder = say("caption");
    const drop = iconButton("close", "removeFile", () => this.#clear());
    const symbol = { photo: "photo", voice: "mic", document: "file" }[kind];
    this.#showStrip(icon(symbol), el("span", { class: "strip-words" }, file.name), drop);
    this.#typed();
    this.entry.focus({ preventScroll: true });
  }

  async #record() {
    if (this.#recording) return;
    this.#recording = await record().catch(() => null);
    if (!this.#recording) {
      this.#does.complain(say("noMicrophone"));
      return;
    }
    const began = performance.now();
    const time = el("span", { class: "strip-words" });
    const show = () => { time.textContent = `${say("recording")} ${Math.floor((performance.now() - began) / 1000)} s`; };
    show();
    const timer = setInterval(show, 250);
    this.line.hidden = true;
    this.#showStrip(el("i", { class: "red-dot" }), time,
      iconButton("trash", "cancel", () => this.#endRecording(timer, false)),
      iconButton("send", "send", () => this.#endRecording(timer, true), { class: "icon-button send" }));
  }

  async #endRecording(timer, wanted) {
    clearInterval(timer);
    const recording = this.#recording;
    this.#recording = null;
    this.line.hidden = false;
    this.#showStrip();
    if (!wanted) return recording.cancel();
    return this.#does.sendFile(await recording.stop(), "voice", "");
  }
}
