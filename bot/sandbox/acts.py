"""What people do in a chat: write, press, share, block; each becomes updates for the bot."""

import secrets
from typing import Any

from bot.sandbox.entities import clean, finished
from bot.sandbox.errors import Json
from bot.sandbox.people import START_PAYLOAD, Letter, Person
from bot.sandbox.world import World

TEXT_LIMIT = 4096
FILE_KINDS = frozenset({"photo", "voice", "document"})


class Impossible(Exception):
    """Something that Telegram's own apps would not let a person do."""


def _send(world: World, person: Person, fields: Json) -> Json:
    """Send the bot a message with these fields and return it."""
    if not person.started:
        raise Impossible("the Start button was not pressed yet")
    if person.blocked or person.deactivated:
        raise Impossible("this person blocked the bot or is deactivated")
    content = {**world.new_message(person, person.user()), **fields}
    world.put(person, Letter(content, from_bot=False))
    world.updates.add("message", content, person.id)
    return content


def press_start(world: World, person: Person, payload: str | None = None) -> Json:
    """Press Start, or Restart after a block; a deep link's payload goes along."""
    given = (person.start_payload if payload is None else payload) or ""
    if not START_PAYLOAD.fullmatch(given):
        raise Impossible("a start payload has up to 64 of A-Z a-z 0-9 _ -")
    if person.blocked:
        unblock(world, person)
    person.started, person.start_payload = True, None
    world.events.tell("person", person.id, who=person)
    return write(world, person, f"/start {given}" if given else "/start")


def write(world: World, person: Person, text: str, reply_to: int | None = None) -> Json:
    """Write a text; apps send what is too long in several messages, the last is returned."""
    pieces = [text[at : at + TEXT_LIMIT] for at in range(0, len(text), TEXT_LIMIT)]
    sent: Json | None = None
    for piece in pieces:
        formatted = finished(clean(piece), [])
        if formatted.text:
            fields: Json = {**_reply(world, person, reply_to), "text": formatted.text}
            if formatted.entities:
                fields["entities"] = formatted.entities
            sent = _send(world, person, fields)
    if sent is None:
        raise Impossible("an empty text cannot be sent")
    return sent


def _reply(world: World, person: Person, reply_to: int | None) -> Json:
    """Return the message replied to; a forced reply is used up by it."""
    keyboard = person.reply_keyboard or {}
    if reply_to is None and "force_reply" in keyboard:
        reply_to = keyboard["message_id"]
        world.set_reply_keyboard(person, None)
    letter = person.letters.get(reply_to) if reply_to is not None else None
    if letter is None:
        return {}
    shown = {k: v for k, v in letter.content.items() if k != "reply_to_message"}
    return {"reply_to_message": shown}


def press(world: World, person: Person, message_id: int, *, row: int, column: int) -> Json:
    """Press a button under a message: asks the bot, or tells which address or text it holds."""
    letter = person.letters.get(message_id)
    rows = letter.content.get("reply_markup", {}).get("inline_keyboard", []) if letter else []
    button = _at(rows, row, column)
    if "callback_data" in button and letter is not None:
        return {"callback_query_id": ask(world, person, letter.content, button["callback_data"])}
    if "url" in button:
        return {"url": button["url"]}
    if "copy_text" in button:
        return {"copy_text": button["copy_text"]["text"]}
    raise Impossible(f"the sandbox does not play this kind of button: {button['text']}")


def ask(world: World, person: Person, message: Json, data: str) -> str:
    """Send a callback query about a message and return its number."""
    if person.blocked or person.deactivated:
        raise Impossible("this person blocked the bot or is deactivated")
    query = world.ask(person)
    content = {
        "id": query.id,
        "from": person.user(),
        "message": message,
        "chat_instance": str(person.id * 2_305_843 + world.profile.id),
        "data": data,
    }
    world.updates.add("callback_query", content, person.id)
    return query.id


def ask_inaccessible(world: World, person: Person, message_id: int, data: str) -> str:
    """Press a button of a message that the bot can no longer see: it comes with date 0."""
    message = {"chat": person.chat(), "message_id": message_id, "date": 0}
    return ask(world, person, message, data)


def press_key(world: World, person: Person, *, row: int, column: int) -> Json:
    """Press a button of the keyboard below the chat: sends its text or what it asks for."""
    button = _at((person.reply_keyboard or {}).get("keyboard", []), row, column)
    if button.get("request_contact"):
        return share_contact(world, person)
    if button.get("request_location"):
        return _send(world, person, {"location": {"latitude": 30.2741, "longitude": 120.1551}})
    if "request_users" in button:
        return _share_users(world, person, button["request_users"])
    return write(world, person, button["text"])


def _share_users(world: World, person: Person, wanted: Json) -> Json:
    """Choose other people here, as many as may be chosen, the newest first."""
    others = [one for one in reversed(world.people.by_id.values()) if one is not person]
    users = [{"user_id": one.id} for one in others[: wanted.get("max_quantity", 1)]]
    if not users:
        raise Impossible("there is nobody else to choose")
    shared = {"request_id": wanted["request_id"], "users": users}
    return _send(world, person, {"users_shared": shared})


def _at(rows: list[list[Any]], row: int, column: int) -> Json:
    if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
        raise Impossible("there is no such button")
    button: Json = rows[row][column]
    return button


def share_contact(world: World, person: Person) -> Json:
    """Share the own number; the server adds whose it is."""
    number = (person.phone or "").removeprefix("+")
    contact = {"phone_number": number, "first_name": person.first_name, "user_id": person.id}
    return _send(world, person, {"contact": contact})


def forward_contact(world: World, person: Person, *, phone: str, first_name: str) -> Json:
    """Send somebody else's number, as any contact card: it names no user."""
    return _send(world, person, {"contact": {"phone_number": phone, "first_name": first_name}})


def send_file(
    world: World, person: Person, kind: str, *, name: str, content: bytes, **more: str
) -> Json:
    """Send a photo, voice message or document, perhaps with `caption` and `media_group_id`."""
    if kind not in FILE_KINDS:
        raise Impossible(f"no such kind of file: {kind}")
    stored = world.files.keep(kind, name, content)
    shown: Json = {**stored.identity(), "file_size": len(content), "mime_type": stored.mime_type}
    if kind == "voice":
        shown |= {"duration": 1, "mime_type": "audio/ogg"}
    if kind == "document":
        shown["file_name"] = name
    fields: Json = {kind: world.files.photo_sizes(stored) if kind == "photo" else shown}
    caption = finished(clean(more.pop("caption", "")), [])
    if caption.text:
        fields |= {"caption": caption.text}
    if caption.entities:
        fields["caption_entities"] = caption.entities
    return _send(world, person, {**more, **fields})


def send_album(world: World, person: Person, pictures: list[bytes]) -> list[Json]:
    """Send several photos as one album: one update each, with a common `media_group_id`."""
    album = str(secrets.randbits(52) + 2**53)
    return [
        send_file(world, person, "photo", name="photo.jpg", content=one, media_group_id=album)
        for one in pictures
    ]


def edit(world: World, person: Person, message_id: int, text: str) -> Json:
    """Change an own text; the bot hears of it as `edited_message`."""
    letter = person.letters.get(message_id)
    if letter is None or letter.from_bot or "text" not in letter.content:
        raise Impossible("only an own text can be changed")
    formatted = finished(clean(text), [])
    kept = {k: v for k, v in letter.content.items() if k != "entities"}
    content = {**kept, "text": formatted.text, "edit_date": world.unix()}
    if formatted.entities:
        content["entities"] = formatted.entities
    world.replace(person, letter, content)
    world.updates.add("edited_message", content, person.id)
    return content


def delete(world: World, person: Person, message_id: int) -> None:
    """Delete a message on both sides; bots are not told."""
    if message_id not in person.letters:
        raise Impossible("there is no such message")
    world.remove(person, message_id)


def block(world: World, person: Person) -> None:
    """Stop the bot: nothing reaches this person any more."""
    if person.started and not person.blocked:
        person.blocked = True
        _member(world, person, old="member", new="kicked")


def unblock(world: World, person: Person) -> None:
    """Let the bot write again."""
    if person.blocked:
        person.blocked = False
        _member(world, person, old="kicked", new="member")


def deactivate(world: World, person: Person) -> None:
    """Delete the account; bots are not told."""
    person.deactivated = True
    world.events.tell("person", person.id, who=person)


def _member(world: World, person: Person, *, old: str, new: str) -> None:
    bot = world.profile.user()
    until: Json = {"kicked": {"until_date": 0}, "member": {}}
    content = {
        "chat": person.chat(),
        "from": person.user(),
        "date": world.unix(),
        "old_chat_member": {"user": bot, "status": old, **until[old]},
        "new_chat_member": {"user": bot, "status": new, **until[new]},
    }
    world.updates.add("my_chat_member", content, person.id)
    world.events.tell("person", person.id, who=person)
