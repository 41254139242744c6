"""Conversations for those who are in: a stranger who opens one is shown the way in instead."""

from collections.abc import Callable
from dataclasses import replace

from backend.actions.dialogs import Answers
from backend.domain.access import Actor, NotAllowed, Role
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


def staff_only(*roles: Role) -> Callable[[Conversation], Conversation]:
    """What makes a conversation one for holders of one of `roles`; others are shown the menu.

    What an action refuses as not allowed is said in the same words in every step.
    """

    def guard(conversation: Conversation) -> Conversation:
        steps = tuple(_held_by(frozenset(roles), step) for step in conversation.steps)
        return replace(conversation, steps=steps)

    return guard


def actor_of(viewer: Viewer) -> Actor:
    """The one who acts, inside a conversation for those who hold a role."""
    assert viewer.visitor.actor is not None, "the conversation is for staff only"
    return viewer.visitor.actor


def _held_by(roles: frozenset[Role], step: Step) -> Step:
    async def ask(viewer: Viewer, answers: Answers) -> Screen:
        if not roles & viewer.visitor.roles:
            return _shut(viewer)
        try:
            return await step.ask(viewer, answers)
        except NotAllowed:
            return _shut(viewer)

    async def take(viewer: Viewer, answers: Answers, given: Given) -> Move:
        if not roles & viewer.visitor.roles:
            return enter("home", hint=viewer._("You cannot see or change this."))
        try:
            return await step.take(viewer, answers, given)
        except NotAllowed:
            return enter("home", hint=viewer._("You cannot see or change this."))

    return replace(step, ask=ask, take=take)


def _shut(viewer: Viewer) -> Screen:
    _ = viewer._
    menu = Button(_("Open the menu"), "home")
    return Screen(_("You cannot see or change this."), rows=((menu,),), is_page=True)


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
