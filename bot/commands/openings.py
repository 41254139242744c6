"""What opens a conversation: commands, home keys, and the words by which people say stop."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

from telegram import BotCommand

from backend.domain.access import Role
from backend.i18n import locales, translator
from bot.commands.boards import moves_of_keys
from bot.dialogs import Move, enter, plain

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Opening:
    """A way into a conversation: its command, what the command list says of it, and for whom."""

    command: str
    about: Callable[[Say], str]
    move: Move
    roles: frozenset[Role] = frozenset({Role.RESIDENT})


_WORKING = frozenset({Role.CADRE, Role.OFFICER})
OPENINGS = (
    Opening("tasks", lambda _: _("Today's tasks"), enter("cadre_tasks"), _WORKING),
    Opening("search", lambda _: _("Find a person"), enter("cadre_search"), frozenset({Role.CADRE})),
    Opening(
        "broadcast", lambda _: _("Write a notice"), enter("broadcast"), frozenset({Role.OFFICER})
    ),
    Opening("menu", lambda _: _("Open the menu"), enter("home")),
    Opening("schedule", lambda _: _("My schedule"), enter("schedule")),
    Opening("settings", lambda _: _("Settings"), enter("settings")),
    Opening("language", lambda _: _("Language"), enter("settings", "language")),
    Opening("privacy", lambda _: _("My data and privacy"), enter("privacy")),
    Opening("complaint", lambda _: _("Complain, suggest, praise"), enter("complaints")),
    Opening("help", lambda _: _("Ask for help"), enter("cadre_help")),
    Opening("cancel", lambda _: _("Leave what is open"), enter("home")),
    Opening("stop", lambda _: _("Stop all messages"), enter("stop")),
)

_STOP_WORDS = frozenset(
    ("停止", "退订", "td", "t", "不要了", "不要再发了", "别发了", "取消订阅", "stop", "unsubscribe")
)


def command_list(say: Say, roles: Collection[Role] = ()) -> list[BotCommand]:
    """The commands somebody with these roles is shown; a resident's are everybody's."""
    return [
        BotCommand(opening.command, opening.about(say))
        for opening in OPENINGS
        if opening.roles & {*roles, Role.RESIDENT}
    ]


def opening_of(text: str) -> Move | None:
    """Return what typed words open: a stop word or a home key in any language; else None."""
    words = plain(text)
    return enter("stop") if words in _STOP_WORDS else _moves_of_keys().get(words)


@cache
def _moves_of_keys() -> dict[str, Move]:
    """What the keys open in any language; of words that are in several the first one's."""
    by_locale = [moves_of_keys(translator(locale)._) for locale in reversed(locales())]
    return {words: move for moves in by_locale for words, move in moves.items()}
