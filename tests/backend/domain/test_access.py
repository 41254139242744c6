"""Who may do what to whose row, over every role, act and place."""

from datetime import date
from itertools import product

import pytest

from backend.domain.access import Act, Actor, Held, Role, Subject, is_underage, may

HERE, NEXT, TOWN, OTHER_TOWN = "330000100001", "330000100002", "330000100000", "330000200000"
WANG, ZHAO, OTHER_CADRE = 1, 2, 3
OWN = {Act.VIEW, Act.OPEN_CONTACT, Act.CHANGE, Act.ERASE, Act.EXPORT}
STAFF = {Act.VIEW, Act.OPEN_CONTACT, Act.CHANGE, Act.CONFIRM, Act.INVITE, Act.WORK}


def allowed(actor: Actor, cadre_id: int | None = None) -> set[Act]:
    """Every act an actor may do to 王秀英, whose household has that cadre."""
    return {act for act in Act if may(actor, act, Subject(WANG, HERE, cadre_id))}


def test_she_herself_may_do_everything_but_what_is_the_offices() -> None:
    assert allowed(Actor(WANG)) == OWN
    assert allowed(Actor(WANG, (Held(Role.CADRE, HERE),))) == OWN
    assert allowed(Actor(WANG, (Held(Role.OFFICER, TOWN),))) == OWN, "no task about oneself"


@pytest.mark.parametrize(
    ("held", "cadre_id", "expected"),
    [
        (Held(Role.CADRE, HERE), None, STAFF),
        (Held(Role.CADRE, HERE), ZHAO, STAFF),
        (Held(Role.CADRE, HERE), OTHER_CADRE, set()),
        (Held(Role.CADRE, NEXT), None, set()),
        (Held(Role.CADRE, NEXT), ZHAO, set()),
        (Held(Role.CADRE, TOWN), None, STAFF),
        (Held(Role.OFFICER, TOWN), OTHER_CADRE, STAFF),
        (Held(Role.OFFICER, HERE), OTHER_CADRE, STAFF),
        (Held(Role.OFFICER, NEXT), None, set()),
        (Held(Role.OFFICER, OTHER_TOWN), None, set()),
    ],
)
def test_officials_act_where_they_are_in_charge(
    held: Held, cadre_id: int | None, expected: set[Act]
) -> None:
    assert allowed(Actor(ZHAO, (held,)), cadre_id) == expected


@pytest.mark.parametrize(
    ("role", "region"), [*product((Role.DESK, Role.AUDITOR, Role.RESIDENT), (HERE, TOWN))]
)
def test_other_roles_see_nobody(role: Role, region: str) -> None:
    assert allowed(Actor(ZHAO, (Held(role, region),))) == set()


@pytest.mark.parametrize(
    ("birth_date", "birth_year", "expected"),
    [
        (date(2008, 11, 24), None, True),
        (date(2008, 11, 23), None, False),
        (date(2008, 2, 29), 2020, False),
        (None, 2009, True),
        (None, 2008, False),
        (None, None, False),
    ],
)
def test_under_18_by_the_birthday_else_by_the_year_alone(
    birth_date: date | None, birth_year: int | None, expected: bool
) -> None:
    assert is_underage(birth_date, birth_year, date(2026, 11, 23)) is expected
