"""The files of the sandbox's page, read without a browser."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "bot" / "sandbox" / "static"
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())


def words_of(language: str) -> dict[str, str]:
    """Return the page's words in one language, by key."""
    source = (STATIC / "js" / "words.js").read_text(encoding="utf-8")
    block = source.split(f"  {language}: {{\n")[1].split("\n  },")[0]
    return dict(re.findall(r'^    (\w+): "(.*)",$', block, re.M))


def quoted() -> set[str]:
    """Return every plain quoted word of the scripts but the catalogue itself."""
    sources = (path.read_text(encoding="utf-8") for path in SCRIPTS if path.name != "words.js")
    return set(re.findall(r'"(\w+)"', "\n".join(sources)))


def named() -> set[str]:
    """Return every key by which a script names words."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    return set(re.findall(r'(?:say\(|(?:word|label|hint): )"(\w+)"', sources))


def test_both_languages_say_the_same_things_with_the_same_placeholders() -> None:
    chinese, english = words_of("zh"), words_of("en")
    assert chinese.keys() == english.keys()
    holes = re.compile(r"\{\w+\}")
    for key, words in chinese.items():
        assert set(holes.findall(words)) == set(holes.findall(english[key])), key


def test_every_word_named_exists_and_every_word_is_used() -> None:
    assert named() - words_of("zh").keys() == set()
    assert words_of("zh").keys() - quoted() == set()


def test_the_page_asks_for_nothing_from_elsewhere_and_runs_under_a_strict_policy() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="(?!/sandbox/static/)', page) == []
    assert re.findall(r"<style|<script(?! type=\"module\" src)|\son\w+=|style=", page) == []
    for path in FILES:
        if path.suffix in {".js", ".css"}:
            assert "innerHTML" not in path.read_text(encoding="utf-8")
            assert not re.search(r"url\(.?https?:|from .https?:", path.read_text(encoding="utf-8"))


def test_every_file_the_page_names_is_there() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    for path in re.findall(r'"/sandbox/static/([^"]+)"', page):
        assert (STATIC / path).is_file(), path
    icons = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    sources = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    used = set(re.findall(r'\b(?:icon|iconButton)\("([\w-]+)"|icon: "([\w-]+)"', sources))
    assert {one or other for one, other in used} - icons == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_outgrows_a_reader(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") < 400
