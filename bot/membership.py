"""Conversations for those who are in: a stranger who opens one is shown the way in instead."""

from dataclasses import replace

from backend.actions.dialogs import Answers
from bot.buttons import Button, Screen
from bot.dialogs import Conversation, Given, Move, Pressed, Step, enter
from bot.viewer import Viewer


def members_only(conversation: Conversation) -> Conversation:
    """The conversation with every step guarded: its screens and answers are a member's."""
    return replace(conversation, steps=tuple(map(_guarded, conversation.steps)))


def person_of(viewer: Viewer) -> int:
    """The person behind the chat, inside a conversation that is for members only."""
    assert viewer.person_id is not None, "the conversation is for members only"
    return viewer.person_id


def _guarded(step: Step) -> Step:
    async def ask(viewer: Viewer, answers: Answers) -> Screen:
        return _way_in(viewer) if viewer.person_id is None else await step.ask(viewer, answers)

    async def take(viewer: Viewer, answers: Answers, given: Given) -> Move:
        if viewer.person_id is not None:
            return await step.take(viewer, answers, given)
        return enter("welcome") if given == Pressed("register") else enter("home")

    return replace(step, ask=ask, take=take)


def _way_in(viewer: Viewer) -> Screen:
    _ = viewer._
    return Screen(
        _("Hello. To get reminders of free check-ups and services, register first."),
        rows=((Button(_("📝 Register myself"), "register"),),),
        is_page=True,
    )
