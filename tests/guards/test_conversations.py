"""Every conversation that was written is one that the bot has, and is read in both languages."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import bot.conversations
from bot.app import CONVERSATIONS
from scripts.messages import said_in
from tests.guards.sources import Source, sources

FILES = sorted(Path(bot.conversations.__path__[0]).glob("*.py"))
TRANSCRIPTS = "tests/bot/conversations/"


def quoted(source: Source) -> set[str]:
    """Return every text that stands in a file."""
    found = (node.value for node in ast.walk(source.tree) if isinstance(node, ast.Constant))
    return {value for value in found if isinstance(value, str)}


def unread(source: Source, transcripts: list[Source]) -> list[str]:
    """Name the questions of a conversation of which no transcript in both languages says a word.

    Such a transcript quotes the bot by the English sentence and is run in each language; a
    question is what an `ask_...` function shows.
    """
    read = set().union(*(quoted(one) for one in transcripts))
    asking = [
        node
        for node in source.tree.body
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("ask_")
    ]
    said = {node.name: {one for one, _ in said_in(node)} for node in asking}
    return [name for name, sentences in said.items() if sentences and not sentences & read]


def is_opened(name: str, bot_files: list[Source]) -> bool:
    """Whether a file of the bot other than its own names a conversation, or a step of it."""
    own = f"bot/conversations/{name}.py"
    return any(
        said == name or said.startswith(f"{name}.")
        for one in bot_files
        if one.path != own
        for said in quoted(one)
    )


def both_languages() -> list[Source]:
    """Return the transcripts that are run in both languages."""
    return [
        one for one in sources() if one.path.startswith(TRANSCRIPTS) and "w: Tongue" in one.text
    ]


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_a_conversation_has_its_line_in_the_app(name: str) -> None:
    written = getattr(import_module(f"bot.conversations.{name}"), "CONVERSATION", None)
    is_listed = written is None or written in CONVERSATIONS
    assert is_listed, f"add {name}.CONVERSATION to CONVERSATIONS in bot/app.py"


@pytest.mark.parametrize("name", [one.name for one in CONVERSATIONS])
def test_a_conversation_is_opened_by_something(name: str) -> None:
    bot_files = [one for one in sources() if one.path.startswith("bot/")]
    assert is_opened(name, bot_files), (
        f'nothing opens {name}: name it in a button\'s `opens`, in `enter("{name}")` of another'
        " conversation, or in OPENINGS in bot/commands/openings.py"
    )


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_every_question_is_read_in_both_languages(name: str) -> None:
    source = next(one for one in sources() if one.path == f"bot/conversations/{name}.py")
    missing = unread(source, both_languages())
    assert not missing, (
        f"no transcript with `w: Tongue` in {TRANSCRIPTS} shows {missing} of {name}:"
        ' quote its words as w("English sentence")'
    )


def test_the_guard_sees_a_question_that_nobody_reads() -> None:
    code = 'async def ask_tea(v, a):\n    _ = v._\n    return Screen(_("Tea?"))\n'
    conversation = Source("tea.py", "tea", code, ast.parse(code))
    silent, reading = "say(phone, w('Coffee?'))", "say(phone, w('Tea?'))"
    assert unread(conversation, [Source("t", "t", silent, ast.parse(silent))]) == ["ask_tea"]
    assert unread(conversation, [Source("t", "t", reading, ast.parse(reading))]) == []


def test_the_guard_sees_a_conversation_that_nothing_opens() -> None:
    def file(path: str, code: str) -> Source:
        return Source(path, "tea", code, ast.parse(code))

    own = file("bot/conversations/tea.py", 'CONVERSATION = Conversation("tea", ())')
    assert not is_opened("tea", [own, file("bot/app.py", 'say("teatime")')])
    assert is_opened("tea", [own, file("bot/app.py", 'enter("tea")')])
    assert is_opened("tea", [own, file("bot/app.py", 'Button("Tea", opens="tea.milk")')])
