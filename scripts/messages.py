"""`messages`: bring the catalogues in line with the sentences in the code."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.plurals import get_plural

from backend.i18n import LOCALES

ROOT = Path(__file__).parents[1]
SPOKEN = ("bot", "backend")
SINGLE, PLURAL = {"_", "gettext"}, {"n_", "ngettext"}
WIDTH = 100

Sentence = tuple[str, str]


def sentences() -> set[Sentence]:
    """Return every sentence in the code as (msgid, plural or "")."""
    found: set[Sentence] = set()
    for part in SPOKEN:
        for file in (ROOT / part).rglob("*.py"):
            found.update(said_in(ast.parse(file.read_text("utf-8"))))
    return found


def entry_key(entry: polib.POEntry) -> Sentence:
    """Return the sentence a catalogue's entry is about."""
    return entry.msgid, entry.msgid_plural


def catalogue(locale: str) -> polib.POFile:
    """Return a locale's catalogue; an empty file becomes one with the language's plural forms."""
    book = polib.pofile(str(LOCALES / locale / "LC_MESSAGES" / "messages.po"), wrapwidth=WIDTH)
    if not book.metadata:
        count, rule = get_plural(locale)[:2]
        book.metadata = {
            "Language": locale,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": f"nplurals={count}; plural={rule};",
        }
    return book


def brought_in_line(locale: str) -> tuple[int, int]:
    """Add what is missing, remove what nobody says; return how many of each.

    English is the language of the code, so its sentences translate themselves.
    """
    book, said = catalogue(locale), sentences()
    known = {entry_key(entry) for entry in book}
    for one, many in sorted(said - known):
        book.append(_new_entry(one, many, locale=locale))
    gone = [entry for entry in book if entry_key(entry) not in said]
    for entry in gone:
        book.remove(entry)
    book.sort(key=lambda entry: entry.msgid)
    book.save()
    return len(said - known), len(gone)


def _new_entry(one: str, many: str, *, locale: str) -> polib.POEntry:
    is_english = locale == "en"
    if not many:
        return polib.POEntry(msgid=one, msgstr=one if is_english else "")
    forms = {0: one, 1: many} if is_english else dict.fromkeys(range(get_plural(locale)[0]), "")
    return polib.POEntry(msgid=one, msgid_plural=many, msgstr_plural=forms)


def said_in(tree: ast.AST) -> Iterator[Sentence]:
    """Yield every sentence in a piece of code as (msgid, plural or "")."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        if name in SINGLE and texts and isinstance(texts[0], str):
            yield texts[0], ""
        elif name in PLURAL and len(texts) >= 2:
            yield str(texts[0]), str(texts[1])


def main() -> int:
    """Run the command for every locale."""
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/messages.po")):
        locale = path.parents[1].name
        added, removed = brought_in_line(locale)
        missing = len(catalogue(locale).untranslated_entries())
        print(f"{locale}: {added} added, {removed} removed, {missing} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
