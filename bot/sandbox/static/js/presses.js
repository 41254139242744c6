/** Inline buttons that were pressed and wait for the bot's answer. */

const LONGEST_WAIT_MS = 20000;

const keyOf = ({ messageId, row, column }) => `${messageId}:${row}:${column}`;

export class Presses {
  #waiting = new Map();
  #answeredEarly = new Set();
  #actions;
  #redraw;

  /** `actions` as api.js makes them; `redraw(messageId)` shows a button's new state. */
  constructor(actions, redraw) {
    this.#actions = actions;
    this.#redraw = redraw;
  }

  /** Whether the button at this place has not been answered yet. */
  isWaiting(place) {
    return this.#waiting.has(keyOf(place));
  }

  /** Press, and wait for the answer; throws when the server refuses. */
  async press(place) {
    const key = keyOf(place);
    this.#waiting.set(key, null);
    this.#redraw(place.messageId);
    try {
      const { callback_query_id: query } = await this.#actions.press(place.messageId, place.row, place.column);
      if (!query || this.#answeredEarly.delete(query)) this.#end(key);
      else if (this.#waiting.has(key)) this.#expect(key, query);
    } catch (error) {
      this.#end(key);
      throw error;
    }
  }

  /** The bot answered a query; the answer may come before the server's reply to the press. */
  answered(query) {
    const key = [...this.#waiting].find(([, waitingFor]) => waitingFor === query)?.[0];
    if (key) this.#end(key);
    else this.#answeredEarly.add(query);
  }

  /** The message changed: its buttons are new ones. */
  forget(messageId) {
    for (const key of [...this.#waiting.keys()]) {
      if (key.startsWith(`${messageId}:`)) this.#waiting.delete(key);
    }
  }

  #expect(key, query) {
    this.#waiting.set(key, query);
    setTimeout(() => this.#waiting.get(key) === query && this.#end(key), LONGEST_WAIT_MS);
  }

  #end(key) {
    if (this.#waiting.delete(key)) this.#redraw(Number(key.split(":")[0]));
  }
}
