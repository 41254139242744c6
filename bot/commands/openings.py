"""What opens a conversation: commands, home keys, and the words by which people say stop."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.i18n import locales, translator
from bot.buttons import Key
from bot.dialogs import Move, enter, plain

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Opening:
    """A way into a conversation: its command and what the command list says of it."""

    command: str
    about: Callable[[Say], str]
    move: Move


OPENINGS = (
    Opening("menu", lambda _: _("Open the menu"), enter("home")),
    Opening("schedule", lambda _: _("My schedule"), enter("schedule")),
    Opening("settings", lambda _: _("Settings"), enter("settings")),
    Opening("language", lambda _: _("Language"), enter("settings", "language")),
    Opening("privacy", lambda _: _("My data and privacy"), enter("privacy")),
    Opening("help", lambda _: _("Ask for help"), enter("cadre_help")),
    Opening("cancel", lambda _: _("Leave what is open"), enter("home")),
    Opening("stop", lambda _: _("Stop all messages"), enter("stop")),
)

HOME_KEYS: tuple[tuple[Callable[[Say], str], str], ...] = (
    (lambda _: _("📅 My schedule"), "schedule"),
    (lambda _: _("🎁 Services for me"), "services"),
    (lambda _: _("🌱 Family news"), "family"),
    (lambda _: _("🙋 Village cadre"), "cadre_help"),
    (lambda _: _("⚙️ Settings"), "settings"),
    (lambda _: _("🔒 Privacy"), "privacy"),
)

_STOP_WORDS = frozenset(
    ("停止", "退订", "td", "t", "不要了", "不要再发了", "别发了", "取消订阅", "stop", "unsubscribe")
)


def home_keys(say: Say) -> tuple[tuple[Key, ...], ...]:
    """Return the keys below the chat, two a row."""
    keys = [Key(label(say)) for label, _conversation in HOME_KEYS]
    return tuple(tuple(keys[at : at + 2]) for at in range(0, len(keys), 2))


def opening_of(text: str) -> Move | None:
    """Return what typed words open: a stop word or a home key in any language; else None."""
    words = plain(text)
    if words in _STOP_WORDS:
        return enter("stop")
    for locale in locales():
        say = translator(locale)._
        for label, conversation in HOME_KEYS:
            if words == plain(label(say)):
                return enter(conversation)
    return None
