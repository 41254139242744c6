/** The sandbox's time: it runs on between the server's announcements and is shown in the township's zone. */

import { locale, say } from "./words.js";

const DAY_S = 86400;

export class Clock {
  #now = Date.now() / 1000;
  #heard = performance.now();
  #offset = 0;

  /** Take the server's time: unix seconds, and the same instant as local ISO text with its offset. */
  sync(now, nowLocal) {
    const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)$/.exec(nowLocal) ?? [null, "+", 0, 0];
    this.#offset = (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
    this.#now = now;
    this.#heard = performance.now();
  }

  /** Unix seconds now. */
  now() {
    return this.#now + (performance.now() - this.#heard) / 1000;
  }

  /** The local time of day as HH:MM. */
  time(unix = this.now()) {
    return this.#show(unix, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }

  /** The local date and, on a line of its own, the weekday; without the year where there is little room. */
  date({ short = false } = {}) {
    const fields = short ? { month: "short", day: "numeric" } : { year: "numeric", month: "long", day: "numeric" };
    return `${this.#show(this.now(), fields)}\n${this.#show(this.now(), { weekday: "long" })}`;
  }

  /** The local day as a whole number of days, to tell one day from the next. */
  day(unix = this.now()) {
    return Math.floor((unix + this.#offset) / DAY_S);
  }

  /** What a divider between two days says: today, yesterday or the date. */
  dayName(unix) {
    const ago = this.day() - this.day(unix);
    if (ago === 0) return say("today");
    if (ago === 1) return say("yesterday");
    return this.#show(unix, { month: "long", day: "numeric", weekday: "short" });
  }

  /** The part of the day that colours the sky: dawn, day, dusk or night. */
  partOfDay() {
    const hour = Math.floor((((this.now() + this.#offset) % DAY_S) + DAY_S) % DAY_S / 3600);
    if (hour < 5 || hour >= 20) return "night";
    if (hour < 8) return "dawn";
    return hour < 17 ? "day" : "dusk";
  }

  #show(unix, fields) {
    const shifted = new Date((unix + this.#offset) * 1000);
    return new Intl.DateTimeFormat(locale(), { ...fields, timeZone: "UTC" }).format(shifted);
  }
}
