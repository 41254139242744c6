/** The server's events, with reconnecting; the listener catches up after every gap. */

const FIRST_WAIT_MS = 800;
const LONGEST_WAIT_MS = 10000;

/**
 * Listen for ever. `onEvent` gets each event, `onOpen` is told at every (re)connection, before any
 * event of it, and `onLost` once when a connection ends.
 */
export function follow({ onEvent, onOpen, onLost }) {
  let wait = FIRST_WAIT_MS;
  const connect = () => {
    const source = new EventSource("/sandbox/api/events");
    source.addEventListener("open", () => {
      wait = FIRST_WAIT_MS;
      onOpen();
    });
    source.addEventListener("message", (event) => onEvent(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      source.close();
      onLost();
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    });
  };
  connect();
}
