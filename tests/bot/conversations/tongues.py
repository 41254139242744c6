"""The words of a language, so that one transcript is read in each of them."""

import string
from dataclasses import dataclass

from backend.i18n import translator


@dataclass(frozen=True)
class Tongue:
    """A language in which a transcript is read; its sentences are named by their English."""

    locale: str

    @property
    def code(self) -> str:
        """The code a phone in this language shows."""
        return "zh-hans" if self.locale == "zh_CN" else self.locale

    def __call__(self, sentence: str, **values: object) -> str:
        """A sentence of the bot in this language; without all `values` its longest plain run."""
        text = translator(self.locale)._(sentence)
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        return text.format(**values) if names <= values.keys() else _longest_run(text)

    def count(self, one: str, many: str, n: int) -> str:
        """A sentence of the bot about `n` things."""
        return translator(self.locale).n_(one, many, n).format(n=n)


def _longest_run(text: str) -> str:
    runs = (literal for literal, *_ in string.Formatter().parse(text))
    return max((run.strip() for run in runs), key=len)
