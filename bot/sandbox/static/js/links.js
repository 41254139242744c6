/** Telegram's deep links: telling which belong to this bot and what they would send. */

const HOSTS = new Set(["t.me", "telegram.me", "telegram.dog"]);

function parse(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** {payload} when `text` is a link to the bot `username`, else null; a link without ?start= has payload null. */
export function deepLink(text, username) {
  const url = parse(text);
  if (!url) return null;
  const isWeb = HOSTS.has(url.hostname.toLowerCase());
  const isApp = url.protocol === "tg:";
  if (!isWeb && !isApp) return null;
  const named = isWeb ? url.pathname.split("/")[1] : url.searchParams.get("domain");
  if (named?.toLowerCase() !== username.toLowerCase()) return null;
  return { payload: url.searchParams.get("start") };
}

/** The start payload in what a person pasted: a whole link, or the bare code; null when there is none. */
export function payloadOf(text) {
  const start = parse(text)?.searchParams.get("start") ?? text;
  return /^[A-Za-z0-9_-]{1,64}$/.test(start) ? start : null;
}
