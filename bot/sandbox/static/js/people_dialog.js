/** The form that adds a person. */

import { el, iconButton } from "./dom.js";
import { payloadOf } from "./links.js";

const LANGUAGES = [["zh-hans", "简体中文"], ["zh-hant", "繁體中文"], ["en", "English"], ["ug", "ئۇيغۇرچە"], ["bo", "བོད་ཡིག"]];

function field(word, control) {
  return el("label", { class: "field" }, el("span", { word }), control);
}

/** Ask who comes; `onAdd` gets {first_name?, language_code, start_payload?}. */
export function askForPerson(onAdd) {
  const name = el("input", { name: "name", maxlength: 64, hint: "nameHint", autocomplete: "off" });
  const languages = LANGUAGES.map(([value, label]) => el("option", { value }, label));
  const language = el("select", { name: "language" }, ...languages);
  const invite = el("input", { name: "invite", hint: "inviteHint", autocomplete: "off", inputmode: "url" });
  const submit = () => {
    const values = { language_code: language.value };
    if (name.value.trim()) values.first_name = name.value.trim();
    const payload = payloadOf(invite.value.trim());
    if (payload) values.start_payload = payload;
    onAdd(values);
  };
  const form = el("form", { method: "dialog", onsubmit: submit },
    el("h2", { word: "newPerson" }), field("name", name), field("theirLanguage", language), field("invite", invite),
    el("button", { class: "big", word: "add", "data-testid": "add-person-confirm" }));
  const box = el("dialog", { class: "form-dialog", onclose: () => box.remove() },
    iconButton("close", "close", () => box.close()), form);
  document.body.append(box);
  box.showModal();
  name.focus();
}
