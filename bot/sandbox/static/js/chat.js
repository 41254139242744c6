/** The messages of one phone: in order, grouped, kept at the newest unless the person scrolled away. */

import { messageContent } from "./bubble.js";
import { calm, el, icon } from "./dom.js";
import { say } from "./words.js";

const NEAR_END_PX = 48;
const SAME_GROUP_S = 300;

export class Chat {
  #entries = new Map();
  #tools;
  #pinned = true;
  #size = "";
  #unread = 0;
  #onUnread;

  /** `tools` as bubble.js wants them, without find and jumpTo; `onUnread(count)` hears of the badge. */
  constructor(tools, onUnread) {
    this.#tools = { ...tools, find: (id) => this.find(id), jumpTo: (id) => this.jumpTo(id) };
    this.#onUnread = onUnread;
    this.list = el("ol", { class: "messages" });
    this.scroller = el("div", { class: "scroller", role: "log", tabindex: "0", label: "messages" }, this.list);
    this.badge = el("span", { class: "badge" });
    this.toNewest = el("button", { type: "button", class: "to-newest", label: "newest", hidden: true,
      onclick: () => this.scrollToEnd(true) }, icon("down"), this.badge);
    this.element = el("div", { class: "chat" }, this.scroller, this.toNewest);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const watcher = new ResizeObserver(() => this.#resized());
    watcher.observe(this.list);
    watcher.observe(this.scroller);
  }

  /** The message with this number, or undefined. */
  find(id) {
    return this.#entries.get(id)?.message;
  }

  /** Make the list hold exactly these messages, touching only what differs. */
  replaceAll(messages) {
    const kept = new Set(messages.map((message) => message.message_id));
    for (const id of [...this.#entries.keys()]) if (!kept.has(id)) this.#drop(id);
    for (const message of messages) this.#put(message, false);
    this.#arrange();
  }

  /** Add a message or show its new state; says so with movement. */
  put(message) {
    const isNew = !this.#entries.has(message.message_id);
    this.#put(message, true);
    this.#arrange();
    if (!isNew) return;
    if (!message.from_bot) this.scrollToEnd();
    else if (!this.#pinned || !this.#visible()) this.#count(this.#unread + 1);
  }

  /** Take a message away. */
  remove(id) {
    this.#drop(id);
    this.#arrange();
  }

  /** Draw one message again, as when one of its buttons begins or ends waiting. */
  redraw(id) {
    const entry = this.#entries.get(id);
    if (entry) this.#fill(entry, entry.message);
  }

  /** Draw everything again, as when the page's language changed. */
  redrawAll() {
    for (const entry of this.#entries.values()) this.#fill(entry, entry.message);
    this.#arrange();
    this.#count(this.#unread);
  }

  /** Bring a message into view and mark it briefly. */
  jumpTo(id) {
    const item = this.#entries.get(id)?.item;
    if (!item) return;
    item.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    item.classList.remove("found");
    requestAnimationFrame(() => item.classList.add("found"));
  }

  /** Go to the newest message. */
  scrollToEnd(smoothly = false) {
    const behavior = smoothly && !calm() ? "smooth" : "instant";
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior });
    this.#pinned = true;
    if (this.#visible()) this.#count(0);
  }

  /** The phone has come into view. */
  shown() {
    if (this.#pinned) this.scrollToEnd();
  }

  #visible() {
    return this.scroller.clientHeight > 0;
  }

  #resized() {
    this.#size = this.#sizeNow();
    if (this.#pinned) this.scrollToEnd();
  }

  #sizeNow() {
    return `${this.scroller.clientHeight}/${this.scroller.scrollHeight}`;
  }

  #scrolled() {
    // Before the observer has seen a new size, a distance from the end is not the person's doing.
    if (!this.#visible() || this.#size !== this.#sizeNow()) return;
    const rest = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
    this.#pinned = rest < NEAR_END_PX;
    this.toNewest.hidden = this.#pinned;
    if (this.#pinned) this.#count(0);
  }

  #count(unread) {
    this.#unread = unread;
    this.badge.textContent = unread || "";
    if (unread) this.toNewest.setAttribute("aria-label", say("unread", { count: unread }));
    this.#onUnread(unread);
  }

  #put(message, moving) {
    const known = this.#entries.get(message.message_id);
    if (known && JSON.stringify(known.message) === JSON.stringify(message)) return;
    if (known) this.#swap(known, message, moving);
    else this.#insert(message, moving);
  }

  #insert(message, moving) {
    const side = message.service ? "middle" : message.from_bot ? "in" : "out";
    const item = el("li", { class: `message ${side}`, "data-testid": "message", "data-id": message.message_id });
    if (moving) item.classList.add("arriving");
    const entry = { item, message };
    this.#fill(entry, message);
    this.#entries.set(message.message_id, entry);
    const after = [...this.list.children].find((other) => Number(other.dataset.id) > message.message_id);
    this.list.insertBefore(item, after ?? null);
  }

  /** Put content in place, keeping the keyboard's focus on the same button where there is one. */
  #fill(entry, message) {
    const buttons = [...entry.item.querySelectorAll("button, a")];
    const focused = buttons.indexOf(document.activeElement);
    const day = entry.item.querySelector(":scope > .day");
    entry.message = message;
    entry.item.replaceChildren(...(day ? [day] : []), messageContent(message, this.#tools));
    if (focused < 0) return;
    const now = [...entry.item.querySelectorAll("button, a")];
    (now[focused] ?? now.at(-1))?.focus({ preventScroll: true });
  }

  #swap(entry, message, moving) {
    const before = entry.item.getBoundingClientRect().height;
    this.#fill(entry, message);
    if (!moving || calm() || !this.#visible()) return;
    const after = entry.item.getBoundingClientRect().height;
    const move = { duration: 220, easing: "cubic-bezier(.2,.7,.3,1)" };
    entry.item.animate([{ height: `${before}px` }, { height: `${after}px` }], move);
    entry.item.querySelector(".stack")?.animate([{ opacity: 0.35 }, { opacity: 1 }], move);
  }

  #drop(id) {
    this.#entries.get(id)?.item.remove();
    this.#entries.delete(id);
  }

  /** Set the dividers between days and round off the last bubble of each run by one side. */
  #arrange() {
    const { clock } = this.#tools;
    let earlier = null;
    for (const item of this.list.children) {
      const { message } = this.#entries.get(Number(item.dataset.id));
      const newDay = !earlier || clock.day(earlier.message.date) !== clock.day(message.date);
      const follows = !newDay && earlier.message.from_bot === message.from_bot
        && message.date - earlier.message.date < SAME_GROUP_S && !message.service;
      item.querySelector(":scope > .day")?.remove();
      if (newDay) item.prepend(el("p", { class: "day" }, clock.dayName(message.date)));
      item.classList.toggle("follows", follows);
      item.classList.add("last");
      if (follows) earlier.item.classList.remove("last");
      earlier = { item, message };
    }
  }
}
