"""One update is one turn: pressed twice, handed in twice, refused by Telegram, broken half-way."""

import asyncio
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from telegram import Update

from backend.actions.dialogs import Answers
from backend.i18n import translator
from backend.store.models import Dialog, Region, Send
from backend.store.sql import execute
from bot.buttons import Button, Screen
from bot.dialogs import Conversation, Dialogs, Given, Move, Pressed, Step, Typed, enter, finish, go
from bot.sandbox.bubble import Bubble
from bot.sandbox.faults import Fault
from bot.sandbox.phone import Phone
from bot.service import assembled
from bot.viewer import Viewer
from tests.bot.conftest import Town

say = translator("zh_CN")._
OUT_OF_DATE = say("This one is out of date. Here is the newest.")
APOLOGY = say("Something went wrong here. What you did before is kept. Try again.")
BACK, CANCEL = say("⬅ Back"), say("✖ Cancel")
EDIT, SEND = "editMessageText", "sendMessage"
_codes: Iterator[int] = count(410000000001)
_update_ids = count(4_000_000_001)


async def ask_home(_viewer: Viewer, _answers: Answers) -> Screen:
    """The menu of a noodle shop."""
    return Screen("What may it be?", ((Button("🍜 Order", "order"),),), is_page=True)


async def take_home(_viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Begin an order."""
    return enter("order") if given == Pressed("order") else Move(hint="Only noodles here.")


async def ask_dish(_viewer: Viewer, _answers: Answers) -> Screen:
    """Which dish."""
    return Screen("Which dish?", ((Button("🍜 Noodles", "noodles"), Button("Bomb", "bomb")),))


async def take_dish(_viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Take the dish; one of them breaks the kitchen after it was written down."""
    if given == Pressed("bomb"):
        await write_down("bomb")
        raise RuntimeError("the kitchen broke")
    return go("count", dish=given.value) if isinstance(given, Pressed) else Move(hint="Press one.")


async def ask_count(_viewer: Viewer, answers: Answers) -> Screen:
    """How many of it."""
    return Screen(f"How many {answers['dish']}?", ((Button("One", "1"),),))


async def take_count(_viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Take the number and write the order down."""
    number = given.value if isinstance(given, Pressed) else ""
    if isinstance(given, Typed) and given.text.isdecimal():
        number = given.text
    if not number:
        return Move(hint="Digits, please.")
    await write_down(f"{number} {answers['dish']}")
    return finish("done", toast="Coming!")


async def ask_done(_viewer: Viewer, _answers: Answers) -> Screen:
    """The order is on its way."""
    return Screen("It is being cooked.", is_page=True)


async def take_done(_viewer: Viewer, _answers: Answers, _given: Given) -> Move:
    """Nothing more to say."""
    return Move()


SHOP = Dialogs(
    (
        Conversation("home", (Step("menu", ask_home, take_home),)),
        Conversation("welcome", (Step("menu", ask_home, take_home),)),
        Conversation(
            "order",
            (
                Step("dish", ask_dish, take_dish),
                Step("count", ask_count, take_count),
                Step("done", ask_done, take_done),
            ),
            counted=("dish", "count"),
        ),
    ),
    home="home",
)


def number_orders(numbers: Iterator[int]) -> None:
    """Have another process number its orders apart from this one's."""
    global _codes
    _codes = numbers


async def write_down(order: str) -> None:
    """Write an order where a rollback would undo it."""
    await Region.create(code=str(next(_codes)), name=order)


async def orders() -> list[str]:
    """What was written down."""
    return [row.name for row in await Region.filter(code__startswith="41").order_by("code")]


@pytest.fixture
async def shop(town: Town) -> Town:
    """A town whose bot takes orders for noodles."""
    town.service.desk.dialogs = SHOP
    return town


@pytest.fixture
async def guest(shop: Town) -> Phone:
    """Somebody who looks at the menu."""
    phone = shop.phone()
    phone.start()
    await phone.until("What may it be?")
    await shop.settle()
    return phone


async def choosing(shop: Town, guest: Phone) -> Bubble:
    """Let the guest be asked how many noodles."""
    for label, expected in (("Order", "Which dish?"), ("Noodles", "How many noodles?")):
        guest.press(label)
        await guest.until(expected)
    await shop.settle()
    return guest.screen


def from_bot(phone: Phone) -> list[str]:
    """The texts of all that the bot has written, oldest first."""
    return [bubble.text for bubble in phone.messages if bubble.from_bot]


def callback_of(bubble: Bubble, label: str) -> str:
    """The callback data of a button."""
    buttons = [button for row in bubble.buttons for button in row]
    return str(next(one["callback_data"] for one in buttons if label in one["text"]))


def typed_update(shop: Town, phone: Phone, text: str) -> Update:
    """An update as Telegram hands it in, to be handed in as often as wanted."""
    chat = {"id": phone.id, "type": "private", "first_name": "秀英"}
    sender = {"id": phone.id, "is_bot": False, "first_name": "秀英", "language_code": "zh-hans"}
    message: dict[str, Any] = {"message_id": 99_000, "date": 1_800_000_000, "text": text}
    update = {"update_id": next(_update_ids), "message": message | {"chat": chat, "from": sender}}
    return Update.de_json(update, shop.service.walk.bot)


async def test_steps_are_counted_and_edited_into_one_message(shop: Town, guest: Phone) -> None:
    asked = await choosing(shop, guest)
    assert asked.text == say("Step {step} of {steps}").format(step=2, steps=2) + (
        "\nHow many noodles?"
    )
    assert asked.labels == ["One", BACK, CANCEL]
    guest.press("One")
    await guest.until("being cooked")
    assert (guest.toast, await orders()) == ("Coming!", ["1 noodles"])
    assert from_bot(guest) == ["It is being cooked."]


async def test_a_double_tap_has_one_effect_and_shows_where_it_led(shop: Town, guest: Phone) -> None:
    asked = await choosing(shop, guest)
    for _ in range(3):
        guest.press_at(asked.message_id, 0, 0)
    await shop.settle()
    assert await orders() == ["1 noodles"]
    assert from_bot(guest) == ["It is being cooked."]


async def test_an_old_button_opens_the_newest_screen_instead(shop: Town, guest: Phone) -> None:
    old = guest.screen
    data = callback_of(old, "Order")
    guest.say("/menu")
    await guest.until("What may it be?")
    await shop.settle()
    assert [bubble.labels for bubble in guest.messages if bubble.message_id == old.message_id] == [
        []
    ]
    guest.press_inaccessible(old.message_id, data)
    await shop.settle()
    assert guest.toast == OUT_OF_DATE
    assert from_bot(guest) == ["What may it be?"] * 3
    assert guest.screen.labels == ["🍜 Order"]


async def test_a_button_nobody_made_is_an_old_one(shop: Town, guest: Phone) -> None:
    guest.press_inaccessible(guest.screen.message_id + 500, "s9999:drop table")
    await shop.settle()
    assert guest.toast == OUT_OF_DATE


async def test_the_same_update_twice_has_one_effect(shop: Town, guest: Phone) -> None:
    await choosing(shop, guest)
    update = typed_update(shop, guest, "3")
    for _ in range(3):
        await shop.service.turns.take(update)
    await shop.settle()
    assert await orders() == ["3 noodles"]
    assert from_bot(guest)[-1] == "It is being cooked."
    assert from_bot(guest).count("It is being cooked.") == 1


async def test_two_processes_that_take_a_step_at_once_take_it_once(
    shop: Town, guest: Phone
) -> None:
    await choosing(shop, guest)
    other = await assembled(shop.service.config, shop.clock, asyncio.Event())
    other.desk.dialogs = SHOP
    await other.walk.initialize()
    turns = (shop.service.turns, other.turns)
    updates = [typed_update(shop, guest, "2") for _ in turns]
    await asyncio.gather(*(one.take(update) for one, update in zip(turns, updates, strict=True)))
    await other.turns.settle()
    await other.walk.shutdown()
    await shop.settle()
    assert await orders() == ["2 noodles"]
    assert not any(APOLOGY in text for text in from_bot(guest))
    assert (await Dialog.get(chat_id=guest.id)).step == "done"


async def test_what_fails_is_undone_and_apologised_for(shop: Town, guest: Phone) -> None:
    guest.press("Order")
    await guest.until("Which dish?")
    guest.press("Bomb")
    sorry = await guest.until(APOLOGY)
    assert sorry.text == f"{APOLOGY}\n\nWhat may it be?"
    assert await orders() == []
    guest.press("Order")
    await guest.until("Which dish?")


async def test_back_leads_to_the_step_before_and_cancel_home(shop: Town, guest: Phone) -> None:
    await choosing(shop, guest)
    guest.press(BACK)
    asked = await guest.until("Which dish?")
    assert BACK not in asked.labels
    guest.press(CANCEL)
    home = await guest.until("What may it be?")
    assert home.text.startswith(say("Cancelled. Nothing was changed."))
    assert await orders() == []


@pytest.mark.parametrize("words", ["🍜 Noodles", "noodles", "  NOODLES ", "noodles!"])
async def test_typing_a_buttons_words_presses_it(shop: Town, guest: Phone, words: str) -> None:
    guest.press("Order")
    await guest.until("Which dish?")
    guest.say(words)
    await guest.until("How many noodles?")


async def test_words_that_fit_nothing_are_asked_again_with_a_hint(shop: Town, guest: Phone) -> None:
    await choosing(shop, guest)
    guest.say("many")
    again = await guest.until("Digits, please.")
    assert again.text.endswith("How many noodles?")
    guest.say("2")
    await guest.until("being cooked")
    assert await orders() == ["2 noodles"]


async def test_a_429_on_an_edit_shuts_the_gate_and_the_edit_comes_later(
    shop: Town, guest: Phone
) -> None:
    shop.sandbox.faults.add(Fault(EDIT, status=429, description="Too Many", retry_after=20))
    guest.press("Order")
    await shop.settle()
    calls = shop.sandbox.calls
    await shop.pass_time(seconds=12)
    assert (shop.sandbox.calls, from_bot(guest)) == (calls, ["What may it be?"])
    await shop.pass_time(seconds=10)
    assert len(from_bot(guest)) == 1
    assert "Which dish?" in guest.screen.text


@pytest.mark.parametrize(
    "fault",
    [Fault(EDIT, drop=True), Fault(EDIT, drop=True, after=True), Fault(EDIT, status=502)],
    ids=["lost before", "lost after", "bad gateway"],
)
async def test_an_edit_whose_fate_is_unclear_is_made_again_in_place(
    shop: Town, guest: Phone, fault: Fault
) -> None:
    shop.sandbox.faults.add(fault)
    guest.press("Order")
    await shop.settle()
    await shop.pass_time(seconds=15)
    assert len(from_bot(guest)) == 1
    assert "Which dish?" in guest.screen.text
    assert (await Dialog.get(chat_id=guest.id)).shown_version == 2


async def test_where_the_message_is_gone_the_screen_comes_anew(shop: Town, guest: Phone) -> None:
    menu = guest.screen
    guest.delete(menu.message_id)
    guest.press_inaccessible(menu.message_id, callback_of(menu, "Order"))
    asked = await guest.until("Which dish?")
    assert asked.message_id > menu.message_id
    guest.press("Noodles")
    await guest.until("How many noodles?")


@pytest.mark.parametrize("arrives", [False, True])
async def test_a_screen_that_may_be_lost_is_sent_once_more_and_never_again(
    shop: Town, guest: Phone, arrives: bool
) -> None:
    shop.sandbox.faults.add(Fault(SEND, drop=True, after=arrives))
    guest.say("what?")
    await shop.settle()
    for _ in range(4):
        await shop.pass_time(seconds=15)
    assert len(from_bot(guest)) == 2 + arrives
    assert from_bot(guest)[-1].startswith("Only noodles here.")
    rows = await Send.filter(chat_id=guest.id).order_by("id")
    assert [row.state for row in rows] == ["sent", "unknown", "sent"]


async def test_only_the_newest_screen_is_sent_once_the_gate_opens(shop: Town, guest: Phone) -> None:
    shop.sandbox.faults.add(Fault(SEND, status=429, description="Too Many", retry_after=30))
    for words in ("one", "two", "three"):
        guest.say(words)
        await shop.settle()
    assert len(from_bot(guest)) == 1
    await shop.pass_time(seconds=31)
    assert len(from_bot(guest)) == 2
    rows = Send.filter(chat_id=guest.id, state__in=("queued", "claimed"))
    assert await rows.count() == 0


async def test_a_blocked_chat_is_not_called_any_more(shop: Town, guest: Phone) -> None:
    await choosing(shop, guest)
    guest.say("many")
    guest.block()
    await shop.settle()
    calls = shop.sandbox.calls
    await shop.pass_time(seconds=60)
    assert shop.sandbox.calls == calls
    guest.unblock()
    guest.say("/menu")
    await guest.until("What may it be?")


async def test_an_update_that_can_never_be_answered_holds_up_nobody(shop: Town) -> None:
    phone = shop.phone()
    phone.start()
    await shop.settle()
    await execute("UPDATE dialog SET answers_sealed = $1", b"broken")
    phone.say("hello again")
    await shop.settle()
    assert len(shop.sandbox.world.updates) == 0
