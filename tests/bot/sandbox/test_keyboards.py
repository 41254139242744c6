"""Keyboards: every button that Telegram refuses, and what pressing the others does."""

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox import Impossible, Phone, Sandbox
from tests.bot.sandbox.conftest import Caller

Json = dict[str, Any]
UNKNOWN_QUERY = "query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
def mei(sandbox: Sandbox) -> Phone:
    phone = sandbox.open_phone(first_name="Mei", phone="+8613800138000")
    phone.start()
    return phone


def inline(**button: Any) -> Json:
    return {"inline_keyboard": [[{"text": "Press", **button}]]}


@pytest.mark.parametrize(
    ("button", "problem"),
    [
        ({"callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"callback_data": "孕" * 22}, "BUTTON_DATA_INVALID"),
        ({"callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": " ", "callback_data": "x"}, "Text must be non-empty"),
        ({"callback_data": "x", "url": "https://a.bc"}, "only one action may be specified"),
        ({"url": "http://localhost/x"}, "Wrong HTTP URL"),
        ({"url": "ftp://a.bc"}, "Unsupported URL protocol"),
        ({"web_app": {"url": "http://a.bc"}}, "Only HTTPS links are allowed"),
        ({"text": 5, "callback_data": "x", "url": 5}, "must be of type String"),
        ({"copy_text": {"text": ""}}, "must be 1-256 characters long"),
    ],
)
async def test_an_inline_button_is_refused(
    sandbox: Sandbox, call: Caller, mei: Phone, *, button: Json, problem: str
) -> None:
    status, description = await call.refused(
        "sendMessage", chat_id=mei.id, text="Hi", reply_markup=inline(**button)
    )
    assert status == 400
    assert problem in description
    assert sandbox.breaches


@pytest.mark.parametrize(
    "button",
    [
        {"callback_data": "x" * 64},
        {"callback_data": "孕" * 21},
        {"url": "https://example.org/a"},
        {"url": "http://127.0.0.1:8080/console"},
        {"url": "tg://user?id=5"},
        {"web_app": {"url": "https://example.org/"}},
        {"copy_text": {"text": "1234"}},
        {"switch_inline_query": ""},
    ],
)
async def test_an_inline_button_is_kept(
    sandbox: Sandbox, call: Caller, mei: Phone, button: Json
) -> None:
    markup = inline(**button)
    sent = await call("sendMessage", chat_id=mei.id, text="Hi", reply_markup=markup)
    assert sent["reply_markup"] == markup
    assert sandbox.breaches == []


async def test_empty_rows_vanish_and_too_many_buttons_are_refused(call: Caller, mei: Phone) -> None:
    button = {"text": "Press", "callback_data": "x"}
    markup = {"inline_keyboard": [[], [button], []]}
    sent = await call("sendMessage", chat_id=mei.id, text="Hi", reply_markup=markup)
    assert sent["reply_markup"] == {"inline_keyboard": [[button]]}
    markup = {"inline_keyboard": [[button]] * 101}
    refused = await call.refused("sendMessage", chat_id=mei.id, text="Hi", reply_markup=markup)
    assert refused == (400, "Bad Request: reply markup is too long")


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        ({"keyboard": []}, "reply keyboard is empty"),
        ({"keyboard": [[""]]}, "Text must be non-empty"),
        (
            {"keyboard": [[{"text": "x", "request_contact": True, "request_location": True}]]},
            "only one request may be specified",
        ),
        ({"keyboard": [["x"]], "input_field_placeholder": "x" * 65}, "must be 1-64 characters"),
        ({"remove_keyboard": False}, "remove_keyboard must be True"),
        ({"something": True}, "must be one of"),
    ],
)
async def test_a_keyboard_below_the_chat_is_refused(
    call: Caller, mei: Phone, markup: Json, problem: str
) -> None:
    _status, description = await call.refused(
        "sendMessage", chat_id=mei.id, text="Hi", reply_markup=markup
    )
    assert problem in description


async def test_a_press_asks_the_bot_once_each_time(call: Caller, mei: Phone) -> None:
    sent = await call(
        "sendMessage", chat_id=mei.id, text="Hi", reply_markup=inline(callback_data="x")
    )
    first, second = mei.press("Press"), mei.press("Press")
    assert first != second
    query = (await call("getUpdates"))[-2]["callback_query"]
    assert (query["id"], query["data"], query["message"]) == (first, "x", sent)
    assert query["chat_instance"]
    assert await call("answerCallbackQuery", callback_query_id=first, text="Noted") is True
    assert (mei.toast, (await mei.answer()).text) == ("Noted", "Hi")


async def test_a_query_is_answered_once_in_time_and_briefly(
    sandbox: Sandbox, call: Caller, mei: Phone
) -> None:
    await call("sendMessage", chat_id=mei.id, text="Hi", reply_markup=inline(callback_data="x"))
    query = mei.press("Press")
    status, _words = await call.refused(
        "answerCallbackQuery", callback_query_id=query, text="x" * 201
    )
    assert status == 400
    await call("answerCallbackQuery", callback_query_id=query)
    late = mei.press("Press")
    await sandbox.clock.advance(timedelta(minutes=2))
    for unknown in (query, late, "5"):
        refused = await call.refused("answerCallbackQuery", callback_query_id=unknown)
        assert refused == (400, f"Bad Request: {UNKNOWN_QUERY}")


async def test_a_message_that_is_gone_comes_with_date_zero(call: Caller, mei: Phone) -> None:
    mei.press_inaccessible(1, "old")
    message = (await call("getUpdates"))[-1]["callback_query"]["message"]
    assert (message["date"], message["message_id"]) == (0, 1)


async def test_a_key_sends_its_words_or_the_own_number(call: Caller, mei: Phone) -> None:
    markup = {
        "keyboard": [["Plain", {"text": "Number", "request_contact": True}]],
        "one_time_keyboard": True,
    }
    await call("sendMessage", chat_id=mei.id, text="Hi", reply_markup=markup)
    mei.tap("Plain")
    mei.tap("Number")
    mei.forward_contact("8613900139000", "Lan")
    plain, own, other = [update["message"] for update in await call("getUpdates")][-3:]
    assert plain["text"] == "Plain"
    assert own["contact"] == {
        "phone_number": "8613800138000",
        "first_name": "Mei",
        "user_id": mei.id,
    }
    assert "user_id" not in other["contact"]
    with pytest.raises(Impossible, match="there is no key 'Nothing'"):
        mei.tap("Nothing")


async def test_a_forced_reply_is_used_up_by_the_next_words(call: Caller, mei: Phone) -> None:
    asked = await call(
        "sendMessage", chat_id=mei.id, text="Name?", reply_markup={"force_reply": True}
    )
    mei.say("Mei")
    mei.say("again")
    first, second = [update["message"] for update in await call("getUpdates")][-2:]
    assert first["reply_to_message"]["message_id"] == asked["message_id"]
    assert "reply_to_message" not in second


async def test_a_key_can_ask_for_other_people_or_a_place(
    sandbox: Sandbox, call: Caller, mei: Phone
) -> None:
    lan = sandbox.open_phone()
    people = {"text": "Who?", "request_users": {"request_id": 3}}
    place = {"text": "Where?", "request_location": True}
    markup = {"keyboard": [[people, place]]}
    await call("sendMessage", chat_id=mei.id, text="Hi", reply_markup=markup)
    mei.tap("Who?")
    mei.tap("Where?")
    who, where = [update["message"] for update in await call("getUpdates")][-2:]
    assert who["users_shared"] == {"request_id": 3, "users": [{"user_id": lan.id}]}
    assert where["location"].keys() == {"latitude", "longitude"}
