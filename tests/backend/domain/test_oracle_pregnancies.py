"""What named women are shown from the day before the last period, day by day.

The days were worked out by hand from the sources (`domain.md` sections 2, 4 and 7), not from the
calendars: each line says on which days a service is shown, and it is shown on no other. Where the
sources give no end, the note says "ours".
"""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from backend.domain.schedule import plan
from scripts.plan import main, read_facts
from tests.backend.domain.oracles import WORKED_OUT, Life, expected, known_on, shown

MATERNAL = ["maternal"]
MOTHER_AND_CHILD = ["maternal", "child", "contraception"]


def woman(*events: object, topics: list[str], **more: object) -> Life:
    """A woman of 29 who enrolled in January."""
    return {
        "sex": "female",
        "birth_date": "1996-04-12",
        "enrolled_on": "2025-01-01",
        "calendar": "nbphs2017",
        "topics": topics,
        "events": list(events),
    } | more


def pregnant(lmp: str, **more: object) -> dict[str, object]:
    """A pregnancy by its last period."""
    return {"kind": "pregnancy", "lmp": lmp} | more


def on(kind: str, day: str, **more: object) -> dict[str, object]:
    """An event of a day."""
    return {"kind": kind, "on": day} | more


# 王秀英 carries her first child to 39+5.
WANG = woman(
    pregnant("2026-05-03"),
    on("birth", "2027-02-05", mode="vaginal"),
    on("discharge", "2027-02-08"),
    topics=MOTHER_AND_CHILD,
)
WANG_SHOWN = """
m1 1 2026-05-03 2026-08-01
m2 1 2026-08-23 2026-09-26
m3 1 2026-09-27 2026-10-24
m4 1 2026-11-15 2027-01-16
m5 1 2027-01-17 2027-02-04  until the birth
m6 1 2027-02-08 2027-02-15
m7 1 2027-03-12 2027-04-02
postpartum_advice 1 2027-02-26 2027-03-06  ours: until free contraceptives are offered
s2 1 2027-03-07 2027-03-19
s3 1 2027-03-19 2027-05-06
k1 1 2027-03-05 2027-03-07
k2 3 2027-04-20 2027-05-20
"""
# 李娜 keeps to the calendar of WHO and goes to 41+2.
LI_NA = woman(
    pregnant("2026-03-01"),
    on("birth", "2026-12-15", mode="vaginal"),
    on("discharge", "2026-12-18"),
    topics=MATERNAL,
    calendar="who2016",
)
LI_NA_SHOWN = """
who_12w 1 2026-03-01 2026-05-30  week 12 to its last day, as the weeks of nbphs2017 are read
who_20w 1 2026-07-12 2026-07-25  fortnights ours; the contact is the eighth day
who_26w 1 2026-08-23 2026-09-05
who_30w 1 2026-09-20 2026-10-03
who_34w 1 2026-10-18 2026-10-31
who_36w 1 2026-11-01 2026-11-14
who_38w 1 2026-11-15 2026-11-28
who_40w 1 2026-11-29 2026-12-12
who_41w 1 2026-12-13 2026-12-14  until the birth
m6 1 2026-12-18 2026-12-25
m7 1 2027-01-19 2027-02-09
"""
# 陈静 has a caesarean at 39 weeks: counselling lasts to day 180.
CHEN = woman(
    pregnant("2025-06-20"),
    on("birth", "2026-03-20", mode="caesarean"),
    on("discharge", "2026-03-27"),
    topics=MOTHER_AND_CHILD,
)
CHEN_SHOWN = """
m1 1 2025-06-20 2025-09-18
m2 1 2025-10-10 2025-11-13
m3 1 2025-11-14 2025-12-11
m4 1 2026-01-02 2026-03-05
m5 1 2026-03-06 2026-03-19
m6 1 2026-03-25 2026-04-03  ours: until the discharge is told, from a usual stay of five days
m7 1 2026-04-24 2026-05-15
postpartum_advice 1 2026-04-10 2026-04-18  end ours
s2 1 2026-04-19 2026-05-01
s3 1 2026-05-01 2026-09-16
k1 1 2026-04-17 2026-04-19
k2 3 2026-06-05 2026-07-05
k2 6 2026-09-05 2026-10-05
"""
# 赵敏 loses the child at 8+4 and is left alone.
ZHAO = woman(pregnant("2026-05-03"), on("pregnancy_ended", "2026-07-02"), topics=MOTHER_AND_CHILD)
ZHAO_SHOWN = "m1 1 2026-05-03 2026-07-01"
# 孙丽's child is stillborn at 32+6; the hospital lets her go two days later.
SUN = woman(
    pregnant("2026-05-03"),
    on("pregnancy_ended", "2026-12-19"),
    on("discharge", "2026-12-21"),
    topics=MOTHER_AND_CHILD,
)
SUN_SHOWN = """
m1 1 2026-05-03 2026-08-01
m2 1 2026-08-23 2026-09-26
m3 1 2026-09-27 2026-10-24
m4 1 2026-11-15 2026-12-18
"""
# 刘芳 gives birth at 34+2, before the visits of weeks 37 to 40.
LIU = woman(
    pregnant("2026-05-03"),
    on("birth", "2026-12-29", mode="vaginal"),
    on("discharge", "2027-01-10"),
    topics=MOTHER_AND_CHILD,
)
LIU_SHOWN = """
m1 1 2026-05-03 2026-08-01
m2 1 2026-08-23 2026-09-26
m3 1 2026-09-27 2026-10-24
m4 1 2026-11-15 2026-12-28
m6 1 2027-01-01 2027-01-08  ours: a usual stay of three days
m6 1 2027-01-10 2027-01-17  the discharge, once it is told
m7 1 2027-02-02 2027-02-23
postpartum_advice 1 2027-01-19 2027-01-27  end ours
s2 1 2027-01-28 2027-02-09
s3 1 2027-02-09 2027-03-29
k1 1 2027-01-26 2027-01-28
k2 3 2027-03-14 2027-04-13
"""
# 何梅's child dies on its fifth day: nothing of a child afterwards; her own two checks stay hers.
HE = woman(
    pregnant("2026-05-03"),
    on("birth", "2026-12-29", mode="vaginal"),
    on("discharge", "2027-01-01"),
    on("child_died", "2027-01-03"),
    topics=MOTHER_AND_CHILD,
)
HE_SHOWN = """
m1 1 2026-05-03 2026-08-01
m2 1 2026-08-23 2026-09-26
m3 1 2026-09-27 2026-10-24
m4 1 2026-11-15 2026-12-28
m6 1 2027-01-01 2027-01-08
m7 1 2027-02-02 2027-02-23
"""
# 周洁 has twins, the second after midnight.
ZHOU = woman(
    pregnant("2026-03-20"),
    on("birth", "2026-12-01", mode="vaginal"),
    on("birth", "2026-12-02", mode="vaginal"),
    on("discharge", "2026-12-06"),
    topics=MATERNAL,
)
ZHOU_SHOWN = """
m1 1 2026-03-20 2026-06-18
m2 1 2026-07-10 2026-08-13
m3 1 2026-08-14 2026-09-10
m4 1 2026-10-02 2026-11-30
m6 1 2026-12-04 2026-12-13  from a usual stay (ours) to a week after the discharge
m7 1 2027-01-05 2027-01-26
"""
# 吴霞 loses a child in March and carries another from May: two pregnancies within a year.
WU = woman(
    pregnant("2026-01-05"),
    on("pregnancy_ended", "2026-03-10"),
    pregnant("2026-05-20"),
    topics=MATERNAL,
)
WU_SHOWN = """
m1 1 2026-01-05 2026-03-09
m1 1 2026-05-20 2026-08-18
m2 1 2026-09-09 2026-10-13
m3 1 2026-10-14 2026-11-10
m4 1 2026-12-02 2027-02-02
m5 1 2027-02-03 2027-03-02
overdue 1 2027-03-10 2027-03-24  asked at 42+0; a fortnight ours
"""
# 郑燕 is with child again four and a half months after a birth.
ZHENG = woman(
    pregnant("2025-04-27"),
    on("birth", "2026-02-01", mode="vaginal"),
    on("discharge", "2026-02-05"),
    pregnant("2026-06-15"),
    topics=MOTHER_AND_CHILD,
)
ZHENG_SHOWN = """
m1 1 2025-04-27 2025-07-26
m2 1 2025-08-17 2025-09-20
m3 1 2025-09-21 2025-10-18
m4 1 2025-11-09 2026-01-10
m5 1 2026-01-11 2026-01-31
m6 1 2026-02-04 2026-02-12  from a usual stay (ours) to a week after the discharge
m7 1 2026-03-08 2026-03-29
postpartum_advice 1 2026-02-22 2026-03-02  end ours
s2 1 2026-03-03 2026-03-15
s3 1 2026-03-15 2026-05-02
k1 1 2026-03-01 2026-03-03
k2 3 2026-04-16 2026-05-16
k2 6 2026-07-17 2026-08-16
k2 8 2026-09-16 2026-10-16
m1 1 2026-06-15 2026-09-13
m2 1 2026-10-05 2026-11-08
m3 1 2026-11-09 2026-12-06
m4 1 2026-12-28 2027-02-28
k2 12 2027-01-17 2027-02-16
"""
# 冯娟 tells of her pregnancy at 5+5 and never of its end.
FENG = woman(pregnant("2026-05-03", recorded_on="2026-06-12"), topics=MATERNAL)
FENG_SHOWN = """
m1 1 2026-06-12 2026-08-01
m2 1 2026-08-23 2026-09-26
m3 1 2026-09-27 2026-10-24
m4 1 2026-11-15 2027-01-16
m5 1 2027-01-17 2027-02-13
overdue 1 2027-02-21 2027-03-07  asked at 42+0; a fortnight ours
"""
# 韩雪 enrols at 17+1: the first visit is not owed any more.
HAN = woman(
    pregnant("2026-05-03", recorded_on="2026-08-31"), topics=MATERNAL, enrolled_on="2026-08-31"
)
HAN_SHOWN = """
m2 1 2026-08-31 2026-09-26
m3 1 2026-09-27 2026-10-24
m4 1 2026-11-15 2027-01-16
m5 1 2027-01-17 2027-02-13
overdue 1 2027-02-21 2027-03-07  asked at 42+0; a fortnight ours
"""
# 杨柳's last period was on a leap day.
YANG = woman(pregnant("2028-02-29"), topics=MATERNAL)
YANG_SHOWN = """
m1 1 2028-02-29 2028-05-29
m2 1 2028-06-20 2028-07-24
m3 1 2028-07-25 2028-08-21
m4 1 2028-09-12 2028-11-13
m5 1 2028-11-14 2028-12-11
overdue 1 2028-12-19 2029-01-02  asked at 42+0; a fortnight ours
"""
# 许静's due date moves ten days on by an ultrasound at 11+3: what is open and to come moves along.
XU = woman(
    pregnant("2026-05-03", id="hers", recorded_on="2026-05-20"),
    pregnant(
        "2026-05-03",
        edd="2027-02-17",
        edd_source="ultrasound",
        id="hers",
        recorded_on="2026-05-20",
        told="2026-07-22",
    ),
    topics=MATERNAL,
)
XU_SHOWN = """
m1 1 2026-05-20 2026-08-11
m2 1 2026-09-02 2026-10-06
m3 1 2026-10-07 2026-11-03
m4 1 2026-11-25 2027-01-26
m5 1 2027-01-27 2027-02-23
overdue 1 2027-03-03 2027-03-17  asked at 42+0; a fortnight ours
"""
# 方圆's moves ten days back at 12+1, so that the first visit is past at once.
FANG = woman(
    pregnant("2026-05-03", id="hers", recorded_on="2026-05-20"),
    pregnant(
        "2026-05-03", edd="2027-01-28", id="hers", recorded_on="2026-05-20", told="2026-07-27"
    ),
    topics=MATERNAL,
)
FANG_SHOWN = """
m1 1 2026-05-20 2026-07-26
m2 1 2026-08-13 2026-09-16
m3 1 2026-09-17 2026-10-14
m4 1 2026-11-05 2027-01-06
m5 1 2027-01-07 2027-02-03
overdue 1 2027-02-11 2027-02-25  asked at 42+0; a fortnight ours
"""
LIVES = {
    "王秀英": (WANG, WANG_SHOWN, "2026-05-02", "2027-07-20"),
    "李娜": (LI_NA, LI_NA_SHOWN, "2026-02-28", "2027-06-30"),
    "陈静": (CHEN, CHEN_SHOWN, "2025-06-19", "2026-10-31"),
    "赵敏": (ZHAO, ZHAO_SHOWN, "2026-05-02", "2027-06-30"),
    "孙丽": (SUN, SUN_SHOWN, "2026-05-02", "2027-12-31"),
    "刘芳": (LIU, LIU_SHOWN, "2026-05-02", "2027-06-13"),
    "何梅": (HE, HE_SHOWN, "2026-05-02", "2027-12-31"),
    "周洁": (ZHOU, ZHOU_SHOWN, "2026-03-19", "2027-06-30"),
    "吴霞": (WU, WU_SHOWN, "2026-01-04", "2027-06-30"),
    "郑燕": (ZHENG, ZHENG_SHOWN, "2025-04-26", "2027-02-28"),
    "冯娟": (FENG, FENG_SHOWN, "2026-05-02", "2027-06-30"),
    "韩雪": (HAN, HAN_SHOWN, "2026-05-02", "2027-06-30"),
    "许静": (XU, XU_SHOWN, "2026-05-02", "2027-06-30"),
    "方圆": (FANG, FANG_SHOWN, "2026-05-02", "2027-06-30"),
    "杨柳": (YANG, YANG_SHOWN, "2028-02-28", "2029-03-31"),
}


@pytest.mark.parametrize("name", LIVES)
def test_each_service_is_shown_on_exactly_these_days(name: str) -> None:
    life, table, first, last = LIVES[name]
    assert shown(life, date.fromisoformat(first), date.fromisoformat(last)) == expected(table)


def test_the_contacts_of_who_are_on_the_days_of_their_weeks() -> None:
    lmp = date(2026, 3, 1)
    contacts = plan(read_facts(known_on(LI_NA, lmp)), WORKED_OUT, lmp)
    assert {due.rule: (due.due_on - lmp).days for due in contacts} == {
        "who_12w": 84,
        "who_20w": 140,
        "who_26w": 182,
        "who_30w": 210,
        "who_34w": 238,
        "who_36w": 252,
        "who_38w": 266,
        "who_40w": 280,
        "who_41w": 287,
        "overdue": 294,
    }


@pytest.mark.parametrize("name", ["王秀英", "刘芳"])
def test_the_command_shows_each_service_from_its_first_day_to_its_last(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    life, table, _, _ = LIVES[name]
    lines = [line.split() for line in expected(table)]
    spans = [
        (rule, number, date.fromisoformat(a), date.fromisoformat(b)) for rule, number, a, b in lines
    ]
    edges = {day for *_, a, b in spans for day in (a - timedelta(1), a, b, b + timedelta(1))}
    file, known = tmp_path / "person.json", {rule.id for rule in WORKED_OUT}
    for today in sorted(edges):
        file.write_text(json.dumps(known_on(life, today)), "utf-8")
        assert main([str(file), "--today", today.isoformat()]) == 0
        rows = json.loads(capsys.readouterr().out)
        opened = {(row["rule"], str(row["occurrence"])) for row in rows if row["state"] == "open"}
        is_shown = {(rule, number) for rule, number in opened if rule in known}
        asked = {(rule, number) for rule, number, a, b in spans if a <= today <= b}
        assert is_shown == asked, today
