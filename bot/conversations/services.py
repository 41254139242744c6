"""What the township offers, topic by topic; each is switched on under its own consent."""

from backend.actions import consents, offers, settings
from backend.actions.dialogs import Answers
from backend.actions.offers import Service
from backend.domain.consent import HEALTH_PURPOSES, Purpose
from backend.texts import services
from backend.texts.consents import consent_words, purpose_name
from bot.agreement import consent_step, has_agreed
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.membership import members_only, person_of
from bot.topics import topic_text
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

# Topics whose services hang on something she tells about herself.
_TOLD = frozenset({Purpose.MATERNAL, Purpose.FOLIC_ACID, Purpose.CHILD, Purpose.CONTRACEPTION})
_PLACES = ("schedule", "family", "services")


async def topics_on(viewer: Viewer) -> frozenset[str]:
    """The topics she agreed to and has not turned off."""
    held = await settings.fetch(person_of(viewer))
    agreed = await consents.in_force_for(person_of(viewer))
    return frozenset(topic for topic in agreed if held.topics.get(topic) == "on")


async def ask_list(viewer: Viewer, _answers: Answers) -> Screen:
    """Show every topic, and which ones are on."""
    _ = viewer._
    on = await topics_on(viewer)
    buttons = [
        Button(("✅ " if topic in on else "▫️ ") + purpose_name(topic, _), topic)
        for topic in await offers.topics_for(person_of(viewer))
    ]
    text = _("Free services for you. Press one to look at it; ✅ are the ones you get.")
    return Screen(text, rows=rows_of(buttons), is_page=True, is_protected=True)


async def take_list(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Open a topic; who has left is first asked to take part again."""
    if not isinstance(given, Pressed) or given.value not in HEALTH_PURPOSES:
        return again(viewer._("Please press one of the buttons."))
    if not await has_agreed(viewer, Purpose.SERVICE):
        return go("agree", purpose=Purpose.SERVICE, topic=given.value)
    return go("topic", topic=given.value)


async def take_agreed(_viewer: Viewer, _answers: Answers) -> Move:
    """Go on to the topic she wanted to see."""
    return finish("topic")


async def take_refused(viewer: Viewer, _answers: Answers) -> Move:
    """Leave everything as it is."""
    return enter("home", hint=viewer._("All right, everything stays as it is."))


async def ask_topic(viewer: Viewer, answers: Answers) -> Screen:
    """Say what belongs to a topic, and ask for its consent where it is not on."""
    _ = viewer._
    topic = Purpose(answers["topic"])
    parts = await offers.services_of(topic, person_of(viewer))
    titles = [_line(viewer, one) for one in parts]
    if topic not in await topics_on(viewer):
        text = "\n".join([topic_text(viewer, topic), "", *titles])
        rows = ((Button(_("✅ Yes, remind me"), YES), Button(_("No, thanks"), NO)),)
        return Screen(text, rows=rows, is_page=True, is_protected=True)
    name, offer = purpose_name(topic, _), consent_words(topic, _).offer
    text = "\n".join([f"✅ {name}", "", offer, *titles])
    rows = ((Button(_("📅 My schedule"), "schedule"), Button(_("🔕 Turn off"), "off")),)
    return Screen(text, rows=rows, is_page=True, is_protected=True)


def _line(viewer: Viewer, service: Service) -> str:
    """One service of a topic in the list of them."""
    _ = viewer._
    title = services.words(service.rule, _, service.occurrence).title
    named = _("• {title}, then regularly") if service.repeats else _("• {title}")
    return named.format(title=title)


async def take_topic(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep a yes or a no; a topic that is on can be turned off as easily."""
    _ = viewer._
    person_id, topic, given = person_of(viewer), Purpose(answers["topic"]), meant(given)
    if given == Pressed("schedule"):
        return enter("schedule")
    if given == Pressed(YES):
        await consents.give(person_id, [topic], now=viewer.now)
        await settings.switch_topic(person_id, topic, is_on=True, now=viewer.now)
        return finish("on", topic=topic)
    if given == Pressed("off"):
        await settings.switch_topic(person_id, topic, is_on=False, now=viewer.now)
        return go("list", toast=_("Turned off."))
    if given == Pressed(NO):
        if topic in await consents.to_ask(person_id):
            await consents.refuse(person_id, [topic], now=viewer.now)
        return go("list")
    return again(_("Please press one of the buttons."))


async def ask_on(viewer: Viewer, answers: Answers) -> Screen:
    """Say that a topic is on, and what comes next."""
    _ = viewer._
    topic = Purpose(answers["topic"])
    text = _("✅ {topic}: turned on.").format(topic=purpose_name(topic, _))
    buttons = [Button(_("📅 My schedule"), "schedule"), Button(_("🎁 More services"), "services")]
    if topic in _TOLD:
        text += "\n" + _("Tell me a date, and I can remind you on the right day.")
        buttons.insert(0, Button(_("🌱 Tell my news"), "family"))
    return Screen(text, rows=rows_of(buttons), is_page=True, is_protected=True)


async def take_on(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Go where she likes to go next."""
    if isinstance(given, Pressed) and given.value in _PLACES:
        return enter(given.value)
    return again(viewer._("Please press one of the buttons."))


CONVERSATION = members_only(
    Conversation(
        "services",
        (
            Step("list", ask_list, take_list),
            consent_step("agree", agreed=take_agreed, refused=take_refused),
            Step("topic", ask_topic, take_topic),
            Step("on", ask_on, take_on),
        ),
    )
)
