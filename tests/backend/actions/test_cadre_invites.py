"""Inviting cadres: within the township only, seen by its officers, taken back while unused."""

from datetime import datetime, timedelta

import pytest

from backend.actions import cadre_invites, invites
from backend.domain.access import Actor, Held, NotAllowed, Role
from backend.domain.errors import InviteRefused, WrongValue
from backend.store.models import AuditEntry
from tests.builders import WILLOW, an_account, sun_li, zhao_ming

pytestmark = pytest.mark.usefixtures("database")


async def test_an_invite_brings_a_cadre_for_that_village(now: datetime) -> None:
    officer = await sun_li()
    token = await cadre_invites.invite_cadre(officer, WILLOW, " 李 雷 ", now=now)
    [listed] = await cadre_invites.list_for(officer, now=now)
    assert (listed.name, listed.village.name, listed.state) == ("李雷", "柳树村", "waiting")
    await an_account(4711)
    redeemed = await invites.redeem(token, 4711, now=now)
    assert (redeemed.role, redeemed.region_code) == (Role.CADRE, WILLOW)
    [listed] = await cadre_invites.list_for(officer, now=now)
    assert listed.state == "used"
    with pytest.raises(InviteRefused):
        await cadre_invites.revoke(officer, listed.invite_id, now=now)


async def test_what_was_taken_back_lets_nobody_in_and_is_audited(now: datetime) -> None:
    officer = await sun_li()
    token = await cadre_invites.invite_cadre(officer, WILLOW, "李雷", now=now)
    [listed] = await cadre_invites.list_for(officer, now=now)
    await cadre_invites.revoke(officer, listed.invite_id, now=now)
    await an_account(4711)
    with pytest.raises(InviteRefused):
        await invites.redeem(token, 4711, now=now)
    actions = [row.action for row in await AuditEntry.filter(actor_id=officer.person_id)]
    assert actions == ["invite_created", "invite_revoked"]


async def test_an_old_invite_is_listed_as_too_old(now: datetime) -> None:
    officer = await sun_li()
    await cadre_invites.invite_cadre(officer, WILLOW, "李雷", now=now)
    [listed] = await cadre_invites.list_for(officer, now=now + timedelta(days=90))
    assert listed.state == "expired"


async def test_nobody_but_an_officer_of_the_township_invites_lists_or_takes_back(
    now: datetime,
) -> None:
    officer = await sun_li()
    await cadre_invites.invite_cadre(officer, WILLOW, "李雷", now=now)
    [listed] = await cadre_invites.list_for(officer, now=now)
    for other in (await zhao_ming(), Actor(5, (Held(Role.OFFICER, "330000200000"),))):
        with pytest.raises(NotAllowed):
            await cadre_invites.invite_cadre(other, WILLOW, "李雷", now=now)
        with pytest.raises(NotAllowed):
            await cadre_invites.revoke(other, listed.invite_id, now=now)
        assert await cadre_invites.list_for(other, now=now) == []


async def test_what_is_no_name_is_not_taken(now: datetime) -> None:
    with pytest.raises(WrongValue):
        await cadre_invites.invite_cadre(await sun_li(), WILLOW, "12345", now=now)
