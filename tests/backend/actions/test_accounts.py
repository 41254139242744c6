"""Meeting, stopping, being blocked and coming back."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from backend.actions import accounts
from backend.domain.access import Held, Role
from backend.store.models import Account, Send
from tests.builders import WANG_XIUYING_CHAT, WILLOW, ZHAO_MING_CHAT, wang_xiuying, zhao_ming
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")


async def test_a_stranger_is_entered_once_with_nothing_but_the_chat(now: datetime) -> None:
    first = await accounts.meet(77, "en", now=now)
    again = await accounts.meet(77, "zh_CN", now=now)
    assert first == again
    assert (again.locale, again.state, again.person_id, again.actor) == ("en", "active", None, None)
    assert await Account.all().count() == 1


async def test_a_cadre_is_met_with_her_roles(now: datetime) -> None:
    zhao = await zhao_ming()
    visitor = await accounts.meet(ZHAO_MING_CHAT, "zh_CN", now=now)
    assert visitor.roles == {Role.RESIDENT, Role.CADRE}
    assert visitor.actor == zhao
    assert zhao.held == (Held(Role.CADRE, WILLOW),)


async def test_a_chosen_language_holds_for_the_chat_and_for_what_is_sent(now: datetime) -> None:
    wang = await wang_xiuying()
    await accounts.set_locale(WANG_XIUYING_CHAT, "en")
    await wang.refresh_from_db()
    assert (wang.locale, (await accounts.meet(WANG_XIUYING_CHAT, "zh_CN", now=now)).locale) == (
        "en",
        "en",
    )


async def test_stop_cancels_what_is_queued_for_that_chat_only(now: datetime) -> None:
    await a_send(WANG_XIUYING_CHAT, now=now)
    await a_send(ZHAO_MING_CHAT, now=now)
    await wang_xiuying()
    await accounts.stop_all(WANG_XIUYING_CHAT, now=now)
    states = {send.chat_id: send.state for send in await Send.all()}
    assert states == {WANG_XIUYING_CHAT: "cancelled", ZHAO_MING_CHAT: "queued"}


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        ("active", accounts.mark_blocked, "blocked"),
        ("active", accounts.mark_deactivated, "deactivated"),
        ("blocked", accounts.came_back, "active"),
        ("deactivated", accounts.came_back, "active"),
        ("stopped", accounts.came_back, "stopped"),
        ("stopped", accounts.resume, "active"),
        ("blocked", accounts.resume, "blocked"),
    ],
)
async def test_an_account_moves_between_its_states(
    now: datetime, before: str, verb: Callable[..., Awaitable[None]], after: str
) -> None:
    await wang_xiuying()
    await Account.filter(tg_id=WANG_XIUYING_CHAT).update(state=before)
    await verb(WANG_XIUYING_CHAT, now=now)
    assert (await accounts.meet(WANG_XIUYING_CHAT, "zh_CN", now=now)).state == after
