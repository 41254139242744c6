"""Every rule of the service calendars can be read, and has words wherever people meet it."""

from collections.abc import Collection, Iterable
from pathlib import Path

import pytest

from backend.calendars.load import load
from backend.domain.calendar import Anchor, Reason, Rule
from backend.domain.errors import CalendarMistake
from backend.texts.services import REASONS, SOURCES, TOPICS, WORDS
from tests.backend.domain.example_lives import PLACE as LIVES
from tests.backend.domain.example_lives import lifeless
from tests.guards.sources import ROOT

PLACE = "backend/texts/services.py"
EVERYDAY = """
[[rules]]
id = "teeth"
version = 1
calendar = "everyone"
topic = "smile"
anchor = "enrolment"
windows = [{ opens = "enrolment", due = "enrolment+1m", closes = "enrolment+3m" }]
group = "teeth"
remind = { first = "opens" }
source = "dentists2026"
certainty = "U"
"""


def read(folder: Path | None = None) -> tuple[Rule, ...]:
    """The rules of a folder, the shipped ones by default; a mistake in a file fails in one line."""
    try:
        return load(folder) if folder else load()
    except CalendarMistake as mistake:
        pytest.fail(str(mistake), pytrace=False)


def wordless(
    rules: Iterable[Rule],
    *,
    words: Collection[str] = WORDS,
    topics: Collection[str] = TOPICS,
    sources: Collection[str] = SOURCES,
) -> list[str]:
    """Say of each rule, topic and source what is still missing and where, and what is left over."""
    held = list(rules)
    used = {
        "WORDS": ({rule.id: rule.id for rule in held}, words),
        "TOPICS": ({rule.audience.topic: rule.id for rule in held}, topics),
        "SOURCES": ({rule.source: rule.id for rule in held}, sources),
    }
    found = []
    for table, (asked, there) in used.items():
        for key in sorted(asked.keys() - there):
            found.append(f'add "{key}" to {table} in {PLACE}: rule {asked[key]} needs it')
        for key in sorted(set(there) - asked.keys()):
            found.append(f'take "{key}" out of {table} in {PLACE}: no rule has it')
    return found


def test_every_rule_has_words_and_no_words_are_left_over() -> None:
    missing = wordless(read())
    assert not missing, "\n".join(missing)


def test_every_rule_has_an_example_life_and_no_life_is_left_over() -> None:
    missing = lifeless(read())
    assert not missing, "\n".join(missing)


def test_every_anchor_has_its_reason() -> None:
    assert {*Anchor, *Reason} == set(REASONS)


def test_the_guard_says_which_words_a_new_rule_lacks_and_where_they_go(tmp_path: Path) -> None:
    (tmp_path / "teeth.toml").write_text(EVERYDAY, encoding="utf-8")
    found = wordless(
        read(tmp_path), words={"teeth_of_old"}, topics={"smile"}, sources={"dentists2026"}
    )
    assert found == [
        'add "teeth" to WORDS in backend/texts/services.py: rule teeth needs it',
        'take "teeth_of_old" out of WORDS in backend/texts/services.py: no rule has it',
    ]
    assert wordless(read(tmp_path), words={"teeth"}, topics=set(), sources=set()) == [
        'add "smile" to TOPICS in backend/texts/services.py: rule teeth needs it',
        'add "dentists2026" to SOURCES in backend/texts/services.py: rule teeth needs it',
    ]
    assert (ROOT / PLACE).is_file()


def test_the_guard_says_which_rule_lacks_an_example_life(tmp_path: Path) -> None:
    (tmp_path / "teeth.toml").write_text(EVERYDAY, encoding="utf-8")
    assert lifeless(read(tmp_path), {"k9"}) == [
        f'add a life in which "teeth" opens to EXAMPLES in {LIVES}',
        f'take "k9" out of EXAMPLES in {LIVES}: no rule has it',
    ]
    assert (ROOT / LIVES).is_file()


def test_the_guard_says_in_one_line_what_is_wrong_with_a_rule(tmp_path: Path) -> None:
    wrong = EVERYDAY.replace('anchor = "enrolment"', 'anchor = "full_moon"')
    (tmp_path / "teeth.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match=r"teeth\.toml teeth anchor"):
        read(tmp_path)
