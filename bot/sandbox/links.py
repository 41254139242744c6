"""Addresses as Telegram reads them: of buttons, of linked words, of files to fetch, of itself."""

import re
from urllib.parse import parse_qs, urlsplit

OWN_SCHEMES = frozenset({"tg", "tonsite"})
WEB_SCHEMES = frozenset({"http", "https"})
_DEEP_LINK = re.compile(r"(?:https?://)?t\.me/(\w+)/?(?:\?(.*))?", re.ASCII)


def full(url: str) -> str:
    """Return an address with its scheme and at least the path `/`."""
    whole = url if "://" in url else f"http://{url}"
    parts = urlsplit(whole)
    bare = parts.scheme in WEB_SCHEMES and not (parts.path or parts.query or parts.fragment)
    return f"{whole}/" if bare else whole


def problem(url: str, *, https: bool = False) -> str | None:
    """Return why Telegram would refuse an address; None when it takes it."""
    try:
        parts = urlsplit(full(url))
    except ValueError:
        return "Wrong HTTP URL"
    if https and parts.scheme != "https":
        return "Only HTTPS links are allowed"
    if parts.scheme in OWN_SCHEMES:
        return None
    if parts.scheme not in WEB_SCHEMES:
        return "Unsupported URL protocol"
    if "." not in (parts.hostname or "").strip(".") or re.search(r"\s", url):
        return "Wrong HTTP URL"
    return None


def start_payload(link: str, username: str) -> str | None:
    """Return the payload of a deep link to the bot, empty without one; None for other links."""
    match = _DEEP_LINK.fullmatch(link)
    if match is None or match[1].lower() != username.lower():
        return None
    values: dict[str, list[str]] = parse_qs(match[2] or "")
    return values.get("start", [""])[0]
