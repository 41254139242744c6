/** Where the parts of the page meet: state, events, clock and the address it was opened with. */

import { fetchState } from "./api.js";
import { Clock } from "./clock.js";
import { Desk } from "./desk.js";
import { toast } from "./layers.js";
import { askForPerson } from "./people_dialog.js";
import { follow } from "./stream.js";
import { TopBar } from "./topbar.js";
import { locale, say } from "./words.js";

const TICK_MS = 1000;

const address = new URL(location.href);
const only = Number(address.searchParams.get("phone")) || null;
let arriving = address.searchParams.get("start");
let bot = { username: "", first_name: "", short_description: "", description: "" };

const clock = new Clock();
const complain = (text) => toast(document.getElementById("page-toasts"), text);
const onAdd = () => askForPerson((values) => welcome(values));
const bar = new TopBar(document.getElementById("bar"), { clock, onAdd, onError: complain });
const desk = new Desk({
  host: document.getElementById("desk"), tabHost: document.getElementById("tabs"),
  world: { clock, bot: () => bot, say: complain }, only, onAdd,
});

async function welcome(values) {
  try {
    await desk.welcome(values);
  } catch (error) {
    complain(say("failed", { reason: error.message }));
  }
}

/** Open the phone the address asked for, once, and leave an address that can be reloaded. */
async function welcomeArrival() {
  if (!arriving) return;
  const payload = arriving;
  arriving = null;
  address.searchParams.delete("start");
  history.replaceState(null, "", address);
  await welcome({ start_payload: payload });
}

/** Learn everything anew: at first, and after every gap in the events. */
async function catchUp() {
  const state = await fetchState();
  bot = state.bot;
  setTime(state);
  bar.setState(state);
  await desk.setPeople(state.people);
  await welcomeArrival();
  document.body.dataset.ready = "";
}

function setTime({ now, now_local: local }) {
  clock.sync(now, local);
  tick();
}

function tick() {
  bar.tick();
  desk.tick(clock.time());
}

document.documentElement.lang = locale();
document.documentElement.classList.toggle("only-one", Boolean(only));
document.addEventListener("wordschanged", () => {
  bar.renewWords();
  desk.renewWords();
});
setInterval(tick, TICK_MS);
follow({
  onEvent: (event) => (event.type === "clock" ? setTime(event) : desk.receive(event)),
  onOpen: () => {
    bar.setOnline(true);
    catchUp().catch((error) => complain(say("failed", { reason: error.message })));
  },
  onLost: () => bar.setOnline(false),
});
