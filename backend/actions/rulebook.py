"""The rules in force here: what was published last, and what was published before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from backend.calendars.load import load
from backend.calendars.published import read_rules
from backend.calendars.rules import rules_for
from backend.domain.calendar import Rule
from backend.domain.rules import Rules
from backend.store.sql import execute


class Rulebook:
    """Every rule in force, and every one that once was, found by its id and version."""

    def __init__(self, rules: Iterable[Rule], earlier: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self._at: dict[str, Rules] = {}
        self._ids_at: dict[str, frozenset[str]] = {}
        # The villages of a region have the same rules, and share what is remembered of them.
        self._shared: dict[tuple[Rule, ...], Rules] = {}
        known = (*earlier, *sorted(self.rules, key=lambda rule: rule.version))
        offered = [rule for rule in known if rule.is_offered]
        self._by_version = {(rule.id, rule.version): rule for rule in offered}
        self._newest = {rule.id: rule for rule in offered}

    def at(self, region: str) -> Rules:
        """The rules in force in a village by its 12-digit code."""
        if region not in self._at:
            rules = rules_for(self.rules, region)
            if rules not in self._shared:
                self._shared[rules] = Rules(rules)
            self._at[region] = self._shared[rules]
        return self._at[region]

    def find(self, rule_id: str, version: int) -> Rule | None:
        """The rule by which a service was planned; where that one is gone, the one in force."""
        return self._by_version.get((rule_id, version)) or self._newest.get(rule_id)

    def has(self, rule_id: str, region: str) -> bool:
        """Whether a rule is in force in a village."""
        if region not in self._ids_at:
            self._ids_at[region] = frozenset(rule.id for rule in self.at(region))
        return rule_id in self._ids_at[region]

    def published(self, rule_id: str, version: int) -> Rule | None:
        """The rule of exactly this version, None where there never was one."""
        return self._by_version.get((rule_id, version))

    def succeeded_by(self, rules: Iterable[Rule]) -> "Rulebook":
        """The rulebook there would be if other rules came in force."""
        return Rulebook(rules, self._by_version.values())

    def highest_version(self, rule_id: str) -> int:
        """The highest version there ever was of a rule; 0 for one there never was."""
        return max((number for name, number in self._by_version if name == rule_id), default=0)


@dataclass(frozen=True, slots=True)
class _InForce:
    """A rulebook, and the publication it was read from; number 0 before there is one."""

    number: int
    digest: str
    book: Rulebook


_in_force: _InForce | None = None


def rulebook() -> Rulebook:
    """The rules in use as last read; the plain calendars until something was published."""
    return _plain().book if _in_force is None else _in_force.book


async def follow_publications() -> Rulebook:
    """The rules in force now: read anew if another publication is the newest since."""
    global _in_force
    rows = await execute("SELECT number, digest FROM rule_publication ORDER BY number DESC LIMIT 1")
    newest = (rows[0]["number"], rows[0]["digest"]) if rows else (0, "")
    if _in_force is None or newest != (_in_force.number, _in_force.digest):
        _in_force = await _read() if rows else _plain()
    return _in_force.book


@cache
def _plain() -> _InForce:
    return _InForce(0, "", Rulebook(load()))


async def _read() -> _InForce:
    """Read every publication, the oldest first, so that a later one has the last word."""
    rows = await execute("SELECT number, digest, rules FROM rule_publication ORDER BY number")
    *earlier, newest = [read_rules(row["rules"]) for row in rows]
    book = Rulebook(newest, [rule for rules in earlier for rule in rules])
    return _InForce(rows[-1]["number"], rows[-1]["digest"], book)
