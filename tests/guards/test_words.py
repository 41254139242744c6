"""Every sentence has its words in every language, and no word slips past the catalogues."""

import ast
import re
import string
from collections.abc import Collection

import pytest

from backend.i18n import locales
from scripts.messages import Sentence, catalogue, entry_key, sentences
from tests.guards.sources import sources

MOST_HAN_ON_A_BUTTON = 10
HAN = re.compile(r"[\u3400-\u9fff]")
LETTERS = re.compile(r"[A-Za-z\u3400-\u9fff]{2,}")
SHOWN = {"Button", "Key", "Screen", "BotCommand"}


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def told(locale: str, found: Collection[Sentence], what: str) -> str:
    """Say of which sentences of a catalogue something is wrong, the first few of them by name."""
    first = ", ".join(repr(one) for one, _ in sorted(found)[:3])
    return f"locales/{locale}: {len(found)} sentences {what}: {first}"


@pytest.mark.parametrize("locale", locales())
def test_a_catalogue_holds_exactly_the_sentences_of_the_code(locale: str) -> None:
    known = {entry_key(entry) for entry in catalogue(locale)}
    missing, left = sentences() - known, known - sentences()
    assert not missing, told(locale, missing, "are missing: run `messages`, then translate")
    assert not left, told(locale, left, "are said by nobody any more: run `messages`")


@pytest.mark.parametrize("locale", locales())
def test_every_sentence_is_translated_and_none_is_fuzzy(locale: str) -> None:
    book = catalogue(locale)
    blank = {entry_key(entry) for entry in book.untranslated_entries()}
    fuzzy = {entry_key(entry) for entry in book.fuzzy_entries()}
    assert not blank, told(locale, blank, "have no translation")
    assert not fuzzy, told(locale, fuzzy, "are marked fuzzy: look at them, and take the mark away")


@pytest.mark.parametrize("locale", locales())
def test_a_translation_keeps_the_placeholders(locale: str) -> None:
    for entry in catalogue(locale):
        wanted = placeholders(entry.msgid) | placeholders(entry.msgid_plural or "")
        texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        for text in filter(None, texts):
            where = f"locales/{locale}: {entry.msgid!r} has other placeholders in {text!r}"
            assert placeholders(text) <= wanted, where
            assert wanted - placeholders(text) <= ({"n"} if entry.msgid_plural else set()), where


def test_the_guard_says_which_language_lacks_which_words() -> None:
    found = {("Tea?", ""), ("{n} cup", "{n} cups"), ("Milk", ""), ("Sugar", "")}
    said = told("de", found, "have no translation")
    assert said == "locales/de: 4 sentences have no translation: 'Milk', 'Sugar', 'Tea?'"


def test_a_button_has_at_most_ten_han_characters() -> None:
    chinese = {entry.msgid: entry.msgstr for entry in catalogue("zh_CN")}
    for source in sources():
        for call in ast.walk(source.tree):
            label = _label_sentence(call)
            if label is not None and not source.is_test:
                count = len(HAN.findall(chinese.get(label, "")))
                assert count <= MOST_HAN_ON_A_BUTTON, f"{source.path}: {chinese[label]}"


def test_no_bare_words_are_handed_to_a_screen_or_a_button() -> None:
    for source in sources():
        if source.is_test or not source.path.startswith("bot/"):
            continue
        for call in ast.walk(source.tree):
            if isinstance(call, ast.Call) and _called(call) in SHOWN and call.args:
                first = call.args[0]
                bare = isinstance(first, ast.Constant) and LETTERS.search(str(first.value))
                assert not bare or _called(call) == "BotCommand", f"{source.path}:{call.lineno}"


def _called(call: ast.Call) -> str | None:
    return call.func.id if isinstance(call.func, ast.Name) else None


def _label_sentence(node: ast.AST) -> str | None:
    """Return the English sentence on a Button or Key, where it stands right at its use."""
    if not (isinstance(node, ast.Call) and _called(node) in {"Button", "Key"} and node.args):
        return None
    inner = node.args[0]
    if isinstance(inner, ast.Call) and inner.args and isinstance(inner.args[0], ast.Constant):
        return str(inner.args[0].value)
    return None
