"""Methods about a chat: who is there, what is pinned, reactions, forwarded messages."""

import re
from functools import cache

from bot.sandbox.call import Call
from bot.sandbox.errors import Json, bad_request, breach
from bot.sandbox.methods.sending import caption_fields, place
from bot.sandbox.parameters import bot_api
from bot.sandbox.people import Letter

# What a copy or a forwarded message takes along.
CONTENT = (
    "text",
    "entities",
    "link_preview_options",
    "photo",
    "document",
    "voice",
    "audio",
    "video",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "contact",
    "location",
)
ACCENT_COLOURS = 7


async def get_chat(call: Call) -> Json:
    """getChat: everything about a private chat."""
    person = call.world.known(call.params["chat_id"])
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    chat: Json = {
        **person.chat(),
        "accent_color_id": person.id % ACCENT_COLOURS,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
    }
    if person.pinned:
        chat["pinned_message"] = person.letters[person.pinned[-1]].content
    return chat


async def get_chat_member(call: Call) -> Json:
    """getChatMember: the person or the bot, in the private chat of both."""
    person = call.world.known(call.params["chat_id"])
    user_id = call.params["user_id"]
    if user_id == call.world.profile.id:
        return {"user": call.world.profile.user(), "status": "member"}
    if user_id != person.id:
        raise bad_request("user not found")
    return {"user": person.user(), "status": "member"}


async def get_chat_member_count(call: Call) -> int:
    """getChatMemberCount: two in every private chat."""
    call.world.known(call.params["chat_id"])
    return 2


async def get_user_profile_photos(call: Call) -> Json:
    """getUserProfilePhotos: nobody here has one."""
    return {"total_count": 0, "photos": []}


async def pin(call: Call) -> bool:
    """pinChatMessage: keep a message at the top of the chat."""
    person = call.reachable()
    letter = person.letters.get(call.params["message_id"])
    if letter is None:
        raise bad_request("message to pin not found")
    if letter.message_id not in person.pinned:
        person.pinned.append(letter.message_id)
        content = call.world.new_message(person, call.world.profile.user())
        shown = {k: v for k, v in letter.content.items() if k != "reply_to_message"}
        call.world.put(person, Letter({**content, "pinned_message": shown}, from_bot=True))
    return True


async def unpin(call: Call) -> bool:
    """unpinChatMessage: one message, or the newest pinned one."""
    person = call.reachable()
    message_id = call.get("message_id") or (person.pinned[-1] if person.pinned else None)
    if message_id not in person.pinned:
        raise bad_request("message to unpin not found")
    person.pinned.remove(message_id)
    return True


async def unpin_all(call: Call) -> bool:
    """unpinAllChatMessages."""
    call.reachable().pinned.clear()
    return True


@cache
def _allowed_reactions() -> frozenset[str]:
    """Return the emoji that the description lists; custom ones are not for bots."""
    fields = bot_api()[0].types["ReactionTypeEmoji"]["fields"]
    listed = next(one["description"] for one in fields if one["name"] == "emoji")
    return frozenset(re.findall(r'"([^"]+)"', listed))


async def set_message_reaction(call: Call) -> bool:
    """setMessageReaction: at most one emoji of a bot on a message."""
    person = call.reachable()
    letter = person.letters.get(call.params["message_id"])
    if letter is None:
        raise bad_request("message to react not found")
    reactions = call.get("reaction") or []
    if len(reactions) > 1:
        raise breach("REACTIONS_TOO_MANY")
    if any(one.get("emoji") not in _allowed_reactions() for one in reactions):
        raise breach("REACTION_INVALID")
    letter.reactions = reactions
    call.world.events.tell("edited", person.id, letter=letter)
    return True


def _source(call: Call, message_id: int, *, what: str) -> Letter:
    """Return the message to take over; raises 400 when it is gone or protected."""
    letter = call.world.known(call.params["from_chat_id"]).letters.get(message_id)
    if letter is None:
        raise bad_request(f"message to {what} not found")
    if letter.content.get("has_protected_content") or not letter.content.keys() & set(CONTENT):
        raise bad_request(f"message can't be {'copied' if what == 'copy' else 'forwarded'}")
    return letter


def _content(letter: Letter) -> Json:
    return {name: letter.content[name] for name in CONTENT if name in letter.content}


def _forward(call: Call, message_id: int) -> Json:
    letter = _source(call, message_id, what="forward")
    sender, date = letter.content["from"], letter.content["date"]
    first = {"type": "user", "sender_user": sender, "date": date}
    origin = letter.content.get("forward_origin", first)
    return place(call, {"forward_origin": origin, **_content(letter)})


def _copy(call: Call, message_id: int) -> Json:
    fields = _content(_source(call, message_id, what="copy"))
    if call.get("caption") is not None and "text" not in fields:
        fields = {k: v for k, v in fields.items() if not k.startswith("caption")}
        fields |= caption_fields(call.caption())
    return {"message_id": place(call, fields)["message_id"]}


async def forward_message(call: Call) -> Json:
    """forwardMessage: with its origin."""
    return _forward(call, call.params["message_id"])


async def copy_message(call: Call) -> Json:
    """copyMessage: as if the bot had written it."""
    return _copy(call, call.params["message_id"])


def _found(call: Call, what: str) -> list[int]:
    """Return the messages that still exist; raises 400 when none does."""
    letters = call.world.known(call.params["from_chat_id"]).letters
    found = [one for one in call.params["message_ids"] if one in letters]
    if not found:
        raise bad_request(f"messages to {what} not found")
    return found


async def forward_messages(call: Call) -> list[Json]:
    """forwardMessages: those that exist."""
    found = _found(call, "forward")
    return [{"message_id": _forward(call, one)["message_id"]} for one in found]


async def copy_messages(call: Call) -> list[Json]:
    """copyMessages: those that exist."""
    return [_copy(call, one) for one in _found(call, "copy")]


HANDLERS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatMemberCount": get_chat_member_count,
    "getUserProfilePhotos": get_user_profile_photos,
    "pinChatMessage": pin,
    "unpinChatMessage": unpin,
    "unpinAllChatMessages": unpin_all,
    "setMessageReaction": set_message_reaction,
    "forwardMessage": forward_message,
    "forwardMessages": forward_messages,
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
}
