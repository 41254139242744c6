"""What named people are shown around procedures, examinations and permits, day by day.

Worked out by hand from the sources (`domain.md` sections 1a, 2, 3, 5, 6 and 11), not from the
calendars: each line says on which days a service is shown, and it is shown on no other. Where the
sources name a day without a window, or no end, the note says "ours".
"""

from datetime import date, timedelta

import pytest

from backend.domain.schedule import plan
from scripts.plan import read_facts
from tests.backend.domain.oracles import RULES, Life, days, expected, shown


def life(*events: object, topics: list[str], **more: object) -> Life:
    """A woman of 29 who enrolled in January."""
    return {
        "sex": "female",
        "birth_date": "1996-04-12",
        "enrolled_on": "2026-01-01",
        "topics": topics,
        "events": list(events),
    } | more


def on(kind: str, day: str, **more: object) -> dict[str, object]:
    """An event of a day."""
    return {"kind": kind, "on": day} | more


def procedure(method: str, day: str, **more: object) -> dict[str, object]:
    """Something she chose."""
    return on("procedure", day, method=method) | more


CONTRACEPTION = ["contraception"]
# 黄丽娟 has an IUD put in on the last of January. Months 1, 3, 6 and 12, then each year; a week
# before and 32 days after are ours, so that days 30 to 60 (2 March to 1 April) lie within month 1.
HUANG = life(procedure("iud", "2026-01-31"), topics=CONTRACEPTION)
HUANG_SHOWN = """
iud 1 2026-02-21 2026-04-01
iud 3 2026-04-23 2026-06-01
iud 6 2026-07-24 2026-09-01
iud 12 2027-01-24 2027-03-04
iud 24 2028-01-24 2028-03-03
"""
# 林小燕 on a leap day.
LIN = life(procedure("iud", "2028-02-29"), topics=CONTRACEPTION)
LIN_SHOWN = """
iud 1 2028-03-22 2028-04-30
iud 3 2028-05-22 2028-06-30
iud 6 2028-08-22 2028-09-30
iud 12 2029-02-21 2029-04-01
iud 24 2030-02-21 2030-04-01
iud 36 2031-02-21 2031-04-01
iud 48 2032-02-22 2032-04-01
"""
# 罗兰 has it taken out in May: one look 30 to 60 days later.
LUO = life(
    procedure("iud", "2026-01-31"),
    on("removal", "2026-05-10", method="iud"),
    topics=CONTRACEPTION,
)
LUO_SHOWN = """
iud 1 2026-02-21 2026-04-01
iud 3 2026-04-23 2026-05-09  until it was taken out
iud_removed 1 2026-06-09 2026-07-09
"""
# 梁凤 has two rods, which last four years; the month on both sides is ours.
LIANG = life(procedure("implant", "2026-08-31", rods=2), topics=CONTRACEPTION)
LIANG_SHOWN = """
implant 1 2026-09-23 2026-11-01
implant 3 2026-11-23 2027-01-01
implant 6 2027-02-21 2027-04-01
implant 12 2027-08-24 2027-10-02
implant 24 2028-08-24 2028-10-02
implant 36 2029-08-24 2029-10-02
implant 48 2030-08-24 2030-10-02
implant_expiry 1 2030-07-31 2030-09-30
"""
# 宋玉 has hers out: 90 to 180 days later.
SONG = life(
    procedure("implant", "2026-01-31", rods=6),
    on("removal", "2026-05-10", method="implant"),
    topics=CONTRACEPTION,
)
SONG_SHOWN = """
implant 1 2026-02-21 2026-04-01
implant 3 2026-04-23 2026-05-09
implant_removed 1 2026-08-08 2026-11-06
"""
# 唐英, ligation: months 1 and 3, then none; a week before and 30 days after are ours.
TANG = life(procedure("ligation", "2026-01-31"), topics=CONTRACEPTION)
TANG_SHOWN = """
ligation 1 2026-02-21 2026-03-30
ligation 3 2026-04-23 2026-05-30
"""
# 李强, vasectomy: a test at three months; from half a month before to five months ours.
LI_QIANG = life(procedure("vasectomy", "2026-01-31"), topics=CONTRACEPTION, sex="male")
LI_QIANG_SHOWN = "vasectomy 1 2026-04-15 2026-06-30"
# 邓丽 asked for care after an abortion: months 1, 3 and 6; widths ours.
DENG = life(procedure("abortion_care", "2026-01-31"), topics=CONTRACEPTION)
DENG_SHOWN = """
abortion_care 1 2026-02-21 2026-03-30
abortion_care 3 2026-04-23 2026-05-30
abortion_care 6 2026-07-24 2026-08-30
"""
# 曹颖 did not ask for any after hers, and hears nothing.
CAO = life(
    {"kind": "pregnancy", "lmp": "2026-05-03", "recorded_on": "2026-06-01"},
    on("pregnancy_ended", "2026-06-02"),
    topics=CONTRACEPTION,
)
# 彭慧 asked for a talk after a loss; the week from day 7 on is ours, so as to be within two weeks.
PENG = life(
    {"kind": "pregnancy", "lmp": "2026-05-03", "recorded_on": "2026-06-01"},
    on("pregnancy_ended", "2026-06-02"),
    procedure("recovery", "2026-06-02"),
    topics=["maternal"],
)
PENG_SHOWN = """
m1 1 2026-06-01 2026-06-01
recovery 1 2026-06-09 2026-06-16
"""
# 曾静 was examined before she conceived, and agreed to be asked how it goes.
ZENG = life(
    on("planning", "2026-01-15"),
    on("exam", "2026-02-10", rule="s8"),
    {"kind": "pregnancy", "lmp": "2026-03-01", "recorded_on": "2026-04-05"},
    on("birth", "2026-12-06", mode="vaginal"),
    on("discharge", "2026-12-08"),
    topics=["checkup", "maternal"],
)
ZENG_SHOWN = """
s6 1 2026-01-01 2026-02-12  each quarter from enrolment; six weeks ours
s6 2 2026-04-01 2026-04-04  rests once the pregnancy is told
s8 1 2026-01-15 2026-02-09  until she was examined
early_follow_up 1 2026-04-05 2026-05-24
m1 1 2026-04-05 2026-05-30
m2 1 2026-06-21 2026-07-25
m3 1 2026-07-26 2026-08-22
m4 1 2026-09-13 2026-11-14
m5 1 2026-11-15 2026-12-05
outcome_follow_up 1 2026-12-06 2027-01-17
m6 1 2026-12-08 2026-12-15
m7 1 2027-01-10 2027-01-31
s6 6 2027-04-01 2027-05-13  again after six weeks of rest (ours)
"""
# 萧红 was examined, too, and lost the child: nobody asks how it went.
XIAO = life(
    on("planning", "2026-01-15"),
    on("exam", "2026-02-10", rule="s8"),
    {"kind": "pregnancy", "lmp": "2026-03-01", "recorded_on": "2026-04-05"},
    on("pregnancy_ended", "2026-05-01"),
    topics=["maternal"],
)
XIAO_SHOWN = """
early_follow_up 1 2026-04-05 2026-04-30
m1 1 2026-04-05 2026-04-30
"""
# 田甜 wishes for a child, and the examination stays open six months (ours).
TIAN = life(on("planning", "2026-08-31"), topics=["checkup"], birth_date="1970-01-01")
TIAN_SHOWN = "s8 1 2026-08-31 2027-02-28"
# 董洁 takes folic acid from enrolment until day 90; the refills' days before and after are ours.
DONG = life(
    {"kind": "pregnancy", "lmp": "2026-05-03"}, topics=["folic_acid"], enrolled_on="2026-04-01"
)
DONG_SHOWN = """
fa5 1 2026-04-01 2026-08-01
fa6 1 2026-04-26 2026-05-08
fa6 2 2026-05-27 2026-06-08
fa6 3 2026-06-26 2026-07-08
"""
# 袁圆 is asked after six months without a pregnancy; a fortnight for the answer is ours.
YUAN = life(topics=["folic_acid"])
YUAN_SHOWN = """
fa5 1 2026-01-01 2026-07-01
fa6 1 2026-01-27 2026-02-08
fa6 2 2026-02-24 2026-03-08
fa6 3 2026-03-27 2026-04-08
fa6 4 2026-04-26 2026-05-08
fa6 5 2026-05-27 2026-06-08
fa7 1 2026-07-02 2026-07-15
"""
# 于洋 lost the child at 6+6.
YU = life(
    {"kind": "pregnancy", "lmp": "2026-05-03"},
    on("pregnancy_ended", "2026-06-20"),
    topics=["folic_acid"],
    enrolled_on="2026-04-01",
)
YU_SHOWN = """
fa5 1 2026-04-01 2026-06-19
fa6 1 2026-04-26 2026-05-08
fa6 2 2026-05-27 2026-06-08
"""
# 艾力's permit is of a leap day, 余敏's of a 31st: the month before each full year.
AI_LI = life(on("certificate", "2024-02-29"), topics=["service"], enrolled_on="2024-01-01")
AI_LI_SHOWN = """
residence 12 2025-01-28 2025-02-28
residence 24 2026-01-28 2026-02-28
residence 36 2027-01-28 2027-02-28
residence 48 2028-01-29 2028-02-29
"""
YU_MIN = life(on("certificate", "2026-03-31"), topics=["service"])
YU_MIN_SHOWN = """
residence 12 2027-02-28 2027-03-31
residence 24 2028-02-29 2028-03-31
"""
# 潘玉 turns 35, is screened, and skips the two calendar years after; half a year is ours.
PAN = life(on("exam", "2026-08-20", rule="sc1"), topics=["screening"], birth_date="1991-06-15")
PAN_SHOWN = """
sc1 1 2026-06-15 2026-08-19
sc1 2 2029-01-01 2029-07-01
"""
# 杜鹃 turns 65 on 15 June: she is invited until the day before. 苏珊 is 65 already.
DU = life(topics=["screening"], birth_date="1961-06-15")
DU_SHOWN = "sc1 1 2026-01-01 2026-06-14"
SU = life(topics=["screening"], birth_date="1961-01-01")
# 丁香 was never screened, and is invited anew each third year.
DING = life(topics=["screening"], birth_date="1980-01-01")
DING_SHOWN = """
sc1 1 2026-01-01 2026-07-01
sc1 2 2029-01-01 2029-07-01
"""
# 魏兰 was sent on by her doctor, after a check and after the screening: asked within a fortnight.
WEI = life(
    on("referral", "2026-06-01"),
    on("referral", "2026-06-02", rule="s8"),
    on("referral", "2026-06-03", rule="sc1"),
    topics=["maternal", "checkup", "screening"],
    birth_date="1970-03-03",
)
WEI_SHOWN = """
m8 1 2026-06-01 2026-06-15
s7 1 2026-06-02 2026-06-16  as m8, ours
sc1 1 2026-01-01 2026-07-01
sc2 1 2026-06-03 2026-06-17  as m8, ours
"""
# 蒋华's last period was on 31 August: the IUD is to come out within twelve months.
JIANG = life(
    procedure("iud", "2012-05-10"),
    on("last_period", "2026-08-31"),
    topics=CONTRACEPTION,
    birth_date="1975-03-03",
)
JIANG_SHOWN = """
iud 168 2026-05-03 2026-06-11
menopause_iud 1 2026-08-31 2027-08-31
iud 180 2027-05-03 2027-06-11
iud 192 2028-05-03 2028-06-11
"""
# 蔡芬's implant after six months at the earliest; the end after twelve is ours.
CAI = life(
    procedure("implant", "2024-05-10", rods=6),
    on("last_period", "2026-08-31"),
    topics=CONTRACEPTION,
    birth_date="1975-03-03",
)
CAI_SHOWN = """
implant 24 2026-05-03 2026-06-11
menopause_implant 1 2027-02-28 2027-08-31
implant 36 2027-05-03 2027-06-11
implant 48 2028-05-03 2028-06-11
"""
# 贾梅 is invited each quarter; six weeks are ours. On her fiftieth birthday it ends (age ours).
JIA = life(topics=["checkup"], birth_date="1977-07-20")
JIA_SHOWN = """
s6 1 2026-01-01 2026-02-12
s6 2 2026-04-01 2026-05-13
s6 3 2026-07-01 2026-08-12
s6 4 2026-10-01 2026-11-12
s6 5 2027-01-01 2027-02-12
s6 6 2027-04-01 2027-05-13
s6 7 2027-07-01 2027-07-19
"""
# 夏青 is going to marry: a check before, on offer for three months (ours); he, too.
XIA = life(on("marriage", "2026-02-01"), topics=["checkup"], sex="male")
XIA_SHOWN = "pm1 1 2026-02-01 2026-05-01"
# 钟莉's pills last three months, 汪明's condoms six; a week before and two after are ours.
ZHONG = life(on("supply", "2026-02-28", method="pill", lasts_months=3), topics=CONTRACEPTION)
ZHONG_SHOWN = """
pill 1 2026-05-21 2026-06-11
pill 2 2026-08-21 2026-09-11
pill 3 2026-11-21 2026-12-12
"""
WANG_MING = life(
    on("supply", "2026-02-28", method="condom", lasts_months=6), topics=CONTRACEPTION, sex="male"
)
WANG_MING_SHOWN = """
condom 1 2026-08-21 2026-09-11
condom 2 2027-02-21 2027-03-14
"""
# 王安, born on 31 August: months end early; the fortnight and a day on both sides is ours.
AN = life(on("birth", "2026-08-31"), topics=["child"])
AN_SHOWN = """
k1 1 2026-09-28 2026-09-30
k2 3 2026-11-15 2026-12-15
k2 6 2027-02-13 2027-03-15
k2 8 2027-04-15 2027-05-15
k2 12 2027-08-16 2027-09-15
k2 18 2028-02-14 2028-03-15
k2 24 2028-08-16 2028-09-15
k2 30 2029-02-13 2029-03-15
k2 36 2029-08-16 2029-09-15
k2 48 2030-08-16 2030-09-15
k2 60 2031-08-16 2031-09-15
k2 72 2032-08-16 2032-09-15
"""
# 李闰, born on a leap day.
RUN = life(on("birth", "2028-02-29"), topics=["child"])
RUN_SHOWN = """
k1 1 2028-03-28 2028-03-30
k2 3 2028-05-14 2028-06-13
k2 6 2028-08-14 2028-09-13
k2 8 2028-10-14 2028-11-13
k2 12 2029-02-13 2029-03-15
k2 18 2029-08-14 2029-09-13
k2 24 2030-02-13 2030-03-15
k2 30 2030-08-14 2030-09-13
k2 36 2031-02-13 2031-03-15
k2 48 2032-02-14 2032-03-15
k2 60 2033-02-13 2033-03-15
k2 72 2034-02-13 2034-03-15
"""
# The twins 大双 and 小双: one visit for both, counted from the first (ours); one offer for her.
TWINS = life(
    on("birth", "2026-12-01"), on("birth", "2026-12-02"), topics=["child", "contraception"]
)
TWINS_SHOWN = """
k1 1 2026-12-29 2026-12-31
k2 3 2027-02-14 2027-03-16
k2 6 2027-05-17 2027-06-16
postpartum_advice 1 2026-12-22 2026-12-30
s2 1 2026-12-31 2027-01-12
s3 1 2027-01-12 2027-03-01
"""
LIVES = {
    "黄丽娟": (HUANG, HUANG_SHOWN, "2026-01-30", "2028-06-30"),
    "林小燕": (LIN, LIN_SHOWN, "2028-02-28", "2032-12-31"),
    "罗兰": (LUO, LUO_SHOWN, "2026-01-30", "2027-12-31"),
    "梁凤": (LIANG, LIANG_SHOWN, "2026-08-30", "2031-06-30"),
    "宋玉": (SONG, SONG_SHOWN, "2026-01-30", "2027-12-31"),
    "唐英": (TANG, TANG_SHOWN, "2026-01-30", "2027-12-31"),
    "李强": (LI_QIANG, LI_QIANG_SHOWN, "2026-01-30", "2027-12-31"),
    "邓丽": (DENG, DENG_SHOWN, "2026-01-30", "2027-12-31"),
    "曹颖": (CAO, "", "2026-05-02", "2027-12-31"),
    "彭慧": (PENG, PENG_SHOWN, "2026-05-02", "2027-12-31"),
    "曾静": (ZENG, ZENG_SHOWN, "2026-01-01", "2027-06-30"),
    "萧红": (XIAO, XIAO_SHOWN, "2026-01-01", "2027-06-30"),
    "田甜": (TIAN, TIAN_SHOWN, "2026-01-01", "2027-12-31"),
    "董洁": (DONG, DONG_SHOWN, "2026-03-31", "2027-12-31"),
    "袁圆": (YUAN, YUAN_SHOWN, "2026-01-01", "2027-12-31"),
    "于洋": (YU, YU_SHOWN, "2026-03-31", "2027-12-31"),
    "艾力": (AI_LI, AI_LI_SHOWN, "2024-02-28", "2028-12-31"),
    "余敏": (YU_MIN, YU_MIN_SHOWN, "2026-03-30", "2028-12-31"),
    "潘玉": (PAN, PAN_SHOWN, "2026-01-01", "2030-12-31"),
    "杜鹃": (DU, DU_SHOWN, "2026-01-01", "2029-12-31"),
    "苏珊": (SU, "", "2026-01-01", "2029-12-31"),
    "丁香": (DING, DING_SHOWN, "2026-01-01", "2030-12-31"),
    "魏兰": (WEI, WEI_SHOWN, "2026-01-01", "2027-12-31"),
    "蒋华": (JIANG, JIANG_SHOWN, "2026-01-01", "2028-12-31"),
    "蔡芬": (CAI, CAI_SHOWN, "2026-01-01", "2028-12-31"),
    "贾梅": (JIA, JIA_SHOWN, "2026-01-01", "2028-06-30"),
    "夏青": (XIA, XIA_SHOWN, "2026-01-01", "2027-12-31"),
    "钟莉": (ZHONG, ZHONG_SHOWN, "2026-01-01", "2026-12-31"),
    "汪明": (WANG_MING, WANG_MING_SHOWN, "2026-01-01", "2027-06-30"),
    "王安": (AN, AN_SHOWN, "2026-08-30", "2033-12-31"),
    "李闰": (RUN, RUN_SHOWN, "2028-02-28", "2034-12-31"),
    "大双和小双": (TWINS, TWINS_SHOWN, "2026-11-30", "2027-06-30"),
}


@pytest.mark.parametrize("name", LIVES)
def test_each_service_is_shown_on_exactly_these_days(name: str) -> None:
    whose, table, first, last = LIVES[name]
    assert shown(whose, date.fromisoformat(first), date.fromisoformat(last)) == expected(table)


@pytest.mark.parametrize("method", ["iud", "implant"])
def test_days_30_to_60_after_an_insertion_are_always_within_the_first_follow_up(
    method: str,
) -> None:
    for day in days(date(2027, 1, 1), date(2028, 12, 31)):
        facts = read_facts(life(procedure(method, day.isoformat()), topics=CONTRACEPTION))
        first = plan(facts, RULES, day)[0]
        assert first.occurrence == 1
        assert first.opens_on <= day + timedelta(30)
        assert first.closes_on >= day + timedelta(60)
