"""What a township's file cannot say: each mistake is told under its name, rule and field."""

from datetime import date
from pathlib import Path

import pytest

from backend.calendars.checks import LONGEST_SOURCE
from backend.calendars.load import load
from backend.calendars.rules import rules_for
from backend.domain.calendar import Rule
from backend.domain.errors import CalendarMistake
from backend.domain.schedule import plan
from tests.backend.domain.lives import birth, person

ALWAYS = '{ opens = "birth+35d", due = "birth+42d", closes = "birth+56d" }'
IN_ORDER = "opens, due and closes in this order"
LONG = "据" * LONGEST_SOURCE


def township(folder: Path, *tables: str) -> Path:
    """A township's file of some tables."""
    path = folder / "township.toml"
    path.write_text("\n".join(tables), encoding="utf-8")
    return path


def of_rule(rule: str, *lines: str) -> str:
    """A table with changed fields of a rule."""
    return "\n".join((f"[rules.{rule}]", "version = 2", *lines))


def windows(*marks: tuple[str, str, str]) -> str:
    """Windows by opens, due and closes."""
    told = (f'{{ opens = "{o}", due = "{d}", closes = "{c}" }}' for o, d, c in marks)
    return f"windows = [{', '.join(told)}]"


def when(*conditions: str) -> str:
    """Windows of m7 under some conditions, "" for none."""
    told = (ALWAYS.replace("{", f'{{ when = "{one}",') if one else ALWAYS for one in conditions)
    return f"windows = [{', '.join(told)}]"


MISTAKES = [
    ("m6", windows(("discharge+9d", "birth", "birth+3d")), "windows", "birth, then discharge"),
    ("m6", windows(("discharge", "birth", "discharge+7d")), "windows", "birth, then discharge"),
    ("m6", windows(("birth+9d", "birth+9d", "discharge")), "windows", IN_ORDER),
    ("fa5", windows(("lmp", "lmp", "preparing+6m")), "windows", "preparing, then lmp"),
    ("early_follow_up", windows(("lmp", "exam", "lmp+1d")), "windows", "exam, then lmp"),
    ("implant_expiry", windows(("expiry", "procedure", "expiry")), "windows", "then expiry"),
    ("s3", windows(("birth+30d", "birth+1m", "birth+60d")), "windows", IN_ORDER),
    ("m7", when("two_rods"), "windows.when", "always, caesarean"),
    ("m7", when("not_pregnant"), "windows.when", "always, caesarean"),
    ("m7", when("six_rods", ""), "windows.when", "always, caesarean"),
    (
        "m2",
        windows(("lmp", "lmp", "lmp")).replace("{", '{ when = "caesarean",'),
        "windows.when",
        "",
    ),
    ("iud", windows(("procedure",) * 3).replace("{", '{ when = "two_rods",'), "windows.when", ""),
    (
        "fa7",
        windows(("preparing", "lmp", "lmp")).replace("{", '{ when = "not_pregnant",'),
        "windows.when",
        "always",
    ),
    ("m7", when("", ""), "windows", "differ in when"),
    ("m7", when("", "caesarean"), "windows", "differ in when"),
    ("m7", when("caesarean", "caesarean"), "windows", "differ in when"),
    ("fa5", windows(("preparing",) * 3, ("preparing", "lmp", "lmp")), "windows", "differ in when"),
    ("m7", windows(("birth-30d", "birth-20d", "birth-10d")), "windows.due", "from birth on"),
    ("k2", windows(("birth-5m", "birth-4m", "birth")), "windows.due", "for the first time"),
    ("m7", 'remind = { first = "opens", last_days = 30 }', "remind.last_days", "from 1 to 18"),
    ("m7", 'remind = { first = "due", last_days = 12 }', "remind.last_days", "from 1 to 11"),
    ("k1", 'remind = { first = "opens", last_days = 1 }', "remind.last_days", "no second"),
    ("fa5", 'remind = { first = "daily", last_days = 3 }', "remind", "opens or due"),
    ("k1", 'follows = { rule = "k1", within_months = 3 }', "follows.rule", "k2"),
    ("s8", 'follows = { rule = "outcome_follow_up", within_months = 3 }', "follows.rule", "k2"),
    ("k2", 'until = ["birth+2m"]', "until", "opened already"),
    ("k1", f'source = "{LONG}据"', "source", f"at most {LONGEST_SOURCE} characters"),
    ("k1", 'source = "one\\ntwo"', "source", "one line"),
    ("k1", 'source = " "', "source", "one line"),
]


@pytest.mark.parametrize(("rule", "line", "field", "allowed"), MISTAKES)
def test_a_rule_that_cannot_be_is_told_under_the_townships_file(
    tmp_path: Path, rule: str, line: str, field: str, allowed: str
) -> None:
    with pytest.raises(CalendarMistake) as caught:
        load(override=township(tmp_path, of_rule(rule, line)))
    mistake = caught.value
    assert (mistake.file, mistake.rule, mistake.field) == ("township.toml", rule, field)
    assert allowed in mistake.allowed
    assert mistake.found
    assert "\n" not in str(mistake)


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("m6", windows(("birth", "discharge+3d", "discharge+7d"), ("birth", "birth", "birth+9d"))),
        ("fa5", windows(("preparing", "preparing", "lmp+60d"), ("preparing",) * 3)),
        ("early_follow_up", windows(("exam", "lmp+70d", "lmp+84d"))),
        ("implant_expiry", windows(("procedure", "expiry", "expiry+1m"))),
        ("s3", windows(("birth+28d", "birth+1m", "birth+60d"))),
        ("m7", when("caesarean", "")),
        ("k2", windows(("birth-40d", "birth-30d", "birth-25d"))),
        ("residence", windows(("certificate-2m", "certificate-1m", "certificate"))),
        ("m7", 'remind = { first = "opens", last_days = 18 }'),
        ("m7", windows(("birth+35d", "birth+35d", "birth+37d"))),
        ("s7", 'follows = { rule = "s8", within_months = 3 }'),
        ("k2", 'until = ["birth+5m"]'),
        ("k1", f'source = "{LONG}"'),
        ("k1", 'source = "市卫健委　2026年通知"'),
    ],
)
def test_what_can_be_is_taken(tmp_path: Path, rule: str, line: str) -> None:
    taken = {found.id: found for found in load(override=township(tmp_path, of_rule(rule, line)))}
    assert taken[rule].version == 2


@pytest.mark.parametrize("region", ["", 'region = "610822103000"'])
def test_of_two_rules_that_overlap_the_townships_own_is_to_blame(
    tmp_path: Path, region: str
) -> None:
    longer = of_rule("m2", windows(("lmp+112d", "lmp+126d", "lmp+150d")))
    with pytest.raises(CalendarMistake, match=r"^township\.toml m2 windows: .* m2/1 and m3/1"):
        load(override=township(tmp_path, region, longer))


def versions(rules: tuple[Rule, ...], rule_id: str) -> list[tuple[int, date, date]]:
    """The versions of a rule, each with the days it is in force, in their order."""
    found = [
        (rule.version, rule.effective_from, rule.effective_to)
        for rule in rules
        if rule.id == rule_id
    ]
    return sorted(found, key=lambda one: one[1])


NEW_YEAR, NEW_YEARS_EVE = date(2027, 1, 1), date(2026, 12, 31)
SUMMER, SPRING = date(2027, 7, 1), date(2027, 6, 30)
FIRST, LAST = date.min, date.max


@pytest.mark.parametrize("region", ["", "610822103000"])
@pytest.mark.parametrize(
    ("tables", "in_force"),
    [
        (
            "[rules.m7]\nversion = 2\neffective_from = 2027-01-01",
            [(1, FIRST, NEW_YEARS_EVE), (2, NEW_YEAR, LAST)],
        ),
        (
            "[rules.m7]\nversion = 2\neffective_to = 2026-12-31",
            [(2, FIRST, NEW_YEARS_EVE), (1, NEW_YEAR, LAST)],
        ),
        (
            "[rules.m7]\nversion = 2\neffective_from = 2027-01-01\neffective_to = 2027-06-30",
            [(1, FIRST, NEW_YEARS_EVE), (2, NEW_YEAR, SPRING), (1, SUMMER, LAST)],
        ),
        (
            "[[rules.m7]]\nversion = 2\neffective_to = 2026-12-31\n"
            "[[rules.m7]]\nversion = 3\neffective_from = 2027-07-01",
            [(2, FIRST, NEW_YEARS_EVE), (1, NEW_YEAR, SPRING), (3, SUMMER, LAST)],
        ),
        ("[rules.m7]\nenabled = false\neffective_from = 2027-01-01", [(1, FIRST, NEW_YEARS_EVE)]),
    ],
)
def test_the_shipped_rule_holds_while_none_of_the_townships_versions_does(
    tmp_path: Path, region: str, tables: str, in_force: list[tuple[int, date, date]]
) -> None:
    rules = load(override=township(tmp_path, f'region = "{region}"' if region else "", tables))
    assert versions(rules_for(rules, region), "m7") == in_force
    if region:
        assert versions(rules_for(rules, "610822104000"), "m7") == [(1, FIRST, LAST)]


@pytest.mark.parametrize(
    ("tables", "field", "allowed"),
    [
        ("[[rules.m7]]\nversion = 2\n[[rules.m7]]\nversion = 3", "effective_from", "a day after"),
        (
            "[rules.s6]\nversion = 2\neffective_from = 2027-01-01\nrepeat = { every_months = 6 }",
            "effective_from",
            "publish the file on that day",
        ),
        (
            "[rules.s6]\nversion = 2\neffective_to = 2026-12-31\nage_from = 20",
            "effective_to",
            "the same repeat and age_from",
        ),
        (
            "[rules.m7]\nversion = 2\neffective_from = 2027-01-01\nrepeat = { months = [1, 2] }",
            "effective_from",
            "the same repeat",
        ),
        (
            "[rules.sc1]\nversion = 2\neffective_from = 2027-01-01\n"
            + windows(("of_age", "of_age+1m", "of_age+3m")),
            "effective_from",
            "the same windows",
        ),
        ("[[rules.m7]]\nversion = 3\n[[rules.m7]]\nversion = 2", "version", "from 4 to"),
        ("[[rules.m7]]\nversion = 2\n[[rules.m7]]\nregion = 3", "region", "age_from"),
        ('[rules]\nm7 = ["x"]', "m7", "a list of tables"),
    ],
)
def test_versions_that_cannot_take_turns_are_refused(
    tmp_path: Path, tables: str, field: str, allowed: str
) -> None:
    with pytest.raises(CalendarMistake) as caught:
        load(override=township(tmp_path, tables))
    assert (caught.value.file, caught.value.field) == ("township.toml", field)
    assert allowed in caught.value.allowed


def test_a_file_as_a_plain_editor_saves_it_is_read(tmp_path: Path) -> None:
    path = township(tmp_path, of_rule("m7", 'source = "县里的通知"'))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert {rule.id: rule.source for rule in load(override=path)}["m7"] == "县里的通知"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030"])
def test_a_file_in_other_letters_is_told_what_to_be_saved_in(tmp_path: Path, encoding: str) -> None:
    source = "a" if encoding == "utf-16-le" else "县里的通知"
    path = township(tmp_path)
    path.write_bytes(of_rule("m7", f'source = "{source}"').encode(encoding))
    with pytest.raises(
        CalendarMistake, match=r"^township\.toml: a file saved in UTF-16, GBK .* in UTF-8"
    ):
        load(override=path)


@pytest.mark.parametrize(
    "changes",
    [
        "[rules.k2]\nversion = 2\neffective_from = 2027-01-01\nrepeat = { months = [3, 9] }\n"
        + windows(("birth-7d", "birth", "birth+7d")),
        '[rules.sc1]\nversion = 2\neffective_from = 2027-01-01\nsource = "new"',
        "[rules.s6]\nversion = 2\neffective_from = 2027-01-01\neffective_to = 2027-06-30\n"
        + windows(("of_age", "of_age+1m", "of_age+2m")),
    ],
)
def test_versions_that_take_turns_plan_each_service_once(tmp_path: Path, changes: str) -> None:
    rules = load(override=township(tmp_path, changes))
    facts = person(birth(date(2026, 9, 15)), birth_date=date(1985, 4, 12))
    versions = set()
    for today in (date(2026, 10, 1), date(2027, 3, 1), date(2027, 12, 1), date(2028, 12, 1)):
        due = plan(facts, rules, today)
        assert len({one.key for one in due}) == len(due)
        versions |= {one.version for one in due}
    assert versions == {1, 2}
