"""Messages and events in the words of the page's protocol."""

from typing import Any

from bot.sandbox.errors import Json
from bot.sandbox.events import Event
from bot.sandbox.people import Letter, Person

PINNED_WORDS = 40


def _url(shown: Json) -> str:
    return f"/sandbox/files/{shown['file_unique_id']}"


def _photo(content: Json) -> Json | None:
    if "photo" not in content:
        return None
    largest = content["photo"][-1]
    return {"url": _url(largest), "width": largest["width"], "height": largest["height"]}


def _voice(content: Json) -> Json | None:
    voice = content.get("voice")
    return voice and {"url": _url(voice), "duration": voice["duration"]}


def _document(content: Json) -> Json | None:
    kind = next((one for one in ("document", "audio", "video") if one in content), None)
    if kind is None:
        return None
    shown = content[kind]
    return {"url": _url(shown), "file_name": shown["file_name"], "size": shown["file_size"]}


def _service(content: Json) -> str | None:
    if "pinned_message" not in content:
        return None
    pinned = content["pinned_message"]
    return f"📌 {str(pinned.get('text') or pinned.get('caption') or '')[:PINNED_WORDS]}".strip()


def message_view(letter: Letter) -> Json:
    """Return a message as the page draws it."""
    content = letter.content
    plain = ("text", "caption", "edit_date", "contact", "location", "poll")
    return {
        "message_id": letter.message_id,
        "from_bot": letter.from_bot,
        "date": content["date"],
        **{name: content.get(name) for name in plain},
        "entities": content.get("entities") or content.get("caption_entities") or [],
        "photo": _photo(content),
        "voice": _voice(content),
        "document": _document(content),
        "service": _service(content),
        "inline_keyboard": content.get("reply_markup", {}).get("inline_keyboard"),
        "reply_to": content.get("reply_to_message", {}).get("message_id"),
        "protected": content.get("has_protected_content", False),
        "silent": letter.silent,
        "reactions": [one["emoji"] for one in letter.reactions],
    }


def event_view(event: Event) -> Json:
    """Return an event as the page hears it."""
    details: dict[str, Any] = dict(event.details)
    if "letter" in details:
        details["message"] = message_view(details.pop("letter"))
    who = details.pop("who", None)
    person: Any = who.as_json() if isinstance(who, Person) else event.person_id
    about = {} if person is None else {"person": person}
    return {"type": event.kind, **about, **details}
