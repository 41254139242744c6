/** The phones side by side, or one at a time behind tabs on a narrow screen. */

import { addPerson, closePerson } from "./api.js";
import { calm, el, iconButton, narrow } from "./dom.js";
import { deepLink } from "./links.js";
import { Phone, tagOf } from "./phone.js";
import { say } from "./words.js";

const COLOURS = 6;

export class Desk {
  #phones = new Map();
  #tabs = new Map();
  #world;
  #only;
  #made = 0;

  /** `only` is the number of the one phone to show, or null for all; `onAdd()` opens the form. */
  constructor({ host, tabHost, world, only, onAdd }) {
    this.host = host;
    this.#only = only;
    this.#world = {
      ...world, openLink: (url) => this.openLink(url), close: (id) => this.close(id),
      unread: (id, count) => this.#showUnread(id, count),
    };
    this.empty = el("p", { class: "empty", hidden: true });
    host.append(this.empty);
    this.tabList = el("div", { role: "tablist", class: "tab-list", label: "people" });
    tabHost.append(this.tabList, iconButton("plus", "addPerson", onAdd, { class: "icon-button tab-add" }));
    tabHost.hidden = Boolean(only);
    narrow.addEventListener("change", () => this.#select(this.active));
  }

  /** Make the desk hold exactly these people, and fetch every chat anew. */
  async setPeople(people) {
    const wanted = people.filter((person) => !this.#only || person.id === this.#only);
    const ids = new Set(wanted.map((person) => person.id));
    for (const id of [...this.#phones.keys()]) if (!ids.has(id)) this.#drop(id);
    for (const person of wanted) this.#put(person);
    this.#showEmpty();
    await Promise.all([...this.#phones.values()].map((phone) => phone.load()));
  }

  /** Take one event of the server. */
  receive(event) {
    if (event.type === "person_closed") this.#drop(event.person);
    else if (event.type === "person") this.#personChanged(event);
    else this.#phones.get(event.person)?.receive(event);
    this.#showEmpty();
  }

  /** Let somebody in; their phone comes to the front. */
  async welcome(values) {
    const person = await addPerson(values);
    if (this.#only) {
      location.assign(`/sandbox?phone=${person.id}`);
      return;
    }
    if (!this.#phones.has(person.id)) this.#put(person).load();
    this.#showEmpty();
    this.#select(person.id);
    const behavior = calm() ? "auto" : "smooth";
    this.#phones.get(person.id).element.scrollIntoView({ behavior, inline: "end", block: "nearest" });
  }

  /** Follow a link: one to the bot opens a new phone, any other a new window. */
  async openLink(url) {
    const link = deepLink(url, this.#world.bot().username);
    if (!link) {
      window.open(url, "_blank", "noopener,noreferrer");
      return;
    }
    try {
      await this.welcome(link.payload ? { start_payload: link.payload } : {});
      this.#world.say(say("opened"));
    } catch (error) {
      this.#world.say(say("failed", { reason: error.message }));
    }
  }

  /** Close a phone for good. */
  async close(id) {
    await closePerson(id);
    this.#drop(id);
    this.#showEmpty();
  }

  /** Show the time on every phone. */
  tick(time) {
    for (const phone of this.#phones.values()) phone.tick(time);
  }

  /** Take up a page in another language. */
  renewWords() {
    for (const phone of this.#phones.values()) {
      phone.renewWords();
      this.#nameTab(phone.person);
    }
    this.#showEmpty();
  }

  #personChanged({ type, person }) {
    const known = this.#phones.get(person.id);
    if (known) known.receive({ type, person });
    else if (!this.#only) this.#put(person).load();
    this.#nameTab(person);
  }

  #put(person) {
    const known = this.#phones.get(person.id);
    if (known) {
      known.setPerson(person);
      return known;
    }
    const phone = new Phone(person, this.#world, this.#made % COLOURS);
    this.#made += 1;
    this.#phones.set(person.id, phone);
    this.host.append(phone.element);
    this.#addTab(person, phone);
    this.#select(this.active ?? person.id);
    return phone;
  }

  #addTab(person, phone) {
    const tab = el("button", {
      type: "button", role: "tab", class: `tab ${phone.element.className.replace("phone ", "")}`,
      "aria-controls": `phone-${person.id}`, onclick: () => this.#select(person.id),
      onkeydown: (event) => this.#arrow(event, person.id),
    }, el("span", { class: "tab-name" }), el("small"), el("span", { class: "badge" }));
    this.#tabs.set(person.id, tab);
    this.tabList.append(tab);
    this.#nameTab(person);
  }

  #nameTab(person) {
    const tab = this.#tabs.get(person.id);
    if (!tab) return;
    tab.querySelector(".tab-name").textContent = person.first_name;
    tab.querySelector("small").textContent = tagOf(person.label);
  }

  #arrow(event, id) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const ids = [...this.#tabs.keys()];
    const next = ids.at((ids.indexOf(id) + step) % ids.length);
    this.#select(next);
    this.#tabs.get(next).focus();
  }

  /** Bring one phone to the front; on a wide screen all of them are. */
  #select(id) {
    this.active = this.#phones.has(id) ? id : this.#phones.keys().next().value;
    for (const [each, phone] of this.#phones) {
      const front = each === this.active;
      phone.element.classList.toggle("front", front);
      this.#tabs.get(each).setAttribute("aria-selected", String(front));
      this.#tabs.get(each).tabIndex = front ? 0 : -1;
      if (front || !narrow.matches) phone.chat.shown();
    }
    this.#tabs.get(this.active)?.scrollIntoView({ inline: "nearest", block: "nearest" });
  }

  #showUnread(id, count) {
    const badge = this.#tabs.get(id)?.querySelector(".badge");
    if (badge) badge.textContent = count || "";
  }

  #drop(id) {
    this.#phones.get(id)?.element.remove();
    this.#tabs.get(id)?.remove();
    this.#phones.delete(id);
    this.#tabs.delete(id);
    if (this.active === id) this.#select(null);
  }

  #showEmpty() {
    this.empty.hidden = this.#phones.size > 0;
    const all = el("a", { href: "/sandbox", word: "showAll" });
    if (this.#only) this.empty.replaceChildren(say("notFound"), " ", all);
    else this.empty.replaceChildren(say("emptyDesk"));
  }
}
