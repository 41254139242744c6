"""Finds the catalogues in `locales/` and turns them into translators; no compiling step."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations, c2py
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parents[1] / "locales"
FIRST_LOCALE = "zh_CN"


class CatalogueTranslations(NullTranslations):
    """Translations taken straight from a .po catalogue."""

    def __init__(self, catalogue: Catalog) -> None:
        super().__init__()
        self._single: dict[str, str] = {}
        self._plural: dict[str, tuple[str, ...]] = {}
        self._form_number: Callable[[int], int] = c2py(catalogue.plural_expr)
        for message in catalogue:
            if isinstance(message.id, str):
                self._single[message.id] = str(message.string)
            else:
                self._plural[message.id[0]] = tuple(message.string)

    def gettext(self, message: str) -> str:
        """Return the translation, or the English sentence itself."""
        return self._single.get(message) or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the translation that fits the count `n`."""
        forms = self._plural.get(msgid1)
        form = forms[self._form_number(n)] if forms else ""
        return form or (msgid1 if n == 1 else msgid2)


@dataclass(frozen=True)
class Translator:
    """What a person's language needs: `_` for sentences, `n_` for counts."""

    locale: str
    _: Callable[[str], str]
    n_: Callable[[str, str, int], str]


@cache
def locales() -> tuple[str, ...]:
    """Return the locales there are, the first one being the default."""
    found = sorted(path.parents[1].name for path in LOCALES.glob("*/LC_MESSAGES/messages.po"))
    return tuple(sorted(found, key=lambda name: name != FIRST_LOCALE))


@cache
def translator(locale: str) -> Translator:
    """Return the translator of `locale`; raise FileNotFoundError when there is no catalogue."""
    path = LOCALES / locale / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        translations = CatalogueTranslations(read_po(file, locale=locale))
    return Translator(locale, translations.gettext, translations.ngettext)


@cache
def language_name(locale: str) -> str:
    """Return the language's name for itself, such as 中文 or English."""
    return (Locale.parse(locale).get_language_name() or locale).capitalize()


def match_locale(language_code: str | None) -> str:
    """Return the locale that fits a phone's language code, or the default one."""
    wanted = (language_code or "").replace("-", "_").lower().split("_")[0]
    fitting = (name for name in locales() if name.lower().split("_")[0] == wanted)
    return next(fitting, FIRST_LOCALE)
