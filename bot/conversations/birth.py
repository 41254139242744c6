"""A birth: the day, how the child came, and leaving hospital; the one news that is celebrated."""

from datetime import date

from backend.actions import events
from backend.actions.dialogs import Answers
from backend.actions.events import Told
from backend.domain.consent import Purpose
from backend.domain.episodes import LEAVING_HOSPITAL
from backend.domain.errors import EventRefused, SuixingError
from backend.domain.events import BirthMode
from backend.texts.services import format_day
from bot.agreement import consent_step, has_agreed
from bot.buttons import Button, Screen
from bot.dates import date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.membership import members_only, person_of
from bot.news import not_taken, receipt, take_receipt, why_not
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_CHILD_DAYS = 7 * 366
_UNSAID, _STILL_THERE = "unsaid", "still_there"


async def after_consent(_viewer: Viewer, answers: Answers) -> Move:
    """On to the first question, or back to the receipt where the consent came after it."""
    return finish("recorded") if answers.get("episode") else go("born")


async def after_refusal(viewer: Viewer, answers: Answers) -> Move:
    """Without her consent nothing is kept; what was kept before stays."""
    if answers.get("episode"):
        return finish("recorded")
    return enter("home", hint=viewer._("All right. Nothing was kept."))


async def take_born(viewer: Viewer, _answers: Answers, day: date | str) -> Move:
    """Keep the day in mind."""
    return go("mode", born=str(day), warned="")


async def ask_mode(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask how the child came, as the checks after it differ."""
    _ = viewer._
    rows = (
        (
            Button(_("Vaginal birth"), BirthMode.VAGINAL),
            Button(_("Caesarean"), BirthMode.CAESAREAN),
        ),
        (Button(_("I'd rather not say"), _UNSAID),),
    )
    return Screen(_("How was the baby born?"), rows=rows, is_protected=True)


async def take_mode(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Go on to leaving hospital while that is recent, else to the check."""
    if not isinstance(given, Pressed) or given.value not in {*BirthMode, _UNSAID}:
        return again(viewer._("Please press one of the buttons."))
    is_recent = viewer.today - date.fromisoformat(answers["born"]) <= LEAVING_HOSPITAL
    return go("discharge" if is_recent else "check", mode=given.value, left="")


def _discharge_reach(viewer: Viewer, answers: Answers) -> tuple[date, date]:
    return date.fromisoformat(answers["born"]), viewer.today


def _discharge_extras(viewer: Viewer) -> tuple[Button, ...]:
    _ = viewer._
    return Button(_("Still in hospital"), _STILL_THERE), Button(_("Skip this"), _UNSAID)


async def take_discharge(viewer: Viewer, _answers: Answers, day: date | str) -> Move:
    """Keep the day in mind, if she named one."""
    return go("check", left=day.isoformat() if isinstance(day, date) else "")


async def ask_check(viewer: Viewer, answers: Answers) -> Screen:
    """Show what would be kept."""
    _ = viewer._
    lines = [_("👶 Born on {on}.").format(on=_day(viewer, answers["born"]))]
    if answers["mode"] != _UNSAID:
        is_caesarean = answers["mode"] == BirthMode.CAESAREAN
        lines.append(_("Caesarean") if is_caesarean else _("Vaginal birth"))
    if answers["left"]:
        lines.append(_("Left hospital on {on}.").format(on=_day(viewer, answers["left"])))
    lines.append(_("Is that right?"))
    rows = ((Button(_("✅ That is right"), YES), Button(_("✏️ Change it"), NO)),)
    return Screen("\n".join(lines), rows=rows, is_protected=True)


async def take_check(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep the birth; a day that cannot be is asked again, an unlikely one confirmed once more."""
    given = meant(given)
    if given == Pressed(NO):
        return go("born")
    if given != Pressed(YES):
        return again(viewer._("Please press yes or no."))
    try:
        episode = await _keep(viewer, answers)
    except EventRefused as error:
        hint = why_not(viewer, error)
        if error.may_be_confirmed:
            return go("check", hint=hint, warned="yes")
        return go("born", hint=hint)
    except SuixingError as error:
        return not_taken(viewer, error)
    return finish("recorded", episode=str(episode))


async def _keep(viewer: Viewer, answers: Answers) -> int:
    """Keep the birth and the day she left hospital; return the birth's lasting id."""
    told = Told(now=viewer.now, is_confirmed=bool(answers["warned"]))
    mode = None if answers["mode"] == _UNSAID else BirthMode(answers["mode"])
    born = date.fromisoformat(answers["born"])
    recorded = await events.record_birth(person_of(viewer), told, on=born, mode=mode)
    if answers["left"]:
        left = date.fromisoformat(answers["left"])
        await events.record_discharge(person_of(viewer), told, on=left)
    return recorded.episode


async def ask_recorded(viewer: Viewer, answers: Answers) -> Screen:
    """Congratulate, and offer the child's reminders where they are not agreed to."""
    _ = viewer._
    text = _("🎉 Congratulations! I wish you and the baby all the best.")
    if await has_agreed(viewer, Purpose.CHILD):
        return receipt(viewer, answers, text)
    return receipt(viewer, answers, text, Button(_("👶 Remind me of its checks"), "child"))


async def take_recorded(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Ask for the consent to the child's reminders if she wants them, or go on."""
    if given == Pressed("child"):
        return go("consent", purpose=Purpose.CHILD)
    return await take_receipt(viewer, answers, given)


def _day(viewer: Viewer, iso: str) -> str:
    return format_day(date.fromisoformat(iso), viewer._)


CONVERSATION = members_only(
    Conversation(
        "birth",
        (
            date_step(
                "born",
                lambda viewer, _answers: viewer._("When was the baby born?"),
                reach=days_around(_CHILD_DAYS, 0),
                take=take_born,
            ),
            consent_step("consent", agreed=after_consent, refused=after_refusal),
            Step("mode", ask_mode, take_mode),
            date_step(
                "discharge",
                lambda viewer, _answers: viewer._("When did you leave hospital?"),
                reach=_discharge_reach,
                take=take_discharge,
                extras=_discharge_extras,
            ),
            Step("check", ask_check, take_check),
            Step("recorded", ask_recorded, take_recorded),
        ),
        counted=("born", "mode", "discharge", "check"),
    )
)
