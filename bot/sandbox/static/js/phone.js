/** One person's phone: frame, header, chat and foot, and what each event of the server does to them. */

import { actionsOf, fetchChat } from "./api.js";
import { Chat } from "./chat.js";
import { Compose } from "./compose.js";
import { copyText, el, icon, iconButton } from "./dom.js";
import { ask, closeMenu, menu, toast } from "./layers.js";
import { Presses } from "./presses.js";
import { say } from "./words.js";

const TAGS = ["resident", "cadre", "office"];
const ACTION_SHOWN_MS = 5500;
const ACTIONS = {
  typing: "typing", upload_photo: "sendingPhoto", upload_document: "sendingFile",
  record_voice: "recordingVoice", upload_voice: "recordingVoice",
};

/** What a person is called beside the name: in the page's words where it has some, else as given. */
export const tagOf = (label) => (TAGS.includes(label) ? say(label) : label ?? "");

export class Phone {
  #world;
  #held = null;
  #botWords = "";
  #actionTimer = 0;

  /** `world` has clock, bot, openLink(url), close(id) and unread(id, count); `colour` is 0-5. */
  constructor(person, world, colour) {
    this.person = person;
    this.#world = world;
    this.actions = actionsOf(person.id);
    this.presses = new Presses(this.actions, (id) => this.chat.redraw(id));
    this.chat = new Chat(this.#tools(), (count) => world.unread(person.id, count));
    this.compose = new Compose(this.#deeds());
    this.#build(colour);
    this.setPerson(person);
  }

  /** Fetch the whole chat; events that come meanwhile are applied after it. */
  async load() {
    this.#held ??= [];
    try {
      const chat = await fetchChat(this.person.id);
      this.#botWords = chat.bot_description ?? "";
      this.botName.textContent = chat.bot_name || this.#world.bot().first_name;
      this.chat.replaceAll(chat.messages);
      this.compose.setCommands(chat.commands);
      this.#setKeyboard(chat.reply_keyboard);
      this.setPerson(this.person);
    } catch (error) {
      this.say(say("failed", { reason: error.message }));
    }
    const held = this.#held ?? [];
    this.#held = null;
    held.forEach((event) => this.receive(event));
  }

  /** Take one event of the server that concerns this person. */
  receive(event) {
    if (this.#held) this.#held.push(event);
    else this.#heard[event.type]?.(event);
  }

  #heard = {
    message: ({ message }) => {
      if (message.from_bot) this.#showAction(null);
      this.chat.put(message);
    },
    edited: ({ message }) => {
      this.presses.forget(message.message_id);
      this.chat.put(message);
    },
    deleted: (event) => this.chat.remove(event.message_id),
    reply_keyboard: (event) => this.#setKeyboard(event.reply_keyboard),
    callback_answered: (event) => this.#answered(event),
    action: (event) => this.#showAction(event.action),
    commands: () => this.load(),
    person: (event) => this.setPerson(event.person),
  };

  /** Show what is known about the person: name, label, started, blocked, gone. */
  setPerson(person) {
    this.person = person;
    this.element.setAttribute("aria-label", say("phoneOf", { name: person.first_name }));
    this.nameTag.textContent = person.first_name;
    this.labelTag.textContent = tagOf(person.label);
    this.labelTag.hidden = !person.label;
    this.face.textContent = [...person.first_name][0] ?? "";
    const foot = person.deactivated ? this.#goneFoot() : person.blocked ? this.#blockedFoot()
      : person.started ? this.compose.element : this.#startFoot();
    if (this.foot.firstChild !== foot) this.foot.replaceChildren(foot);
    const fresh = !person.started && this.chat.list.childElementCount === 0;
    this.welcome.hidden = !fresh;
    this.welcome.querySelector("p").textContent = this.#botWords || this.#world.bot().short_description || "";
  }

  /** A line over the chat that goes away by itself. */
  say(text) {
    toast(this.toasts, text);
  }

  /** Set the time in the phone's own status line. */
  tick(time) {
    this.time.textContent = time;
  }

  /** Take up a page in another language. */
  renewWords() {
    this.setPerson(this.person);
    this.compose.renewWords();
    this.chat.redrawAll();
  }

  /** Do something on the server; answers whether it worked, and says so on the phone if not. */
  async attempt(deed) {
    try {
      await deed();
      return true;
    } catch (error) {
      this.say(say("failed", { reason: error.message }));
      return false;
    }
  }

  #build(colour) {
    const { person } = this;
    this.face = el("span", { class: "face", "aria-hidden": "true" });
    this.nameTag = el("b");
    this.labelTag = el("span", { class: "role" });
    this.time = el("time", {}, this.#world.clock.time());
    this.botName = el("h2", {}, this.#world.bot().first_name);
    this.subtitle = el("p", { class: "subtitle", word: "bot" });
    this.menuButton = iconButton("dots", "phoneMenu", () => this.#openMenu(), { "aria-haspopup": "menu" });
    this.foot = el("footer", { class: "foot" });
    this.welcome = el("div", { class: "welcome", hidden: true }, el("b", { word: "aboutBot" }), el("p"));
    this.toasts = el("div", { class: "toasts" });
    const logo = el("img", { class: "bot-face", src: "/sandbox/static/logo.svg", alt: "" });
    this.head = el("header", { class: "head" }, logo, el("div", { class: "bot-words" }, this.botName, this.subtitle), this.menuButton);
    this.chat.element.append(this.welcome, this.toasts);
    this.screen = el("div", { class: "screen" },
      el("div", { class: "status", "aria-hidden": "true" }, this.time, icon("signal")),
      this.head, this.chat.element, this.foot);
    this.frame = el("div", { class: "frame" }, this.screen);
    this.element = el("section", { class: `phone colour-${colour}`, "data-testid": `phone-${person.id}`, id: `phone-${person.id}` },
      el("header", { class: "owner" }, this.face, this.nameTag, this.labelTag), this.frame);
  }

  /** What the parts of a message can do. */
  #tools() {
    return {
      clock: this.#world.clock,
      openLink: (url) => this.#world.openLink(url),
      sendText: (text) => this.attempt(() => this.actions.text(text)),
      press: (button, place) => this.#press(button, place),
      isWaiting: (place) => this.presses.isWaiting(place),
      menu: (message, opener) => this.#openMessageMenu(message, opener),
    };
  }

  /** What the foot of the chat can do. */
  #deeds() {
    return {
      sendText: (text, replyTo) => this.attempt(() => this.actions.text(text, replyTo)),
      sendFile: (file, kind, caption) => this.attempt(() => this.actions.file(file, kind, caption)),
      pressKey: (button, row, column) => this.#pressKey(button, row, column),
      shareContact: () => this.#confirmed("shareContact", "share", () => this.actions.contact()),
      complain: (text) => this.say(text),
    };
  }

  async #press(button, place) {
    const link = button.url ?? button.web_app?.url ?? button.login_url?.url;
    if (link) this.#world.openLink(link);
    else if (button.copy_text) this.#copy(button.copy_text.text);
    else if (!this.presses.isWaiting(place)) await this.attempt(() => this.presses.press(place));
  }

  #answered(event) {
    this.presses.answered(event.callback_query_id);
    if (event.url) this.#world.openLink(event.url);
    if (!event.text) return;
    if (!event.show_alert) this.say(event.text);
    else ask(this.frame, { text: event.text, choices: [{ word: "ok", value: true, kind: "main" }], behind: this.screen });
  }

  #pressKey(button, row, column) {
    const press = () => this.actions.keyboard(row, column);
    if (button.request_contact) return this.#confirmed("shareContact", "share", press);
    if (button.request_location) return this.#confirmed("shareLocation", "share", press);
    if (button.web_app) return this.#world.openLink(button.web_app.url);
    this.chat.scrollToEnd();
    return this.attempt(press);
  }

  async #confirmed(question, word, deed) {
    const choices = [{ word: "cancel", value: false }, { word, value: true, kind: "main" }];
    const sure = await ask(this.frame, { text: say(question), choices, behind: this.screen });
    if (sure) await this.attempt(deed);
  }

  async #copy(text) {
    if (await copyText(text)) this.say(say("copied"));
  }

  #setKeyboard(keyboard) {
    this.compose.setKeyboard(keyboard, keyboard?.force_reply ? this.chat.find(keyboard.message_id) : null);
  }

  #showAction(action) {
    clearTimeout(this.#actionTimer);
    const word = ACTIONS[action] ?? (action ? "typing" : "bot");
    this.subtitle.dataset.word = word;
    this.subtitle.textContent = say(word);
    this.subtitle.classList.toggle("acting", Boolean(action));
    if (action) this.#actionTimer = setTimeout(() => this.#showAction(null), ACTION_SHOWN_MS);
  }

  #startFoot() {
    const payload = this.person.start_payload;
    const press = () => this.attempt(() => this.actions.start(payload));
    return el("div", { class: "one-button" },
      payload && el("small", {}, say("invited", { code: payload })),
      el("button", { type: "button", class: "big", word: "start", "data-testid": "start", onclick: press }));
  }

  #blockedFoot() {
    const press = () => this.attempt(() => this.actions.unblock());
    return el("div", { class: "one-button" }, el("small", { word: "blocked" }),
      el("button", { type: "button", class: "big", word: "unblock", "data-testid": "unblock", onclick: press }));
  }

  #goneFoot() {
    return el("div", { class: "one-button" }, el("small", { word: "gone" }));
  }

  #openMenu() {
    if (closeMenu(this.frame)) return;
    const { person } = this;
    const entries = [
      { icon: "out", word: "alone", act: () => window.open(`/sandbox?phone=${person.id}`, "_blank", "noopener") },
      !person.deactivated && !person.blocked && person.started
        && { icon: "block", word: "block", act: () => this.attempt(() => this.actions.block()) },
      person.blocked && { icon: "block", word: "unblock", act: () => this.attempt(() => this.actions.unblock()) },
      !person.deactivated && { icon: "person", word: "deactivate", danger: true,
        act: () => this.#confirmed("deactivateSure", "deactivate", () => this.actions.deactivate()) },
      { icon: "close", word: "closePhone", danger: true,
        act: () => this.#confirmed("closeSure", "closePhone", () => this.#world.close(person.id)) },
    ].filter(Boolean);
    menu(this.frame, { entries, place: "below-head", opener: this.menuButton });
  }

  #openMessageMenu(message, opener) {
    if (closeMenu(this.frame)) return;
    const text = message.text ?? message.caption;
    const entries = [
      this.person.started && !this.person.blocked
        && { icon: "reply", word: "reply", act: () => this.compose.replyTo(message) },
      text && !message.protected && { icon: "copy", word: "copy", act: () => this.#copy(text) },
      { icon: "trash", word: "remove", danger: true, act: () => this.attempt(() => this.actions.remove(message.message_id)) },
    ].filter(Boolean);
    menu(this.frame, { entries, place: "centred", opener });
  }
}
