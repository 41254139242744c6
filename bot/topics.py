"""Choosing topics: a list with nothing ticked, and a page for each with its own consent."""

from collections.abc import Awaitable, Callable, Iterable

from backend.actions import offers
from backend.actions.dialogs import Answers
from backend.domain.consent import HEALTH_PURPOSES, Purpose
from backend.texts.consents import consent_words, purpose_name
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Given, Move, Pressed, Step, again, go
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

UNASKED = "unasked"
_DONE = "done"
Choose = Callable[[Viewer, Answers], Awaitable[Move]]


def chosen(answers: Answers, key: str = YES) -> tuple[Purpose, ...]:
    """The topics agreed to so far, or with NO those refused."""
    named = answers.get(key, "").split()
    return tuple(topic for topic in HEALTH_PURPOSES if topic in named)


def topic_steps(choose: Choose) -> tuple[Step, Step]:
    """The list `topics` and the page `topic`; `choose` is asked to go on once she is done.

    Her answers are kept under YES and NO; what she never opened is in neither. Topics under
    UNASKED are left out: a no given earlier is not asked again.
    """

    async def take_list(viewer: Viewer, answers: Answers, given: Given) -> Move:
        given = meant(given)
        if given in (Pressed(_DONE), Pressed(NO)):
            return await choose(viewer, answers)
        if isinstance(given, Pressed) and given.value in HEALTH_PURPOSES:
            return go("topic", topic=given.value)
        return again(viewer._("Please press a line to look at it, or the button below."))

    return Step("topics", _ask_list, take_list), Step("topic", _ask_topic, _take_topic)


async def _ask_list(viewer: Viewer, answers: Answers) -> Screen:
    _ = viewer._
    agreed = chosen(answers)
    offered = await offers.topics_for(viewer.person_id)
    buttons = [
        Button(("✅ " if topic in agreed else "⬜ ") + purpose_name(topic, _), topic)
        for topic in offered
        if topic not in answers.get(UNASKED, "").split()
    ]
    text = _("What may I remind you of? Press a line to look at it; each is up to you.")
    done = Button(_("✔ Done") if agreed else _("None of these"), _DONE)
    return Screen(text, rows=(*rows_of(buttons), (done,)))


async def _ask_topic(viewer: Viewer, answers: Answers) -> Screen:
    _ = viewer._
    return Screen(
        topic_text(viewer, Purpose(answers["topic"])),
        rows=((Button(_("✅ Yes, remind me"), YES), Button(_("No, thanks"), NO)),),
    )


async def _take_topic(viewer: Viewer, answers: Answers, given: Given) -> Move:
    topic, given = answers["topic"], meant(given)
    if given not in (Pressed(YES), Pressed(NO)):
        return again(viewer._("Please press yes or no."))
    said = YES if given == Pressed(YES) else NO
    named = {key: " ".join(t for t in chosen(answers, key) if t != topic) for key in (YES, NO)}
    named[said] = f"{named[said]} {topic}".strip()
    return go("topics", **named)


def topic_text(viewer: Viewer, topic: Purpose) -> str:
    """What agreeing to a topic means: the reminders, what is kept, and that it can be ended."""
    words = consent_words(topic, viewer._)
    name = purpose_name(topic, viewer._)
    return f"{name}\n\n{words.offer}\n{words.kept}\n{viewer._('You can turn it off at any time.')}"


def topic_list(viewer: Viewer, topics: Iterable[Purpose]) -> str:
    """The topics' names in one line."""
    return viewer._(", ").join(purpose_name(topic, viewer._) for topic in topics)
