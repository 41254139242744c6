"""Methods that put a message into a chat."""

from typing import Any

from bot.sandbox.call import Call
from bot.sandbox.entities import Formatted
from bot.sandbox.errors import Json, bad_request, breach
from bot.sandbox.keyboards import checked_inline, checked_reply, is_inline
from bot.sandbox.people import Letter, Person

ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def caption_fields(caption: Formatted) -> Json:
    """Return the fields of a caption; none for an empty one."""
    if not caption.text:
        return {}
    fields: Json = {"caption": caption.text}
    return {**fields, "caption_entities": caption.entities} if caption.entities else fields


def text_fields(text: Formatted) -> Json:
    """Return the fields of a text."""
    fields: Json = {"text": text.text}
    return {**fields, "entities": text.entities} if text.entities else fields


def place(call: Call, fields: Json, *, person: Person | None = None, counted: bool = False) -> Json:
    """Put a message with these fields into the chat of the call and return the Message.

    `counted` says that the limits know of it already. Raises 400 or 403 when it cannot be
    delivered, 429 when it is too much.
    """
    person = person or call.reachable()
    markup = call.get("reply_markup")
    inline = checked_inline(markup) if is_inline(markup) else None
    below = checked_reply(markup) if markup and not is_inline(markup) else None
    reply = _reply(call, person)
    if not counted:
        call.world.gate.take(person.id)
    content = {**call.world.new_message(person, call.world.profile.user()), **reply, **fields}
    if inline:
        content["reply_markup"] = inline
    _mark(call, content)
    letter = Letter(
        content,
        from_bot=True,
        silent=bool(call.get("disable_notification")),
        has_reply_keyboard=markup is not None and not is_inline(markup),
    )
    call.world.put(person, letter)
    if letter.has_reply_keyboard:
        if below and "force_reply" in below:
            below["message_id"] = letter.message_id
        call.world.set_reply_keyboard(person, below)
    return content


def _mark(call: Call, content: Json) -> None:
    """Echo the parameters that show in the message."""
    if call.get("protect_content"):
        content["has_protected_content"] = True
    if call.get("message_effect_id"):
        content["effect_id"] = call.get("message_effect_id")
    if "text" in content and call.get("link_preview_options"):
        content["link_preview_options"] = call.get("link_preview_options")
    if call.get("show_caption_above_media") and "caption" in content:
        content["show_caption_above_media"] = True
    if call.get("has_spoiler"):
        content["has_media_spoiler"] = True


def _reply(call: Call, person: Person) -> Json:
    wanted = call.get("reply_parameters")
    if not wanted:
        return {}
    letter = person.letters.get(int(wanted["message_id"]))
    if letter is None:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    quoted = {k: v for k, v in letter.content.items() if k != "reply_to_message"}
    return {"reply_to_message": quoted}


async def send_message(call: Call) -> Json:
    """sendMessage: a text of 1-4096 characters."""
    person = call.reachable()
    return place(call, text_fields(call.text()), person=person)


async def send_location(call: Call) -> Json:
    """sendLocation: a point on the map."""
    latitude, longitude = call.params["latitude"], call.params["longitude"]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise breach("wrong latitude or longitude specified")
    location: Json = {"latitude": latitude, "longitude": longitude}
    optional = ("horizontal_accuracy", "live_period", "heading", "proximity_alert_radius")
    location |= {name: call.get(name) for name in optional if call.get(name)}
    return place(call, {"location": location})


async def send_contact(call: Call) -> Json:
    """sendContact: a telephone number with a name."""
    contact: Json = {"phone_number": call.params["phone_number"]}
    contact["first_name"] = call.params["first_name"]
    contact |= {name: call.get(name) for name in ("last_name", "vcard") if call.get(name)}
    return place(call, {"contact": contact})


async def send_chat_action(call: Call) -> bool:
    """sendChatAction: what the bot is doing, for five seconds."""
    person = call.reachable()
    action: Any = call.params["action"]
    if action not in ACTIONS:
        raise breach("wrong parameter action in request")
    call.world.events.tell("action", person.id, action=action)
    return True


HANDLERS = {
    "sendMessage": send_message,
    "sendLocation": send_location,
    "sendContact": send_contact,
    "sendChatAction": send_chat_action,
}
