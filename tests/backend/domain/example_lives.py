"""For every rule of the calendars a life in which it opens; a new rule needs one here.

Each hangs on the last day of January 2027 (`HANGS_ON`), from which it can be moved to other days.
"""

import json
import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from backend.domain.calendar import Rule
from tests.backend.domain.oracles import Life

HANGS_ON = date(2027, 1, 31)
PLACE = "tests/backend/domain/example_lives.py"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day(days: int) -> str:
    """So many days after the day it hangs on."""
    return (HANGS_ON + timedelta(days)).isoformat()


def _life(topic: str, *events: dict[str, object], **more: object) -> Life:
    """A woman of 30 who enrolled that day, or in the year before if something happened then."""
    return {
        "sex": "female",
        "birth_date": "1996-04-12",
        "enrolled_on": "2026-01-01",
        "topics": [topic],
        "events": list(events),
    } | more


def _on(kind: str, days: int = 0, **more: object) -> dict[str, object]:
    return {"kind": kind, "on": _day(days)} | more


def _pregnant(days: int = 0, **more: object) -> dict[str, object]:
    return {"kind": "pregnancy", "id": "pregnancy", "lmp": _day(days)} | more


EXAMINED = _on("exam", -60, rule="s8")
BIRTH = _on("birth")
CARRIES = _life("maternal", _pregnant())
WHO = _life("maternal", _pregnant(), calendar="who2016")
BORE = _life("maternal", BIRTH, _on("discharge", 3))
ADVISED = _life("contraception", BIRTH)
RAISES = _life("child", BIRTH)
PREPARES = _life("folic_acid", enrolled_on=_day(0))
EXAMPLES: dict[str, Life] = {
    "fa5": _life("folic_acid", _pregnant(60), enrolled_on=_day(0)),
    "fa6": PREPARES,
    "fa7": PREPARES,
    "s8": _life("checkup", _on("planning")),
    "early_follow_up": _life("maternal", EXAMINED, _pregnant()),
    "outcome_follow_up": _life("maternal", EXAMINED, BIRTH),
    "recovery": _life("maternal", _on("procedure", method="recovery")),
    "pm1": _life("checkup", _on("marriage")),
    "m6": BORE,
    "m7": BORE,
    "m8": _life("maternal", _on("referral")),
    "postpartum_advice": ADVISED,
    "s2": ADVISED,
    "s3": _life("contraception", _on("birth", mode="caesarean")),
    "k1": RAISES,
    "k2": RAISES,
    "iud": _life("contraception", _on("procedure", method="iud")),
    "implant": _life("contraception", _on("procedure", method="implant")),
    "implant_expiry": _life("contraception", _on("procedure", method="implant", lasts_months=30)),
    "iud_removed": _life("contraception", _on("removal", method="iud")),
    "implant_removed": _life("contraception", _on("removal", method="implant")),
    "ligation": _life("contraception", _on("procedure", method="ligation")),
    "vasectomy": _life("contraception", _on("procedure", method="vasectomy"), sex="male"),
    "abortion_care": _life("contraception", _on("procedure", method="abortion_care")),
    "pill": _life("contraception", _on("supply", method="pill", lasts_months=3)),
    "condom": _life("contraception", _on("supply", method="condom")),
    "menopause_iud": _life(
        "contraception", _on("procedure", -3000, method="iud"), _on("last_period")
    ),
    "menopause_implant": _life(
        "contraception", _on("procedure", -900, method="implant"), _on("last_period")
    ),
    "s6": _life("checkup", enrolled_on=_day(0)),
    "s7": _life("checkup", _on("referral", rule="s6")),
    "sc1": _life("screening", birth_date="1992-01-31"),
    "sc2": _life("screening", _on("referral", rule="sc1")),
    "residence": _life("service", _on("certificate")),
    "overdue": CARRIES,
    **dict.fromkeys(("m1", "m2", "m3", "m4", "m5"), CARRIES),
    **{f"who_{week}w": WHO for week in (12, 20, 26, 30, 34, 36, 38, 40, 41)},
}


def moved(life: Life, anchor_on: date) -> Life:
    """A life with every day moved by as many days as the day that it hangs on."""
    by = anchor_on - HANGS_ON

    def later(found: re.Match[str]) -> str:
        return (date.fromisoformat(found[0]) + by).isoformat()

    told = json.loads(_DAY.sub(later, json.dumps(life)))
    assert isinstance(told, dict)
    return told


def lifeless(rules: Iterable[Rule], lives: Collection[str] = EXAMPLES.keys()) -> list[str]:
    """Say of each rule that it lacks a life and where it goes, and what is left over."""
    ids = {rule.id for rule in rules}
    return [
        *(f'add a life in which "{rule}" opens to EXAMPLES in {PLACE}' for rule in ids - {*lives}),
        *(f'take "{rule}" out of EXAMPLES in {PLACE}: no rule has it' for rule in {*lives} - ids),
    ]
