"""The words of a language, so that one transcript is read in each of them."""

import re
import string
from dataclasses import dataclass
from functools import cache

from backend.i18n import translator
from bot.sandbox.phone import Phone
from scripts.messages import Sentence, sentences
from tests.bot.talk import say

NONSENSE = "@@@"
HAN = re.compile(r"[\u3400-\u9fff]")


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
        assert (sentence, "") in _said(), f"the bot never says {sentence!r}"
        text = translator(self.locale)._(sentence)
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        return text.format(**values) if names <= values.keys() else _longest_run(text)

    def count(self, one: str, many: str, n: int) -> str:
        """A sentence of the bot about `n` things."""
        assert (one, many) in _said(), f"the bot never says {one!r}"
        return translator(self.locale).n_(one, many, n).format(n=n)

    def run(self, one: str, many: str, n: int = 1) -> str:
        """The longest plain run of a sentence of the bot about `n` things and others."""
        assert (one, many) in _said(), f"the bot never says {one!r}"
        return _longest_run(translator(self.locale).n_(one, many, n))


@cache
def _said() -> set[Sentence]:
    return sentences()


def _longest_run(text: str) -> str:
    runs = (literal for literal, *_ in string.Formatter().parse(text))
    return max((run.strip() for run in runs), key=len)


async def puzzle(phone: Phone, w: Tongue) -> None:
    """Write what answers no question: it is asked again, below a hint in her language."""
    pushes = (
        w("🔔 You have a new reminder."),
        w("⏰ Here is your daily reminder."),
        w("🔔 Someone needs you. Please have a look."),
    )
    shown = [one for one in phone.messages if one.from_bot and one.text not in pushes]
    asked = shown[-1].text.splitlines()
    answer = await say(phone, NONSENSE, asked[-1])
    hint = answer.text.splitlines()[0]
    assert hint not in asked
    assert bool(HAN.search(hint)) == (w.locale == "zh_CN")


async def stray(phone: Phone, w: Tongue) -> None:
    """Write to a page that asks nothing: the menu comes, with a word why."""
    await say(phone, NONSENSE, w("I did not understand that. Please choose below."))
