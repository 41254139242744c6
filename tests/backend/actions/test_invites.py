"""Invites let somebody in exactly once."""

import asyncio
from datetime import date, datetime, timedelta

import pytest

from backend.actions import accounts, delivery, invites
from backend.domain.access import Role, Underage
from backend.domain.errors import AlreadyRegistered, InviteRefused
from backend.store.models import Account, AuditEntry, Invite, Person, RoleGrant
from tests.builders import (
    STONE_BRIDGE,
    TOWNSHIP,
    WILLOW,
    a_household,
    a_person,
    an_account,
    li_na,
    wang_xiuying,
    zhao_ming,
)
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")


async def refusal(token: str, chat: int, now: datetime) -> str:
    with pytest.raises(InviteRefused) as refused:
        await invites.redeem(token, chat, now=now)
    return refused.value.reason


async def test_the_greeting_says_who_invites_whom_to_which_village(now: datetime) -> None:
    zhao = await zhao_ming()
    house = await a_household(cadre_id=zhao.person_id)
    chen = await a_person("欧阳兰", household_id=house.id)
    token = await invites.create(Role.RESIDENT, WILLOW, person_id=chen.id, now=now)
    view = await invites.look(token, now=now)
    assert (view.township.name, view.village.name) == ("青溪镇", "柳树村")
    assert view.cadre is not None
    assert view.cadre.name == "赵明"
    assert view.salutation is not None
    assert (view.salutation.called, view.salutation.sex) == ("欧阳", "female")


async def test_a_token_fits_a_deep_link_and_is_kept_nowhere(now: datetime) -> None:
    li = await li_na()
    token = await invites.create(Role.RESIDENT, STONE_BRIDGE, person_id=li.id, now=now)
    assert 22 <= len(token) <= 64
    assert token.replace("-", "").replace("_", "").isalnum()
    row = await Invite.get()
    assert token not in row.token_digest


async def test_who_redeems_is_bound_and_confirmed(now: datetime) -> None:
    li = await li_na()
    await an_account(5, locale="en")
    token = await invites.create(Role.RESIDENT, STONE_BRIDGE, person_id=li.id, now=now)
    redeemed = await invites.redeem(token, 5, now=now)
    assert redeemed.person_id == li.id
    visitor = await accounts.meet(5, "zh_CN", now=now)
    assert (visitor.person_id, visitor.person_state) == (li.id, "confirmed")
    assert await AuditEntry.filter(action="invite_redeemed", subject_id=li.id).exists()


async def test_one_invite_lets_in_one_of_many_who_try_at_once(now: datetime) -> None:
    li = await li_na()
    for chat in range(10, 30):
        await an_account(chat)
    token = await invites.create(Role.RESIDENT, STONE_BRIDGE, person_id=li.id, now=now)
    tries = (invites.redeem(token, chat, now=now) for chat in range(10, 30))
    results = await asyncio.gather(*tries, return_exceptions=True)
    refused = [result for result in results if isinstance(result, InviteRefused)]
    assert (len(refused), {error.reason for error in refused}) == (19, {"used"})
    assert await Account.filter(person_id=li.id).count() == 1


async def test_expired_revoked_and_unknown_invites_let_nobody_in(now: datetime) -> None:
    li = await li_na()
    await an_account(5)
    older = await invites.create(Role.RESIDENT, STONE_BRIDGE, person_id=li.id, now=now)
    newer = await invites.create(Role.RESIDENT, STONE_BRIDGE, person_id=li.id, now=now)
    assert await refusal(older, 5, now) == "revoked"
    assert await refusal("A" * 22, 5, now) == "unknown"
    assert await refusal(newer, 5, now + timedelta(days=90)) == "expired"
    assert (await invites.redeem(newer, 5, now=now + timedelta(days=89))).person_id == li.id


async def test_a_chat_of_somebody_else_does_not_use_up_the_invite(now: datetime) -> None:
    wang = await wang_xiuying(chat=5)
    li = await li_na()
    token = await invites.create(Role.RESIDENT, STONE_BRIDGE, person_id=li.id, now=now)
    with pytest.raises(AlreadyRegistered):
        await invites.redeem(token, 5, now=now)
    await an_account(6)
    assert (await invites.redeem(token, 6, now=now)).person_id == li.id
    assert (await Account.get(tg_id=5)).person_id == wang.id


async def test_a_girl_is_not_let_in_and_the_invite_stays(now: datetime) -> None:
    girl = await a_person("王小雨", birth_date=date(2008, 11, 24))
    await an_account(5)
    token = await invites.create(Role.RESIDENT, WILLOW, person_id=girl.id, now=now)
    with pytest.raises(Underage):
        await invites.redeem(token, 5, now=now)
    tomorrow = now + timedelta(days=1)
    assert (await invites.redeem(token, 5, now=tomorrow)).person_id == girl.id


async def test_a_cadres_invite_makes_the_person_and_grants_the_role(now: datetime) -> None:
    await li_na()
    await an_account(5)
    token = await invites.create(Role.CADRE, STONE_BRIDGE, name="周敏", now=now)
    redeemed = await invites.redeem(token, 5, now=now)
    assert (await Person.get(id=redeemed.person_id)).name == "周敏"
    grant = await RoleGrant.get()
    assert (grant.person_id, grant.role, grant.region_code) == (
        redeemed.person_id,
        "cadre",
        STONE_BRIDGE,
    )


async def test_a_resident_who_becomes_an_officer_stays_the_same_person(now: datetime) -> None:
    wang = await wang_xiuying(chat=5)
    token = await invites.create(Role.OFFICER, TOWNSHIP, name="王秀英", now=now)
    assert (await invites.redeem(token, 5, now=now)).person_id == wang.id
    assert (await accounts.meet(5, "zh_CN", now=now)).roles == {Role.RESIDENT, Role.OFFICER}


async def test_a_new_phone_takes_the_person_along(now: datetime) -> None:
    wang = await wang_xiuying(chat=5)
    await an_account(6)
    token = await invites.create(Role.RESIDENT, WILLOW, person_id=wang.id, now=now)
    await invites.redeem(token, 6, now=now)
    assert [account.tg_id for account in await Account.filter(person_id=wang.id)] == [6]


async def test_nothing_claimed_before_goes_to_the_former_phone(now: datetime) -> None:
    wang = await wang_xiuying(chat=5)
    await an_account(6)
    await a_send(5, now=now, person_id=wang.id)
    [message] = await delivery.claim(77, now=now, limit=1)
    token = await invites.create(Role.RESIDENT, WILLOW, person_id=wang.id, now=now)
    await invites.redeem(token, 6, now=now)
    assert await delivery.intend([message], now=now) == [False]


async def test_a_villages_sheet_has_everyone_without_a_chat_and_replaces_older_sheets(
    now: datetime,
) -> None:
    await wang_xiuying()
    chen = await a_person("陈静")
    zhou = await a_person("周敏")
    await li_na()
    first = await invites.for_village(WILLOW, now=now)
    second = await invites.for_village(WILLOW, now=now)
    assert {invite.person_id for invite in second} == {chen.id, zhou.id}
    assert [invite.name for invite in second] == sorted(["陈静", "周敏"])
    await an_account(5)
    assert await refusal(first[0].token, 5, now) == "revoked"
    assert (await invites.redeem(second[0].token, 5, now=now)).person_id == second[0].person_id
