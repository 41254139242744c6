"""Whom a complaint is sealed to: never those named, never their line of command."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.complaints import Category
from backend.domain.desk import (
    NOBODY,
    About,
    DeskClosed,
    DeskKey,
    Level,
    Unit,
    is_named,
    is_open,
    level_of,
    recipients,
)

HE_FANG = DeskKey(1, Level.COUNTY, "县妇联", "何芳")
LIN_LAN = DeskKey(2, Level.COUNTY, "县妇联", "林岚")
ZHOU_MIN = DeskKey(3, Level.TOWNSHIP, "青溪镇投诉窗口", "周敏")
WU_XIA = DeskKey(4, Level.TOWNSHIP, "青溪镇投诉窗口", "吴霞")
SUN_LI = DeskKey(5, Level.TOWNSHIP, "青溪镇投诉窗口", "孙丽", is_in_command=True)
RECOVERY = DeskKey(9, Level.RECOVERY, "市档案馆")
ALL = (HE_FANG, LIN_LAN, ZHOU_MIN, WU_XIA, SUN_LI, RECOVERY)
ABOVE = {HE_FANG, LIN_LAN, RECOVERY}


@pytest.mark.parametrize(
    ("about", "category", "expected"),
    [
        # nobody named: the township's own desk, and the recovery key as always
        (NOBODY, Category.CHARGED, {ZHOU_MIN, WU_XIA, SUN_LI, RECOVERY}),
        # somebody named: whoever is in the line of command stays out
        (About(unit=Unit.VILLAGE), Category.CHARGED, {ZHOU_MIN, WU_XIA, RECOVERY}),
        (About(words="赵明"), Category.CONDUCT, {ZHOU_MIN, WU_XIA, RECOVERY}),
        # a holder named: she is out, and as one is too few, the county is in
        (About(words="窗口的周敏"), Category.CONDUCT, {WU_XIA} | ABOVE),
        (About(words="周 敏"), None, {WU_XIA} | ABOVE),
        # the township named: only the county
        (About(unit=Unit.TOWNSHIP), None, ABOVE),
        (About(unit=Unit.CLINIC), None, ABOVE),
        (About(words="镇政府"), None, ABOVE),
        (About(words="青溪镇投诉窗口"), None, ABOVE),
        (About(words="THE TOWNSHIP office"), None, ABOVE),
        # coercion goes up whoever is named
        (NOBODY, Category.COERCED, ABOVE),
        # one of the county named: the other one reads it
        (About(words="县妇联的何芳和镇里"), None, {LIN_LAN, RECOVERY}),
        (About(words="何芳、镇里"), None, {LIN_LAN, RECOVERY}),
    ],
)
def test_a_complaint_goes_to_those_who_have_nothing_to_do_with_it(
    about: About, category: Category | None, expected: set[DeskKey]
) -> None:
    assert set(recipients(ALL, about, category)) == expected


def test_two_keys_above_and_the_recovery_key_open_the_desk() -> None:
    assert is_open([HE_FANG, LIN_LAN, RECOVERY])
    for too_few in ([HE_FANG, RECOVERY], [HE_FANG, LIN_LAN], [ZHOU_MIN, WU_XIA, RECOVERY], []):
        assert not is_open(too_few)
        with pytest.raises(DeskClosed):
            recipients(too_few, NOBODY, None)


NAMES = st.sampled_from(
    ["何芳", "林岚", "周敏", "吴霞", "孙丽", "赵明", "", "镇里", "县妇联", "她"]
)


@settings(max_examples=2000, deadline=None)
@given(st.lists(NAMES, max_size=4), st.sampled_from([None, *Unit]), st.sets(st.sampled_from(ALL)))
def test_whoever_is_named_is_out_unless_nobody_else_is_left(
    words: list[str], unit: Unit | None, more: set[DeskKey]
) -> None:
    keys = [*{HE_FANG, LIN_LAN, RECOVERY} | more]
    about = About(unit, "、".join(words))
    chosen = recipients(keys, about, None)
    assert RECOVERY in chosen
    assert len(chosen) >= 2
    for key in chosen:
        assert not (key.level is Level.TOWNSHIP and is_named(key, about))
        assert not (key.level is Level.TOWNSHIP and key.is_in_command and about.is_somebody)
    accused = [key for key in (HE_FANG, LIN_LAN) if key.holder in about.words]
    if len(accused) < 2:
        assert not set(accused) & set(chosen)


def test_a_region_with_six_zeros_is_a_county() -> None:
    assert level_of("330000000000") is Level.COUNTY
    assert level_of("330000100000") is Level.TOWNSHIP
