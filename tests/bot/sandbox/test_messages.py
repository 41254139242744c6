"""Messages: sent, replied to, edited, deleted, forwarded, and every refusal in Telegram's words."""

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox import Phone, Sandbox
from tests.bot.sandbox.conftest import Caller

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
KEYBOARD = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}


@pytest.fixture
def mei(sandbox: Sandbox) -> Phone:
    phone = sandbox.open_phone(first_name="Mei")
    phone.start()
    return phone


async def test_a_message_is_answered_complete(call: Caller, mei: Phone) -> None:
    sent = await call("sendMessage", chat_id=mei.id, text="  Good morning  ", reply_markup=KEYBOARD)
    assert sent["text"] == "Good morning"
    assert sent["message_id"] == 2
    assert sent["from"]["is_bot"] is True
    assert sent["chat"] == {"id": mei.id, "first_name": "Mei", "type": "private"}
    assert sent["reply_markup"] == KEYBOARD
    assert mei.screen.content == sent


async def test_all_chats_share_one_numbering(sandbox: Sandbox, call: Caller, mei: Phone) -> None:
    lan = sandbox.open_phone(first_name="Lan")
    lan.start()
    sent = await call("sendMessage", chat_id=str(mei.id), text="Hi")
    assert sent["message_id"] == 3


async def test_what_shows_is_echoed(call: Caller, mei: Phone) -> None:
    asked = mei.say("A question")
    sent = await call(
        "sendMessage",
        chat_id=mei.id,
        text="An answer",
        protect_content=True,
        disable_notification=True,
        reply_parameters={"message_id": asked.message_id},
    )
    assert sent["has_protected_content"] is True
    assert sent["reply_to_message"]["text"] == "A question"
    assert mei.screen.silent


async def test_reply_keyboards_stay_until_replaced_and_are_never_echoed(
    call: Caller, mei: Phone
) -> None:
    markup = {"keyboard": [["One", {"text": "Two"}]], "is_persistent": True}
    sent = await call("sendMessage", chat_id=mei.id, text="Choose", reply_markup=markup)
    assert "reply_markup" not in sent
    await call("sendMessage", chat_id=mei.id, text="Still there")
    assert mei.keyboard == [["One", "Two"]]
    await call("sendMessage", chat_id=mei.id, text="Gone", reply_markup={"remove_keyboard": True})
    assert mei.keyboard == []


@pytest.mark.parametrize(
    ("values", "description"),
    [
        ({"chat_id": None}, "chat_id is empty"),
        ({"chat_id": 12345}, "chat not found"),
        ({"chat_id": "@nobody"}, "chat not found"),
        ({"text": None}, "message text is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "<b>x", "parse_mode": "HTML"}, None),
        ({"parse_mode": "Word"}, "unsupported parse_mode"),
        ({"reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"reply_markup": "{"}, "can't parse reply_markup JSON object"),
    ],
)
async def test_a_text_is_refused(
    call: Caller, mei: Phone, values: dict[str, Any], description: str | None
) -> None:
    call_values = {"chat_id": mei.id, "text": "Hi", **values}
    status, told = await call.refused("sendMessage", **call_values)
    assert status == 400
    assert told == f"Bad Request: {description}" if description else "can't parse" in told


async def test_length_counts_after_entities_are_parsed(call: Caller, mei: Phone) -> None:
    text = f"<b>{'x' * 4096}</b>"
    sent = await call("sendMessage", chat_id=mei.id, text=text, parse_mode="HTML")
    assert len(sent["text"]) == 4096


async def test_nobody_is_written_to_before_start_after_a_block_or_when_gone(
    sandbox: Sandbox, call: Caller, mei: Phone
) -> None:
    lan = sandbox.open_phone()
    send = {"text": "Hi"}
    assert await call.refused("sendMessage", chat_id=lan.id, **send) == (
        400,
        "Bad Request: chat not found",
    )
    mei.block()
    assert await call.refused("sendMessage", chat_id=mei.id, **send) == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    member = (await call("getUpdates"))[-1]["my_chat_member"]
    assert member["old_chat_member"]["status"] == "member"
    assert member["new_chat_member"]["status"] == "kicked"
    mei.unblock()
    await call("sendMessage", chat_id=mei.id, **send)
    mei.deactivate()
    assert await call.refused("sendMessage", chat_id=mei.id, **send) == (
        403,
        "Forbidden: user is deactivated",
    )
    assert sandbox.breaches == []


async def test_an_edit_changes_text_and_drops_a_keyboard_not_given_again(
    call: Caller, mei: Phone
) -> None:
    sent = await call("sendMessage", chat_id=mei.id, text="One", reply_markup=KEYBOARD)
    place = {"chat_id": mei.id, "message_id": sent["message_id"]}
    edited = await call("editMessageText", **place, text="Two", reply_markup=KEYBOARD)
    assert (edited["text"], edited["message_id"]) == ("Two", sent["message_id"])
    assert edited["edit_date"] >= sent["date"]
    assert await call.refused("editMessageText", **place, text="Two", reply_markup=KEYBOARD) == (
        400,
        f"Bad Request: {NOT_MODIFIED}",
    )
    without = await call("editMessageText", **place, text="Two")
    assert "reply_markup" not in without
    await call("editMessageReplyMarkup", **place, reply_markup=KEYBOARD)
    assert mei.screen.labels == ["Yes"]


async def test_edits_are_refused_where_telegram_refuses_them(call: Caller, mei: Phone) -> None:
    own = mei.say("mine")
    keyed = await call(
        "sendMessage", chat_id=mei.id, text="x", reply_markup={"keyboard": [["One"]]}
    )
    plain = await call("sendMessage", chat_id=mei.id, text="x")
    cases = [
        ({"message_id": own.message_id, "text": "y"}, "message can't be edited"),
        ({"message_id": keyed["message_id"], "text": "y"}, "message can't be edited"),
        ({"message_id": 999, "text": "y"}, "message to edit not found"),
        ({"text": "y"}, "message identifier is not specified"),
        ({"message_id": plain["message_id"], "text": ""}, "message text is empty"),
    ]
    for values, description in cases:
        refused = await call.refused("editMessageText", chat_id=mei.id, **values)
        assert refused == (400, f"Bad Request: {description}")
    refused = await call.refused(
        "editMessageCaption", chat_id=mei.id, message_id=plain["message_id"], caption="c"
    )
    assert refused == (400, "Bad Request: there is no caption in the message to edit")
    refused = await call.refused(
        "editMessageText",
        chat_id=mei.id,
        message_id=plain["message_id"],
        text="y",
        reply_markup={"keyboard": [["One"]]},
    )
    assert refused[0] == 400


async def test_messages_are_deleted_within_48_hours(
    sandbox: Sandbox, call: Caller, mei: Phone
) -> None:
    old = await call("sendMessage", chat_id=mei.id, text="old")
    await sandbox.clock.advance(timedelta(hours=48))
    new = await call("sendMessage", chat_id=mei.id, text="new")
    assert await call.refused("deleteMessage", chat_id=mei.id, message_id=old["message_id"]) == (
        400,
        "Bad Request: message can't be deleted",
    )
    assert await call("deleteMessage", chat_id=mei.id, message_id=new["message_id"]) is True
    assert await call.refused("deleteMessage", chat_id=mei.id, message_id=new["message_id"]) == (
        400,
        "Bad Request: message to delete not found",
    )
    newest = await call("sendMessage", chat_id=mei.id, text="newest")
    ids = [old["message_id"], newest["message_id"], 999]
    assert await call("deleteMessages", chat_id=mei.id, message_ids=ids) is True
    assert mei.screen.text == "old"


async def test_forwarding_shows_the_origin_and_copying_does_not(call: Caller, mei: Phone) -> None:
    own = mei.say("Please pass on")
    place = {"chat_id": mei.id, "from_chat_id": mei.id}
    forwarded = await call("forwardMessage", **place, message_id=own.message_id)
    assert forwarded["forward_origin"]["sender_user"]["first_name"] == "Mei"
    copied = await call("copyMessage", **place, message_id=own.message_id)
    assert "forward_origin" not in mei.screen.content
    assert mei.screen.message_id == copied["message_id"]
    many = await call("copyMessages", **place, message_ids=[own.message_id, 999])
    assert len(many) == 1
    secret = await call("sendMessage", chat_id=mei.id, text="x", protect_content=True)
    assert await call.refused("forwardMessage", **place, message_id=secret["message_id"]) == (
        400,
        "Bad Request: message can't be forwarded",
    )


async def test_pins_and_reactions(sandbox: Sandbox, call: Caller, mei: Phone) -> None:
    own = mei.say("Remember this")
    place = {"chat_id": mei.id, "message_id": own.message_id}
    await call("pinChatMessage", **place)
    chat = await call("getChat", chat_id=mei.id)
    assert chat["pinned_message"]["text"] == "Remember this"
    await call("unpinChatMessage", **place)
    assert "pinned_message" not in await call("getChat", chat_id=mei.id)
    thumb = {"type": "emoji", "emoji": "👍"}
    await call("setMessageReaction", **place, reaction=[thumb])
    assert sandbox.world.people.by_id[mei.id].letters[own.message_id].reactions == [thumb]
    refused = await call.refused("setMessageReaction", **place, reaction=[thumb, thumb])
    assert refused == (400, "Bad Request: REACTIONS_TOO_MANY")
    pear = {"type": "emoji", "emoji": "🍐"}
    refused = await call.refused("setMessageReaction", **place, reaction=[pear])
    assert refused == (400, "Bad Request: REACTION_INVALID")


async def test_location_contact_and_action(call: Caller, mei: Phone) -> None:
    place = await call("sendLocation", chat_id=mei.id, latitude=30.2, longitude=120.1)
    assert place["location"] == {"latitude": 30.2, "longitude": 120.1}
    card = await call("sendContact", chat_id=mei.id, phone_number="120", first_name="Clinic")
    assert card["contact"] == {"phone_number": "120", "first_name": "Clinic"}
    assert await call("sendChatAction", chat_id=mei.id, action="typing") is True
    assert await call.refused("sendChatAction", chat_id=mei.id, action="dancing") == (
        400,
        "Bad Request: wrong parameter action in request",
    )
    assert (await call("getChatMember", chat_id=mei.id, user_id=mei.id))["status"] == "member"
