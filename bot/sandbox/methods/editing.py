"""Methods that change or take away a message."""

from datetime import timedelta

from bot.sandbox.call import Call
from bot.sandbox.errors import Json, bad_request
from bot.sandbox.keyboards import checked_inline
from bot.sandbox.methods.media import KINDS, edited_media
from bot.sandbox.methods.sending import caption_fields, text_fields
from bot.sandbox.people import Letter, Person

DELETABLE = timedelta(hours=48)
Names = frozenset[str]
TEXT: Names = frozenset({"text", "entities", "link_preview_options"})
CAPTION: Names = frozenset({"caption", "caption_entities", "show_caption_above_media"})
MEDIA: Names = frozenset({*KINDS, "has_media_spoiler"})
UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def _editable(call: Call) -> tuple[Person, Letter]:
    person, letter = call.own_letter(what="edit")
    if not letter.from_bot or letter.has_reply_keyboard:
        raise bad_request("message can't be edited")
    return person, letter


def _change(call: Call, target: tuple[Person, Letter], fields: Json, *, instead_of: Names) -> Json:
    """Put fields in place of others, and the keyboard, and return the Message.

    Raises 400 when nothing would change.
    """
    person, letter = target
    markup = checked_inline(call.get("reply_markup"))
    gone = instead_of | {"reply_markup"}
    new = {name: value for name, value in letter.content.items() if name not in gone} | fields
    if markup:
        new["reply_markup"] = markup
    if new == letter.content:
        raise bad_request(UNCHANGED)
    new["edit_date"] = call.world.unix()
    call.world.replace(person, letter, new)
    return new


async def edit_text(call: Call) -> Json:
    """editMessageText: a new text; without a keyboard the old keyboard goes."""
    target = _editable(call)
    if "text" not in target[1].content:
        raise bad_request("there is no text in the message to edit")
    fields = text_fields(call.text())
    if call.get("link_preview_options"):
        fields["link_preview_options"] = call.get("link_preview_options")
    return _change(call, target, fields, instead_of=TEXT)


async def edit_caption(call: Call) -> Json:
    """editMessageCaption: a new caption, perhaps empty, of a message with a file."""
    target = _editable(call)
    if not target[1].content.keys() & MEDIA:
        raise bad_request("there is no caption in the message to edit")
    return _change(call, target, caption_fields(call.caption()), instead_of=CAPTION)


async def edit_media(call: Call) -> Json:
    """editMessageMedia: another file in place of this one."""
    target = _editable(call)
    if not target[1].content.keys() & MEDIA:
        raise bad_request("message can't be edited")
    return _change(call, target, await edited_media(call), instead_of=MEDIA | CAPTION)


async def edit_reply_markup(call: Call) -> Json:
    """editMessageReplyMarkup: another keyboard, or none."""
    return _change(call, _editable(call), {}, instead_of=frozenset())


async def delete_message(call: Call) -> bool:
    """deleteMessage: up to 48 hours after it was sent."""
    person, letter = call.own_letter(what="delete")
    if not _deletable(call, letter):
        raise bad_request("message can't be deleted")
    call.world.remove(person, letter.message_id)
    return True


async def delete_messages(call: Call) -> bool:
    """deleteMessages: those that can be deleted; the others are passed over."""
    person = call.world.known(call.params["chat_id"])
    for message_id in call.params["message_ids"]:
        letter = person.letters.get(message_id)
        if letter and _deletable(call, letter):
            call.world.remove(person, message_id)
    return True


def _deletable(call: Call, letter: Letter) -> bool:
    return call.world.unix() - int(letter.content["date"]) < DELETABLE.total_seconds()


HANDLERS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
