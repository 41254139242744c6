"""The words on an invite card: short, large, and without a word about health."""

from collections.abc import Callable
from typing import NamedTuple

Gettext = Callable[[str], str]


class QrWords(NamedTuple):
    """What stands on every card."""

    title: str
    steps: tuple[str, ...]
    note: str


def qr_words(_: Gettext, *, township: str, valid_until: str) -> QrWords:
    """The card's words; `valid_until` is the last day written out in the reader's language."""
    return QrWords(
        title=_("{township} service assistant").format(township=township),
        steps=(_("Scan with your phone"), _("Press Start"), _("Answer a few questions")),
        note="\n".join(
            (
                _("For you alone, works once, until {valid_until}.").format(
                    valid_until=valid_until
                ),
                _("Taking part is voluntary. Your village cadre gladly helps."),
            )
        ),
    )
