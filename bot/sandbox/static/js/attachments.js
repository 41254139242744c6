/** What a message can carry besides text: photo, voice, document, contact, location, poll. */

import { el, icon } from "./dom.js";
import { lightbox } from "./layers.js";
import { say } from "./words.js";

const BARS = 30;
const TALLEST_PHOTO_REM = 18;

function seconds(value) {
  const whole = Math.max(0, Math.round(value || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function bytes(size) {
  if (!size) return "";
  if (size < 1024) return `${size} B`;
  return size < 1048576 ? `${Math.round(size / 1024)} KB` : `${(size / 1048576).toFixed(1)} MB`;
}

function photo(value, message) {
  const alt = message.caption || say("photoAlt");
  const image = el("img", { src: value.url, alt, draggable: "false" });
  const ratio = value.width / value.height;
  image.style.aspectRatio = ratio;
  image.style.inlineSize = `min(${TALLEST_PHOTO_REM * ratio}rem, ${value.width}px)`;
  const open = () => lightbox(value, message.caption, message.protected);
  return el("button", { type: "button", class: "photo", label: "openPhoto", onclick: open }, image);
}

/** Bars of differing height that stay the same for the same recording. */
function bars(seed) {
  let state = [...seed].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 65521, 7);
  return Array.from({ length: BARS }, (_, index) => {
    state = (state * 75 + 74) % 65537;
    const bar = el("i");
    bar.style.height = `${22 + (state % 60) * (0.5 + 0.5 * Math.sin((index / BARS) * Math.PI))}%`;
    return bar;
  });
}

function voice(value) {
  const audio = new Audio();
  audio.preload = "none";
  audio.src = value.url;
  const length = () => (Number.isFinite(audio.duration) ? audio.duration : value.duration) || 1;
  const wave = bars(value.url);
  const time = el("span", { class: "voice-time" }, seconds(value.duration));
  const slider = el("input", { type: "range", min: 0, max: 100, value: 0, label: "position" });
  const button = el("button", { type: "button", class: "voice-play", label: "play" }, icon("play"));
  const show = () => {
    const share = Math.min(1, audio.currentTime / length());
    slider.value = Math.round(share * 100);
    wave.forEach((bar, index) => bar.classList.toggle("heard", index < share * BARS));
    time.textContent = seconds(audio.paused && !audio.currentTime ? value.duration : audio.currentTime);
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.dataset.label = audio.paused ? "play" : "pause";
    button.setAttribute("aria-label", say(button.dataset.label));
  };
  const fail = () => { time.textContent = say("noSound"); };
  const toggle = () => (audio.paused ? audio.play().catch(fail) : audio.pause());
  for (const event of ["play", "pause", "timeupdate"]) audio.addEventListener(event, show);
  audio.addEventListener("ended", () => { audio.currentTime = 0; show(); });
  button.addEventListener("click", toggle);
  slider.addEventListener("input", () => { audio.currentTime = (slider.value / 100) * length(); });
  return el("div", { class: "voice" }, button, el("div", { class: "wave" }, ...wave, slider), time);
}

function card(symbol, title, detail, extra = {}, tag = "div") {
  return el(tag, { class: "card", ...extra },
    el("span", { class: "card-icon" }, symbol),
    el("span", { class: "card-words" }, el("b", {}, title), detail && el("small", {}, detail)));
}

function documentCard(value, message) {
  const ending = /\.([a-z0-9]{1,4})$/i.exec(value.file_name ?? "")?.[1]?.toUpperCase();
  const symbol = ending ? el("span", { class: "ending" }, ending) : icon("file");
  const link = { href: value.url, download: value.file_name ?? "" };
  return card(symbol, value.file_name ?? say("file"), bytes(value.size), message.protected ? {} : link,
    message.protected ? "div" : "a");
}

function contact(value) {
  const name = [value.first_name, value.last_name].filter(Boolean).join(" ");
  return card(icon("person"), name, value.phone_number, { href: `tel:${value.phone_number}` }, "a");
}

function location(value) {
  const where = `${value.latitude.toFixed(4)}, ${value.longitude.toFixed(4)}`;
  return card(icon("pin"), value.title ?? say("location"), value.address ?? where);
}

function poll(value) {
  const total = Math.max(1, value.total_voter_count ?? 0);
  const kind = say(value.type === "quiz" ? "quiz" : "poll") + (value.is_closed ? ` · ${say("pollClosed")}` : "");
  const options = value.options.map((option) => {
    const meter = el("meter", { min: 0, max: total, value: option.voter_count ?? 0, "aria-label": option.text });
    const votes = el("small", {}, say("votes", { count: option.voter_count ?? 0 }));
    return el("li", {}, el("span", {}, option.text), votes, meter);
  });
  return el("div", { class: "poll" }, el("b", {}, value.question), el("small", {}, kind), el("ul", {}, ...options));
}

const KINDS = { photo, voice, document: documentCard, contact, location, poll };

/** The element for whatever the message carries, or null when it is text alone. */
export function attachment(message) {
  const kind = Object.keys(KINDS).find((name) => message[name]);
  return kind ? KINDS[kind](message[kind], message) : null;
}
