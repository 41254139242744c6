"""The rules that entries of the calendars describe, and which of them are in force where."""

from collections.abc import Iterable, Sequence, Set
from datetime import date

from backend.calendars.entries import Entry
from backend.domain.calendar import (
    COMPANIONS,
    Anchor,
    Audience,
    Certainty,
    First,
    Follows,
    Kind,
    Reminding,
    Repeat,
    Rule,
    Stage,
    When,
    Window,
)
from backend.domain.events import EventKind, Method, Sex

WINDOW_FIELDS = ("when", "opens", "due", "closes")
REPEAT_FIELDS = (
    *("months", "then_every_months", "every_months"),
    *("from_record", "by_year", "by_quantity"),
)
FOLLOWS_FIELDS = ("rule", "within_months")
REMIND_FIELDS = ("first", "last_days")
OVERRIDE_FIELDS = (
    "version",
    "enabled",
    "effective_from",
    "effective_to",
    "age_from",
    "age_to",
    "windows",
    "repeat",
    "until",
    "follows",
    "remind",
    "source",
    "certainty",
)
RULE_FIELDS = (
    *OVERRIDE_FIELDS,
    "id",
    "kind",
    "calendar",
    "region",
    "topic",
    "sex",
    "stage",
    "method",
    "named",
    "anchor",
    "ends",
    "done_by",
    "group",
)


def rules_of(entries: Iterable[Entry]) -> tuple[Rule, ...]:
    """The rules that entries describe; raises CalendarMistake where one is not understood."""
    return tuple(rule for entry in entries if (rule := rule_of(entry)).is_offered or rule.region)


def rules_for(rules: Sequence[Rule], region: str) -> tuple[Rule, ...]:
    """The rules in force in a 12-digit region: its own, else those of the nearest one above it."""
    nearest: dict[str, str] = {}
    for rule in rules:
        prefix = prefix_of(rule.region)
        if region.startswith(prefix) and len(prefix) >= len(nearest.get(rule.id, "")):
            nearest[rule.id] = prefix
    return tuple(
        rule for rule in rules if rule.is_offered and nearest.get(rule.id) == prefix_of(rule.region)
    )


# Province, city, county, township: a region above a village ends in zeros (`domain.md` 11).
LEVELS = (2, 4, 6, 9)


def prefix_of(region: str) -> str:
    """The digits that every code inside a region begins with; none for everywhere."""
    lengths = (length for length in LEVELS if not region[length:].strip("0"))
    return region[: next(lengths, None)]


def version_of(entry: Entry) -> int:
    """The version of an entry; it is needed."""
    version = entry.number("version", lowest=1, highest=9999)
    if version is None:
        entry.refuse("version", "a whole number from 1 to 9999")
    return version


def rule_of(entry: Entry) -> Rule:
    """The rule an entry describes; raises CalendarMistake."""
    entry.allow_only(RULE_FIELDS)
    anchor = entry.choice("anchor", Anchor)
    anchors = {anchor} | COMPANIONS.get(anchor, frozenset())
    if "follows" in entry.fields:
        anchors |= {Anchor.EXAM}
    return Rule(
        id=entry.identifier("id"),
        version=version_of(entry),
        calendar=entry.identifier("calendar"),
        anchor=anchor,
        audience=_audience(entry),
        windows=tuple(_window(table, anchors) for table in entry.tables("windows")),
        group=entry.identifier("group"),
        source=entry.text("source"),
        certainty=entry.choice("certainty", Certainty),
        region=entry.region("region"),
        effective_from=entry.day("effective_from", date.min),
        effective_to=entry.day("effective_to", date.max),
        repeat=_repeat(entry),
        until=entry.marks("until", anchors),
        follows=_follows(entry),
        ends=entry.choices("ends", EventKind),
        reminding=_reminding(entry),
        done_by=entry.choices("done_by", EventKind),
        kind=entry.choice("kind", Kind, Kind.SERVICE),
        is_offered=entry.flag("enabled", True),
    )


def _audience(entry: Entry) -> Audience:
    """Whom a rule is for."""
    return Audience(
        topic=entry.identifier("topic"),
        sex=entry.choice_or_none("sex", Sex),
        age_from=entry.number("age_from", lowest=0, highest=120),
        age_to=entry.number("age_to", lowest=0, highest=120),
        stage=entry.choice("stage", Stage, Stage.ANY),
        method=entry.choice_or_none("method", Method),
        named=entry.identifiers("named"),
    )


def _window(table: Entry, anchors: Set[Anchor]) -> Window:
    """One window of a rule, counted from its anchor or from a day known beside it."""
    table.allow_only(WINDOW_FIELDS)
    return Window(
        opens=table.mark("opens", anchors),
        due=table.mark("due", anchors),
        closes=table.mark("closes", anchors),
        when=table.choice("when", When, When.ALWAYS),
    )


def _repeat(entry: Entry) -> Repeat | None:
    """How a rule repeats, None where it does not."""
    table = entry.table("repeat")
    if table is None:
        return None
    table.allow_only(REPEAT_FIELDS)
    repeat = Repeat(
        months=table.numbers("months", lowest=1, highest=240),
        then_every_months=table.number("then_every_months", lowest=1, highest=120) or 0,
        every_months=table.number("every_months", lowest=1, highest=120) or 0,
        from_record=table.flag("from_record", False),
        by_year=table.flag("by_year", False),
        by_quantity=table.flag("by_quantity", False),
    )
    by_list, by_step = bool(repeat.months), bool(repeat.every_months)
    if by_list == by_step or (repeat.then_every_months and by_step):
        entry.refuse("repeat", "either months (and then_every_months) or every_months")
    if repeat.from_record and not by_step:
        entry.refuse("repeat", "from_record only with every_months")
    if (repeat.by_year or repeat.by_quantity) and not repeat.from_record:
        entry.refuse("repeat", "by_year and by_quantity only with from_record")
    if repeat.by_year and repeat.every_months % 12:
        entry.refuse("repeat", "by_year only with a whole number of years")
    return repeat


def _follows(entry: Entry) -> Follows | None:
    """After which other service a rule is owed, None where after none."""
    table = entry.table("follows")
    if table is None:
        return None
    table.allow_only(FOLLOWS_FIELDS)
    within_months = table.number("within_months", lowest=1, highest=120)
    if within_months is None:
        table.refuse("within_months", "a whole number from 1 to 120")
    return Follows(table.identifier("rule"), within_months)


def _reminding(entry: Entry) -> Reminding:
    """When a rule is reminded of."""
    table = entry.table("remind")
    if table is None:
        entry.refuse("remind", '{ first = "opens", "due" or "daily" } and perhaps last_days')
    table.allow_only(REMIND_FIELDS)
    return Reminding(
        first=table.choice("first", First),
        last_days=table.number("last_days", lowest=1, highest=365),
    )
