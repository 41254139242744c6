/** The calls of the sandbox server, one function each. */

import { say } from "./words.js";

const ROOT = "/sandbox/api";

async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  const response = await fetch(ROOT + path, options).catch(() => {
    throw new Error(say("unreachable"));
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `${response.status}`);
  return answer;
}

const post = (path, body = {}) => call("POST", path, body);

export const fetchState = () => call("GET", "/state");
export const moveClock = (step) => post("/clock", step);
export const addPerson = (values) => post("/people", values);
export const closePerson = (id) => call("DELETE", `/people/${id}`);
export const fetchChat = (id) => call("GET", `/people/${id}/chat`);

/** What one person can do with their phone; each answers when the server took it. */
export function actionsOf(id) {
  const path = `/people/${id}`;
  return {
    start: (payload) => post(`${path}/start`, payload ? { payload } : {}),
    text: (text, replyTo) => post(`${path}/text`, replyTo ? { text, reply_to: replyTo } : { text }),
    press: (messageId, row, column) => post(`${path}/press`, { message_id: messageId, row, column }),
    keyboard: (row, column) => post(`${path}/keyboard`, { row, column }),
    contact: () => post(`${path}/contact`),
    block: () => post(`${path}/block`),
    unblock: () => post(`${path}/unblock`),
    deactivate: () => post(`${path}/deactivate`),
    remove: (messageId) => post(`${path}/delete`, { message_id: messageId }),
    file: (file, kind, caption) => {
      const form = new FormData();
      form.append("kind", kind);
      if (caption) form.append("caption", caption);
      form.append("file", file, file.name);
      return call("POST", `${path}/file`, form);
    },
  };
}
