/** The bar over the phones: name, clock, people, language and text size, and what to try. */

import { moveClock } from "./api.js";
import { calm, el, icon, narrow } from "./dom.js";
import { language, say, speak } from "./words.js";

const HOUR_S = 3600;
const WEEK_S = 7 * 24 * HOUR_S;
const MORNING = "08:00";
const SIZES = ["100%", "115%", "132%"];

export class TopBar {
  #clock;
  #onError;
  #shown = "";
  #tips = null;

  /** `clock` is the sandbox's; `onAdd()` opens the form for a person, `onError(text)` says what failed. */
  constructor(host, { clock, onAdd, onError }) {
    this.#clock = clock;
    this.#onError = onError;
    this.name = el("h1", {}, "…");
    this.time = el("time", { class: "clock-time", "data-testid": "clock" });
    this.date = el("span", { class: "clock-date" });
    this.sky = el("span", { class: "sky-body", "aria-hidden": "true" });
    this.steps = [
      this.#step("plusHour", "clock-hour", { advance_seconds: HOUR_S }),
      this.#step("nextMorning", "clock-morning", { until: MORNING }),
      this.#step("plusWeek", "clock-week", { advance_seconds: WEEK_S }),
    ];
    this.tip = el("span", { class: "tip-words", "data-testid": "tip" });
    this.tipLine = el("p", { class: "tip", hidden: true }, icon("bulb", "tipLabel"), this.tip);
    this.offline = el("p", { class: "offline", role: "status", word: "offline", hidden: true });
    host.append(this.#title(), this.#clockPanel(), this.#tools(onAdd), this.tipLine, this.offline);
    this.#size(Number(localStorage.getItem("sandbox-size") ?? 0));
  }

  /** Take the server's state: the bot's name and the tips. */
  setState(state) {
    this.name.textContent = state.bot.first_name;
    this.#tips = state.tips;
    this.renewWords();
  }

  /** Show the time; once a second, and at once when it was moved. */
  tick() {
    const time = this.#clock.time();
    const date = this.#clock.date({ short: narrow.matches });
    const all = `${time} ${date}`;
    if (all === this.#shown) return;
    if (this.#shown && !calm()) {
      const move = [{ transform: "translateY(.35em)", opacity: 0 }, { transform: "none", opacity: 1 }];
      this.time.animate(move, { duration: 260, easing: "ease-out" });
    }
    this.#shown = all;
    this.time.textContent = time;
    this.date.textContent = date;
    const part = this.#clock.partOfDay();
    document.documentElement.dataset.time = part;
    this.sky.replaceChildren(icon(part === "night" ? "moon" : "sun"));
  }

  /** Say whether the server is being heard. */
  setOnline(online) {
    this.offline.hidden = online;
  }

  /** Take up a page in another language. */
  renewWords() {
    document.title = `${this.name.textContent} · ${say("sandbox")}`;
    const tip = this.#tips?.[language()] ?? "";
    this.tip.textContent = tip;
    this.tipLine.hidden = !tip;
    for (const button of this.languages) button.setAttribute("aria-pressed", String(button.lang.startsWith(language())));
    this.tick();
  }

  #title() {
    const logo = el("img", { src: "/sandbox/static/logo.svg", alt: "", class: "logo" });
    const words = el("div", {}, this.name, el("p", { class: "fictional", word: "fictional" }));
    return el("div", { class: "title" }, logo, words);
  }

  #clockPanel() {
    const face = el("div", { class: "clock-face", role: "timer", label: "clockLabel" }, this.sky, this.time, this.date);
    return el("div", { class: "clock" }, face, el("div", { class: "steps" }, ...this.steps));
  }

  #tools(onAdd) {
    const names = [["zh", "中文"], ["en", "English"]];
    this.languages = names.map(([code, name]) =>
      el("button", { type: "button", lang: code, onclick: () => speak(code) }, name));
    this.sizes = [["fontSmaller", "A", -1], ["fontLarger", "A+", 1]].map(([label, text, by]) =>
      el("button", { type: "button", label, onclick: () => this.#size(this.size + by) }, text));
    const add = el("button", { type: "button", class: "add", "data-testid": "add-person", label: "addPerson", onclick: onAdd },
      icon("person-plus"), el("span", { word: "addPerson" }));
    return el("div", { class: "tools" },
      el("div", { class: "pair", role: "group", label: "fontSize" }, ...this.sizes),
      el("div", { class: "pair", role: "group", label: "language" }, ...this.languages), add);
  }

  #step(word, testid, step) {
    const button = el("button", { type: "button", class: "step", "data-testid": testid, onclick: () => this.#move(button, step) },
      el("span", { word }), el("i", { class: "spinner", "aria-hidden": "true" }));
    return button;
  }

  async #move(button, step) {
    this.#busy(button, true);
    try {
      const { now, now_local: local } = await moveClock(step);
      this.#clock.sync(now, local);
      this.tick();
    } catch (error) {
      this.#onError(say("failed", { reason: error.message }));
    }
    this.#busy(button, false);
  }

  #busy(button, busy) {
    for (const each of this.steps) each.disabled = busy;
    if (busy) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
    if (!busy) button.focus({ preventScroll: true });
  }

  #size(index) {
    this.size = Math.max(0, Math.min(SIZES.length - 1, index));
    localStorage.setItem("sandbox-size", this.size);
    document.documentElement.style.fontSize = SIZES[this.size];
    this.sizes[0].disabled = this.size === 0;
    this.sizes[1].disabled = this.size === SIZES.length - 1;
  }
}
