"""The rules in force here: the calendars, with the township's own values over them."""

from collections.abc import Iterable
from pathlib import Path

from backend.calendars.load import BASE, load, rules_for
from backend.domain.calendar import Rule


class Rulebook:
    """Every rule, found by its id and version."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_version = {(rule.id, rule.version): rule for rule in self.rules}
        self._at: dict[str, tuple[Rule, ...]] = {}
        self._newest = {rule.id: rule for rule in sorted(self.rules, key=lambda rule: rule.version)}

    def at(self, region: str) -> tuple[Rule, ...]:
        """The rules in force in a village by its 12-digit code."""
        if region not in self._at:
            self._at[region] = rules_for(self.rules, region)
        return self._at[region]

    def find(self, rule_id: str, version: int) -> Rule | None:
        """The rule by which a service was planned, its newest version where that one is gone."""
        return self._by_version.get((rule_id, version)) or self._newest.get(rule_id)


_rulebook: Rulebook | None = None


def use_rulebook(override: Path | None) -> None:
    """Read the calendars with the township's file over them; raises CalendarMistake."""
    global _rulebook
    _rulebook = Rulebook(load(BASE, override))


def rulebook() -> Rulebook:
    """The rules in use; the plain calendars until `use_rulebook` said otherwise."""
    if _rulebook is None:
        use_rulebook(None)
    assert _rulebook is not None, "it was read just now"
    return _rulebook
