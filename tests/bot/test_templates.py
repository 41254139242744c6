"""Messages of the outbox: discreet words, and a word more when one may repeat."""

from dataclasses import replace

import pytest

from backend.actions.accounts import Visitor
from backend.actions.delivery import Message
from backend.clock import FrozenClock
from backend.domain.delivery import Kind, Outcome
from backend.i18n import locales, translator
from bot.buttons import Screen
from bot.send import Courier
from bot.templates import TEMPLATES
from bot.viewer import Office, Viewer
from tests.bot.conftest import Town
from tests.builders import an_account

pytestmark = pytest.mark.usefixtures("database")
OWN = ("reminder", "registration_confirmed", "registration_refused")


def seen_by(clock: FrozenClock, locale: str) -> Viewer:
    """Somebody with a chat who hides contents, as everybody does at first."""
    visitor = Visitor(1, locale, "active", person_id=7)
    return Viewer(1, visitor, translator(locale), clock.local(), Office("bot"))


def message(template: str) -> Message:
    """A claimed message."""
    return Message(1, Kind.REMINDER, 7, 1, template, "12", 1, 0, "token")


async def written(clock: FrozenClock, template: str, *, locale: str = "zh_CN") -> Screen:
    """What the message shows by itself."""
    return await TEMPLATES[template](seen_by(clock, locale), message(template))


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("template", OWN)
async def test_a_message_is_protected_and_has_one_button(
    clock: FrozenClock, template: str, locale: str
) -> None:
    screen = await written(clock, template, locale=locale)
    assert screen.is_protected, "what its button opens comes in its place"
    assert [len(row) for row in screen.rows] == [1]


async def test_a_reminder_says_only_that_there_is_one(clock: FrozenClock) -> None:
    assert (await written(clock, "reminder")).text == "🔔 您有一条新提醒。"
    english = await written(clock, "reminder", locale="en")
    assert english.text == "🔔 You have a new reminder."


@pytest.mark.parametrize(
    ("language_code", "said"),
    [("zh-hans", "\n（这条您可能已经收到过。）"), ("en", "\n(You may have got this before.)")],
)
async def test_whatever_may_have_come_before_says_so(
    town: Town, language_code: str, said: str
) -> None:
    phone = town.phone(language_code=language_code)
    phone.start()
    await town.settle()
    courier = Courier(town.service.walk.bot, town.service.desk, TEMPLATES)
    for template in ("reminder", "broadcast_answered", "move_news", "cadre_alert", "desk_news"):
        once = replace(message(template), chat_id=phone.id)
        await courier.send(once)
        text = phone.screen.text
        await courier.send(replace(once, ambiguities=1))
        assert phone.screen.text == text + said


@pytest.mark.parametrize(("tries", "outcome"), [(0, Outcome.NOT_WRITTEN), (8, Outcome.BAD_REQUEST)])
async def test_what_could_not_be_written_comes_again_a_few_times(
    town: Town, tries: int, outcome: Outcome
) -> None:
    async def broken(_viewer: Viewer, _message: Message) -> Screen:
        raise ConnectionError("the database is away")

    courier = Courier(town.service.walk.bot, town.service.desk, {"reminder": broken})
    await an_account(1)
    attempt = await courier.send(replace(message("reminder"), tries=tries))
    assert attempt.outcome is outcome
