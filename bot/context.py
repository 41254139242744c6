"""Who is looking, in which language, at what moment: filled once for each update."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot

from backend.actions import accounts
from backend.actions.accounts import Visitor
from backend.actions.delivery import Message
from backend.actions.gate import Gate
from backend.actions.pace import Pace
from backend.actions.sending import Send, Sender
from backend.clock import Clock
from backend.i18n import match_locale, translator
from bot.dialogs import Attached, Dialogs
from bot.viewer import Office, Viewer

DESK = "desk"


@dataclass
class Turn:
    """One update on its way through: what is to be sent and called once it is committed.

    `attached` is a file that was fetched before, as the open step needs what is in it.
    """

    update: Update
    viewer: Viewer
    attached: Attached | None = None
    answers: list[tuple[Message, Send]] = field(default_factory=list)
    after: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    error: Exception | None = None


@dataclass
class Desk:
    """What every handler shares: clock, office, conversations, and the turns under way.

    `pace` and `gate` are the sender's own: a direct call takes a slot and minds the gate too. The
    `sender` is put here as soon as there is one: it needs a courier, who needs a desk.
    """

    clock: Clock
    office: Office
    dialogs: Dialogs
    pace: Pace
    sender: Sender = field(init=False, repr=False)
    gate: Gate = field(default_factory=Gate)
    turns: dict[int, Turn] = field(default_factory=dict)


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """The handlers' context; `turn` is the update's own."""

    turn: Turn
    desk: Desk

    @classmethod
    def from_update(
        cls,
        update: object,
        application: Application[Any, Any, Any, Any, Any, Any],
    ) -> "Context":
        """Build the context of an update whose turn has begun."""
        context = super().from_update(update, application)
        context.desk = application.bot_data[DESK]
        if isinstance(update, Update):
            context.turn = context.desk.turns[update.update_id]
        return context

    @property
    def viewer(self) -> Viewer:
        """Who is looking."""
        return self.turn.viewer


Walk = Application[ExtBot[None], Context, Any, Any, Any, None]


async def meet(tg_id: int, language_code: str | None, desk: Desk) -> Viewer:
    """Return the viewer behind a Telegram user who has just written."""
    now = desk.clock.local()
    visitor = await accounts.meet(tg_id, match_locale(language_code), now=now)
    if visitor.state in ("blocked", "deactivated", "unreachable"):
        # Whoever writes can be written to, even if the news of it was missed.
        await accounts.came_back(tg_id, now=now)
    return viewer_of(visitor, desk, now=now)


async def recall(chat_id: int, desk: Desk) -> Viewer | None:
    """Return the viewer behind a chat that is to be written to, or None for an unknown chat."""
    now = desk.clock.local()
    visitor = await accounts.find(chat_id)
    return viewer_of(visitor, desk, now=now) if visitor else None


def viewer_of(visitor: Visitor, desk: Desk, *, now: datetime) -> Viewer:
    """Return the viewer for what is known of an account."""
    words = translator(visitor.locale)
    return Viewer(visitor.tg_id, visitor, words, now, desk.office)
