"""The keys below the chat: one board for each role somebody holds, six keys at most."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.access import Role
from bot.buttons import Key
from bot.dialogs import Move, enter, plain
from bot.viewer import Viewer

Say = Callable[[str], str]
Label = Callable[[Say], str]
_A_ROW = 2


@dataclass(frozen=True, slots=True)
class Board:
    """What one role finds on the home screen.

    `name` is its step of the home conversation and `title` what the key of another board says
    that leads here. Who holds several roles finds that key in the last place.
    """

    role: Role
    name: str
    title: Label
    keys: tuple[tuple[Label, Move], ...]


# The most responsible first: it is the one that opens by itself.
BOARDS = (
    Board(
        Role.OFFICER,
        "office",
        lambda _: _("🏛 Township office"),
        (
            (lambda _: _("📢 Write a notice"), enter("broadcast")),
            (lambda _: _("📊 Notices so far"), enter("broadcast_progress")),
            (lambda _: _("🤝 Invite a cadre"), enter("invite_cadre")),
            (lambda _: _("🏘 Give households"), enter("grids")),
            (lambda _: _("⚙️ Settings"), enter("settings")),
        ),
    ),
    Board(
        Role.CADRE,
        "grid",
        lambda _: _("🗂 Village work"),
        (
            (lambda _: _("📋 Today's tasks"), enter("cadre_tasks")),
            (lambda _: _("🔍 Find a person"), enter("cadre_search")),
            (lambda _: _("📝 Registrations"), enter("cadre_registrations")),
            (lambda _: _("⚙️ Settings"), enter("settings")),
        ),
    ),
    Board(
        Role.RESIDENT,
        "own",
        lambda _: _("🙂 My own services"),
        (
            (lambda _: _("📅 My schedule"), enter("schedule")),
            (lambda _: _("🎁 Services for me"), enter("services")),
            (lambda _: _("🏠 I am moving"), enter("move")),
            (lambda _: _("💬 Speak up"), enter("complaints")),
            (lambda _: _("🙋 Village cadre"), enter("cadre_help")),
            (lambda _: _("⚙️ Settings"), enter("settings")),
        ),
    ),
)
MOST_KEYS = 6
# Words that open something without a key of their own; a button elsewhere says them.
_SPOKEN: tuple[tuple[Label, Move], ...] = (
    (lambda _: _("🌱 Family news"), enter("family")),
    (lambda _: _("🔒 Privacy"), enter("privacy")),
)


def boards_of(viewer: Viewer) -> tuple[Board, ...]:
    """The boards of somebody's roles; a resident's for whoever is not in yet."""
    roles = viewer.visitor.roles | {Role.RESIDENT}
    return tuple(board for board in BOARDS if board.role in roles)


def home_keys(viewer: Viewer, board: Board | None = None) -> tuple[tuple[Key, ...], ...]:
    """The keys of a board (the first one held without it), two a row."""
    held = boards_of(viewer)
    board = board if board in held else held[0]
    labels = [label(viewer._) for label, _move in board.keys]
    if len(held) > 1:
        following = held[(held.index(board) + 1) % len(held)]
        labels = [*labels[: MOST_KEYS - 1], following.title(viewer._)]
    keys = [Key(label) for label in labels]
    return tuple(tuple(keys[at : at + _A_ROW]) for at in range(0, len(keys), _A_ROW))


def moves_of_keys(say: Say) -> dict[str, Move]:
    """What each key opens, whichever board it is on, by the plain words on it."""
    titles = [(board.title, enter("home", board.name)) for board in BOARDS]
    keys = [key for board in BOARDS for key in board.keys]
    return {plain(label(say)): move for label, move in (*titles, *keys, *_SPOKEN)}
