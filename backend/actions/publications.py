"""Publishing rules: a township's file, checked, put in force for everybody, and carried out."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product
from pathlib import Path

from backend.actions import audit
from backend.actions.everyone import Everyone, Progress, at_full_pace
from backend.actions.recall import recall_rules
from backend.actions.rulebook import Rulebook, follow_publications
from backend.calendars.checks import check_each, check_together
from backend.calendars.entries import Entry
from backend.calendars.load import BASE, Written, own_region, read_entries
from backend.calendars.published import read_rules, write_entries
from backend.calendars.rules import prefix_of, rules_for, rules_of
from backend.domain.calendar import Rule
from backend.domain.errors import CalendarMistake, RulesOutdated
from backend.domain.rule_changes import Tally, differing, tally
from backend.store.sql import Row, as_datetime, dialect, execute, in_transaction

_LOCK = 0x5355_4952
# Ids of rules; None for every rule there is or was.
Scope = frozenset[str] | None
_NOTHING: Scope = frozenset()
_OWN_VALUES = "the township's values as published"


def digest_of(text: str, written: str) -> str:
    """What tells entries that were written down, with the file they come from, from any others."""
    return hashlib.sha256(f"{text}\0{written}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    """Rules that may be published: the township's file, and what it makes of the calendars.

    `changed` holds the ids of the rules that differ from those of publication `over` (0 before
    the first), which were in force when it was checked; `to_plan` also those by which somebody is
    not planned yet since earlier publications, None for all rules there are.
    """

    text: str
    written: str
    rules: tuple[Rule, ...]
    changed: frozenset[str]
    to_plan: Scope
    over: int

    @property
    def digest(self) -> str:
        """What tells these rules, written in this file, from any others."""
        return digest_of(self.text, self.written)


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication, and how far everybody has been planned by it."""

    number: int
    text: str
    published_by: int | None
    published_at: datetime
    persons: int
    tally: Tally
    done_at: datetime | None


async def draft(file: Written) -> Draft:
    """Check a township's file against the calendars and against what was published.

    A version that was published means for ever what it meant then, so a rule that is to say
    something else needs a higher one. Raises CalendarMistake.
    """
    entries = read_entries(file)
    check_each(entries)
    drafted = await _drafted(file.text, entries)
    await _check_region(file)
    own = rules_of(entry for entry in entries if entry.changed)
    book = await follow_publications()
    for rule in own:
        _check_version(rule, book, file)
    _check_meanwhile(own, drafted.rules, book, file)
    return drafted


async def publish(drafted: Draft, *, now: datetime, by: int | None = None) -> int:
    """Put rules in force at once, and return their number; `carry_out` plans everybody by them.

    Messages about rules that vanish are taken back in the same transaction. Raises RulesOutdated
    when others were published since these were checked.
    """
    async with in_transaction():
        await _lock()
        if await _newest_number() != drafted.over:
            raise RulesOutdated
        if not drafted.over and drafted.changed:
            # What people are planned by so far must be known for ever, too.
            await _insert(await _drafted("", read_entries()), now=now, by=None)
        number = await _insert(drafted, now=now, by=by)
    await follow_publications()
    return number


async def publish_shipped(*, now: datetime, base: Path = BASE) -> bool:
    """Publish what the program brings, with the township's values over it, unless it was before.

    So new calendars of a new program are kept and carried out like any others; an older program
    that starts once more changes nothing. Raises CalendarMistake when they do not fit together.
    """
    async with in_transaction():
        await _lock()
        newest = await execute("SELECT text FROM rule_publication ORDER BY number DESC LIMIT 1")
        own = Written(_OWN_VALUES, newest[0]["text"] if newest else "")
        entries = read_entries(own, base)
        # What was published was checked then; a process that starts need not do so again.
        is_known = await _is_known(digest_of(own.text, write_entries(entries)))
        if not is_known:
            await _insert(await _drafted(own.text, entries), now=now, by=None)
    await follow_publications()
    return not is_known


async def carry_out(*, now: datetime) -> AsyncIterator[Progress]:
    """Plan everybody by the newest publication, batch by batch, from where it stopped.

    What a batch did and how far it came are one transaction, so after a kill nothing is done
    twice and nothing counted twice. Where another process is at it, this one leaves it alone.
    """
    at = _At(0, Everyone(now=now, rules=_NOTHING))
    with at_full_pace():
        try:
            while step := await _carry_on(at, now=now):
                yield step
        finally:
            await at.everyone.are_planned()


async def newest_publication() -> Publication | None:
    """The publication in force, None before there is one."""
    rows = await execute("SELECT * FROM rule_publication ORDER BY number DESC LIMIT 1")
    return _publication(rows[0]) if rows else None


async def _drafted(text: str, entries: Sequence[Entry]) -> Draft:
    """What a township's file made of the calendars, checked together."""
    rules = rules_of(entries)
    check_together(rules, entries)
    book = await follow_publications()
    changed, number = differing(book.rules, rules), await _newest_number()
    return Draft(
        text=text,
        written=write_entries(entries),
        rules=rules,
        changed=changed,
        to_plan=await _unplanned(rules) if number else changed,
        over=number,
    )


async def _check_region(file: Written) -> None:
    """Refuse a region that is neither of the office's list nor above one of it."""
    region = own_region(file)
    rows = await execute("SELECT code FROM region ORDER BY code")
    if region and not any(row["code"].startswith(prefix_of(region)) for row in rows):
        known = f", such as {rows[0]['code']}" if rows else "; enter that list first"
        raise CalendarMistake(
            file=file.name,
            rule="",
            field="region",
            found=repr(region),
            allowed=f"a code of the office's list of regions, or of one above{known}",
        )


def _check_version(rule: Rule, book: Rulebook, file: Written) -> None:
    """Refuse a version that was published with another meaning, whenever it is in force."""
    published = book.published(rule.id, rule.version)
    if rule.is_offered and published and _at_any_time(published) != _at_any_time(rule):
        raise CalendarMistake(
            file=file.name,
            rule=rule.id,
            field="version",
            found=f"{rule.version}, which was published saying something else,",
            allowed=f"a whole number above {book.highest_version(rule.id)}",
        )


def _at_any_time(rule: Rule) -> Rule:
    return replace(rule, effective_from=date.min, effective_to=date.max)


def _check_meanwhile(
    own: Sequence[Rule], rules: Sequence[Rule], book: Rulebook, file: Written
) -> None:
    """Refuse to go back to a rule as shipped until the day that a township's next version begins.

    Its version before has to stand in the file, too: what is not there ends with the publication.
    """
    region = own_region(file)
    before = rules_for(book.rules, region)
    for rule, was in product(own, before):
        shipped = [one for one in rules if one.id == rule.id and one.region == region]
        is_same = was.id == rule.id
        if is_same and any(_gives_way(was, one) for one in shipped if one not in own):
            raise CalendarMistake(
                file=file.name,
                rule=rule.id,
                field="effective_from",
                found=f"{rule.effective_from} without version {was.version}, now in force,",
                allowed=f"[[rules.{rule.id}]] twice: version {was.version} with its values and"
                " effective_to, then the other with effective_from",
            )


def _gives_way(rule: Rule, shipped: Rule) -> bool:
    """Whether a township's version would give way to the one as shipped on some day."""
    is_at_once = (
        rule.effective_from <= shipped.effective_to and shipped.effective_from <= rule.effective_to
    )
    return rule.version > shipped.version and is_at_once


async def _lock() -> None:
    """Let one process at a time publish; SQLite has one writer anyway."""
    if dialect() == "postgres":
        await execute("SELECT pg_advisory_xact_lock($1)", _LOCK)


async def _is_known(digest: str) -> bool:
    """Whether rules were published at any time."""
    rows = await execute("SELECT 1 AS one FROM rule_publication WHERE digest = $1 LIMIT 1", digest)
    return bool(rows)


async def _newest_number() -> int:
    rows = await execute("SELECT coalesce(max(number), 0) AS number FROM rule_publication")
    number: int = rows[0]["number"]
    return number


async def _insert(drafted: Draft, *, now: datetime, by: int | None) -> int:
    book = await follow_publications()
    number = await _newest_number() + 1
    await execute(
        "INSERT INTO rule_publication (number, text, rules, digest, published_by, published_at,"
        " last_person, persons, appeared, moved, vanished) VALUES ($1, $2, $3, $4, $5, $6,"
        " 0, 0, 0, 0, 0)",
        *(number, drafted.text, drafted.written, drafted.digest, by, now),
    )
    await _recall_gone(book, book.succeeded_by(drafted.rules), now=now)
    await audit.append("rules_published", now=now, actor_id=by, detail=f"publication {number}")
    return number


async def _recall_gone(before: Rulebook, after: Rulebook, *, now: datetime) -> None:
    """Take back, village by village, the messages about rules that are in force there no more."""
    for row in await execute("SELECT DISTINCT village_code FROM person"):
        village = row["village_code"]
        gone = {rule.id for rule in before.at(village)} - {rule.id for rule in after.at(village)}
        if gone:
            await recall_rules(gone, village, now=now)


@dataclass(slots=True)
class _At:
    """The publication that is being carried out."""

    number: int
    everyone: Everyone


async def _carry_on(at: _At, *, now: datetime) -> Progress | None:
    """Plan the next batch by the newest publication; None if nobody is left, or another does it."""
    await at.everyone.are_planned()
    async with in_transaction():
        row = await _claim()
        if row is None:
            return None
        if row["number"] != at.number:
            at.number = row["number"]
            at.everyone = Everyone(now=now, rules=await _to_plan(at.number))
        async with at.everyone.after(row["last_person"]) as step:
            await _note(at.number, step, now=now)
    return step


async def _claim() -> Row | None:
    """The newest publication while it is not carried out, for this transaction alone."""
    lock = "FOR UPDATE SKIP LOCKED" if dialect() == "postgres" else ""
    rows = await execute(
        "SELECT number, last_person FROM rule_publication WHERE done_at IS NULL"
        f" AND number = (SELECT max(number) FROM rule_publication) {lock}"
    )
    return rows[0] if rows else None


async def _to_plan(number: int) -> Scope:
    """The rules by which somebody may not be planned yet since a publication."""
    rows = await execute("SELECT rules FROM rule_publication WHERE number = $1", number)
    return await _unplanned(read_rules(rows[0]["rules"]))


async def _unplanned(rules: Sequence[Rule]) -> Scope:
    """The rules that differ from any by which somebody may still be planned.

    Those of the last publication that was carried out for everybody, and of each one since. Where
    none ever was, nobody knows by which rules people were planned.
    """
    rows = await execute(
        "SELECT rules, done_at FROM rule_publication WHERE number >= coalesce((SELECT max(number)"
        " FROM rule_publication WHERE done_at IS NOT NULL), 0) ORDER BY number"
    )
    if rows[0]["done_at"] is None:
        return None
    return frozenset[str]().union(*(differing(read_rules(row["rules"]), rules) for row in rows))


async def _note(number: int, step: Progress | None, *, now: datetime) -> None:
    """Write down how far a publication came; with no more persons, that it is carried out."""
    if step is None:
        await execute(
            "UPDATE rule_publication SET done_at = $1 WHERE done_at IS NULL AND number <= $2",
            *(now, number),
        )
        return
    done = tally(what for _, _, what in step.difference.effects())
    await execute(
        "UPDATE rule_publication SET last_person = $1, persons = persons + $2,"
        " appeared = appeared + $3, moved = moved + $4, vanished = vanished + $5"
        " WHERE number = $6",
        *(step.last_person, step.persons, done.appear, done.move, done.vanish, number),
    )


def _publication(row: Row) -> Publication:
    published_at = as_datetime(row["published_at"])
    assert published_at is not None, "the column is not nullable"
    return Publication(
        number=row["number"],
        text=row["text"],
        published_by=row["published_by"],
        published_at=published_at,
        persons=row["persons"],
        tally=Tally(row["appeared"], row["moved"], row["vanished"]),
        done_at=as_datetime(row["done_at"]),
    )
