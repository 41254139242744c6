"""Family news, told only as far as she likes; and a change that needs no explaining."""

from backend.actions import events, family, people, reminders
from backend.actions.dialogs import Answers
from backend.actions.events import Told
from backend.actions.family import FamilyView
from backend.domain.access import Underage
from backend.domain.consent import Purpose
from backend.domain.errors import SuixingError
from backend.domain.events import Method
from backend.domain.tasks import HelpReason
from backend.texts.services import words
from bot.agreement import consent_step, has_agreed
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.dues import FOLDED, after_move, due_id_of, due_of
from bot.losses import what_stays, what_stopped
from bot.membership import members_only, person_of
from bot.news import not_taken, pregnancy_text, receipt, take_receipt, undo_button
from bot.typed import tells_of_loss
from bot.viewer import Viewer

_WISHING = (Purpose.FOLIC_ACID, Purpose.CHECKUP, Purpose.MATERNAL)
_BEARING = (Purpose.MATERNAL, Purpose.CHILD, Purpose.CONTRACEPTION)
_START, _CHANGED = "start", "changed"


async def ask_start(viewer: Viewer, _answers: Answers) -> Screen:
    """Say how things stand, and offer what may be told next."""
    _ = viewer._
    view = await family.look(person_of(viewer), now=viewer.now)
    if view.pregnancy:
        text = pregnancy_text(viewer, view.pregnancy)
    else:
        text = _("What is new with you? Tell only what you like.")
    return Screen(text, rows=_news_rows(viewer, view), is_protected=True, is_page=True)


def _news_rows(viewer: Viewer, view: FamilyView) -> tuple[tuple[Button, ...], ...]:
    _ = viewer._
    birth = _birth_button(viewer)
    more, changed = Button(_("🗂 Other news"), "more_news"), Button(_("Something changed"), _CHANGED)
    planning = Button(_("🌱 Wish for a child"), "planning")
    if view.pregnancy:
        return rows_of((Button(_("📅 Correct the dates"), "pregnancy"), birth, more, changed))
    chosen = Button(_("🩺 After a procedure"), "procedure")
    if view.sex == "male":
        buttons = [planning, birth, chosen, more]
    else:
        buttons = [planning, Button(_("🤰 Pregnant"), "pregnancy"), birth, chosen, more]
    return rows_of([*buttons, changed] if view.child_born_on else buttons)


async def take_start(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Go where the news is told, its own consent first; under 18 a human being helps."""
    if given == Pressed(_CHANGED) or tells_of_loss(given):
        return go(_CHANGED)
    try:
        await people.check_of_age(person_of(viewer), today=viewer.today)
    except Underage as error:
        return not_taken(viewer, error)
    view = await family.look(person_of(viewer), now=viewer.now)
    if given == Pressed("planning"):
        return await _ask_planning(viewer, view)
    if given == Pressed("pregnancy"):
        return await _ask(viewer, "pregnancy", Purpose.MATERNAL)
    if given == Pressed("birth"):
        return await tell_birth(viewer, view)
    if given == Pressed("more_news"):
        return enter("more_news")
    if given == Pressed("procedure"):
        return await _ask(viewer, "procedure", Purpose.CONTRACEPTION)
    return again(viewer._("Please press one of the buttons."))


async def _ask(viewer: Viewer, conversation: str, *purposes: Purpose) -> Move:
    """Open a conversation: at its first question where consent is given, else at the consent."""
    if await has_agreed(viewer, *purposes):
        return enter(conversation)
    return enter(conversation, "consent", purpose=purposes[0])


async def tell_birth(viewer: Viewer, view: FamilyView) -> Move:
    """Open the questions about a birth."""
    if view.sex == "male":
        return await _ask(viewer, "birth", Purpose.CHILD)
    return await _ask(viewer, "birth", *_BEARING)


async def _ask_planning(viewer: Viewer, view: FamilyView) -> Move:
    purpose = Purpose.CHECKUP if view.sex == "male" else Purpose.FOLIC_ACID
    if await has_agreed(viewer, purpose):
        return await keep_planning(viewer, {})
    return go("consent", purpose=purpose)


async def keep_planning(viewer: Viewer, _answers: Answers) -> Move:
    """Keep that she wishes for a child."""
    try:
        recorded = await events.record_planning(person_of(viewer), Told(now=viewer.now))
    except SuixingError as error:
        return not_taken(viewer, error)
    return finish("recorded", said="planning", episode=str(recorded.episode))


async def leave_planning(viewer: Viewer, answers: Answers) -> Move:
    """Without that consent, keep the wish only for what she agreed to before."""
    if await has_agreed(viewer, *_WISHING):
        return await keep_planning(viewer, answers)
    return enter("home", hint=viewer._("All right. Nothing was kept."))


async def ask_changed(viewer: Viewer, answers: Answers) -> Screen:
    """Ask what to do, and nothing else."""
    _ = viewer._
    view = await family.look(person_of(viewer), now=viewer.now)
    asked = await due_of(viewer, answers) if answers.get("reference") else None
    if asked and asked.is_live:
        still = Button(_("🤰 Still pregnant"), "still")
        rows = ((still,), *_change_rows(viewer, view)[::-1])
        return Screen(words("overdue", _).what, rows=rows, is_protected=True)
    text = _("You need not explain anything. What shall I do?")
    if _is_about_child(view):
        text += await what_stays(viewer)
    return Screen(text, rows=_change_rows(viewer, view), is_protected=True)


def _is_about_child(view: FamilyView) -> bool:
    """Whether a change is one in the life of a child."""
    return view.pregnancy is None and view.child_born_on is not None


def _change_rows(viewer: Viewer, view: FamilyView) -> tuple[tuple[Button, ...], ...]:
    """To stop, to talk, and while she is pregnant that the child is born."""
    _ = viewer._
    is_child = _is_about_child(view)
    stop = _("🔕 Stop baby reminders") if is_child else _("🔕 Stop pregnancy reminders")
    rows = ((Button(stop, "stop"),), (Button(_("💬 Talk to someone"), "talk"),))
    return rows if is_child else (*rows, (_birth_button(viewer),))


def _birth_button(viewer: Viewer) -> Button:
    return Button(viewer._("👶 Baby is born"), "birth")


async def take_changed(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Do it at once."""
    if given == Pressed("stop"):
        return await _end(viewer)
    if given == Pressed("talk"):
        return go("talk")
    if given == Pressed("birth"):
        return await tell_birth(viewer, await family.look(person_of(viewer), now=viewer.now))
    if given == Pressed("still"):
        return await _still_pregnant(viewer, answers)
    return again(viewer._("Please press one of the buttons."))


async def _end(viewer: Viewer) -> Move:
    try:
        recorded = await events.end_pregnancy(person_of(viewer), Told(now=viewer.now))
    except SuixingError as error:
        return not_taken(viewer, error)
    return finish("quiet", episode=str(recorded.episode))


async def _still_pregnant(viewer: Viewer, answers: Answers) -> Move:
    try:
        await reminders.answer_done(
            person_of(viewer), due_id_of(answers), viewer.today, now=viewer.now
        )
    except SuixingError as error:
        return not_taken(viewer, error)
    return finish("recorded", said="still")


async def ask_quiet(viewer: Viewer, _answers: Answers) -> Screen:
    """Say that it has stopped; nothing more."""
    _ = viewer._
    rows = (
        (Button(_("💬 Talk to someone"), "talk"), Button(_("🙈 Fold away"), FOLDED)),
        (undo_button(viewer),),
    )
    text = await what_stopped(viewer)
    return Screen(text, rows=rows, is_protected=True, is_page=True)


async def take_quiet(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Talk, fold the message, or take it back."""
    return go("talk") if given == Pressed("talk") else await take_receipt(viewer, answers, given)


async def ask_talk(viewer: Viewer, _answers: Answers) -> Screen:
    """Offer a doctor's phone and a call from her cadre, who is told no reason."""
    _, phone = viewer._, viewer.office.clinic_phone
    text = _("Your village cadre can call you and is told no reason.")
    if phone:
        text = _("{text}\nOr call a doctor: {phone}").format(text=text, phone=phone)
    buttons = [Button(_("📞 Please call me"), HelpReason.CALL)]
    if await has_agreed(viewer, Purpose.MATERNAL):
        buttons.append(Button(_("🌿 Ask me in a week"), Method.RECOVERY))
    return Screen(text, rows=rows_of(buttons, width=1), is_protected=True)


async def take_talk(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Ask her cadre to call, or remember to ask how she is."""
    if given == Pressed(Method.RECOVERY):
        return await _ask_later(viewer)
    if given != Pressed(HelpReason.CALL):
        return after_move(given) or again(viewer._("Please press one of the buttons."))
    await reminders.ask_help(person_of(viewer), HelpReason.CALL, now=viewer.now)
    return finish("recorded", said="talk", episode="")


async def _ask_later(viewer: Viewer) -> Move:
    told = Told(now=viewer.now)
    try:
        recorded = await events.record_procedure(
            person_of(viewer), told, method=Method.RECOVERY, on=viewer.today
        )
    except SuixingError as error:
        return not_taken(viewer, error)
    return finish("recorded", said="later", episode=str(recorded.episode))


async def ask_recorded(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt."""
    _ = viewer._
    texts = {
        "planning": _("🌱 Noted. I wish you well."),
        "talk": _("📞 Noted. Your village cadre will call you."),
        "later": _("🌿 Noted. I will ask how you are in a week."),
        "still": _("Please call your hospital today, so that they can see how you both are."),
    }
    return receipt(viewer, answers, texts[answers["said"]])


CONVERSATION = members_only(
    Conversation(
        "family",
        (
            Step(_START, ask_start, take_start),
            Step(_CHANGED, ask_changed, take_changed),
            Step("quiet", ask_quiet, take_quiet),
            Step("talk", ask_talk, take_talk),
            consent_step("consent", agreed=keep_planning, refused=leave_planning),
            Step("recorded", ask_recorded, take_receipt),
        ),
    )
)
