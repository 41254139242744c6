"""The driver that tests and checks use: a phone that reads like a transcript."""

import pytest

from bot.sandbox import Impossible, Sandbox
from tests.bot.sandbox.conftest import Caller

KEYBOARD = {"inline_keyboard": [[{"text": "Yes, please", "callback_data": "y"}]]}


async def test_nothing_is_possible_before_start_and_after_a_block(sandbox: Sandbox) -> None:
    mei = sandbox.open_phone()
    with pytest.raises(Impossible):
        mei.say("Hi")
    with pytest.raises(Impossible):
        mei.share_contact()
    with pytest.raises(Impossible):
        mei.start("not allowed!")
    mei.start()
    mei.block()
    with pytest.raises(Impossible):
        mei.say("Hi")
    mei.start("again")
    assert mei.messages[-1].text == "/start again"


async def test_a_start_payload_waits_behind_the_button(sandbox: Sandbox, call: Caller) -> None:
    mei = sandbox.open_phone(start_payload="invite")
    assert await call("getUpdates") == []
    assert mei.start().text == "/start invite"
    assert mei.start().text == "/start"


async def test_until_gives_each_message_once_in_any_order(sandbox: Sandbox, call: Caller) -> None:
    mei = sandbox.open_phone()
    mei.start()
    first = await call("sendMessage", chat_id=mei.id, text="first")
    await call("sendMessage", chat_id=mei.id, text="second")
    assert (await mei.until("second")).text == "second"
    assert (await mei.until(lambda bubble: "first" in bubble.text)).text == "first"
    with pytest.raises(TimeoutError, match="bot: second"):
        await mei.until("first", timeout=0.01)
    await call("editMessageText", chat_id=mei.id, message_id=first["message_id"], text="changed")
    assert (await mei.answer()).text == "changed"
    with pytest.raises(TimeoutError):
        await mei.answer(timeout=0.01)


async def test_a_press_finds_the_newest_button_by_part_of_its_words(
    sandbox: Sandbox, call: Caller
) -> None:
    mei = sandbox.open_phone(first_name="Mei")
    mei.start()
    with pytest.raises(Impossible, match="has not written anything"):
        _ = mei.screen
    await call("sendMessage", chat_id=mei.id, text="Old", reply_markup=KEYBOARD)
    new = await call("sendMessage", chat_id=mei.id, text="New", reply_markup=KEYBOARD)
    mei.press("please")
    query = (await call("getUpdates"))[-1]["callback_query"]
    assert query["message"]["message_id"] == new["message_id"]
    with pytest.raises(Impossible, match=r"no button 'No'[^$]*bot: New\n    \[Yes, please\]"):
        mei.press("No")


async def test_links_and_words_to_copy_are_given_back(sandbox: Sandbox, call: Caller) -> None:
    mei = sandbox.open_phone()
    mei.start()
    row = [
        {"text": "Site", "url": "https://a.bc/x"},
        {"text": "Copy", "copy_text": {"text": "1234"}},
    ]
    markup = {"inline_keyboard": [row]}
    await call("sendMessage", chat_id=mei.id, text="Hi", reply_markup=markup)
    assert (mei.press("Site"), mei.press("Copy")) == ("https://a.bc/x", "1234")


async def test_a_transcript_shows_both_sides_and_both_keyboards(
    sandbox: Sandbox, call: Caller
) -> None:
    mei = sandbox.open_phone(first_name="Mei")
    mei.start()
    await call("sendMessage", chat_id=mei.id, text="Menu", reply_markup={"keyboard": [["A", "B"]]})
    await call("sendMessage", chat_id=mei.id, text="Well?", reply_markup=KEYBOARD)
    assert mei.transcript() == (
        "Mei: /start\nbot: Menu\nbot: Well?\n    [Yes, please]\nkeyboard: (A) (B)"
    )


async def test_long_words_are_split_as_apps_do_and_own_words_can_change(
    sandbox: Sandbox, call: Caller
) -> None:
    mei = sandbox.open_phone()
    mei.start()
    mei.say("x" * 5000)
    mei.edit(1, "/start over")
    updates = (await call("getUpdates"))[1:]
    assert [len(u["message"]["text"]) for u in updates[:2]] == [4096, 904]
    assert updates[2]["edited_message"]["text"] == "/start over"
    mei.delete(1)
    assert mei.messages[0].message_id == 2
