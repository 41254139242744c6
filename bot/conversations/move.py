"""Reporting a move: one's own, or for somebody of a cadre's grid who has gone."""

from datetime import date

from backend.actions import moves, people, task_answers
from backend.actions.dialogs import Answers
from backend.actions.moves import Place, Report
from backend.actions.regions import village_finder
from backend.domain.access import NotAllowed
from backend.domain.errors import WrongValue
from backend.domain.moves import Direction, MoveRefused, Stay, days_offered
from backend.domain.people import Rejection, tidy
from backend.domain.tasks import Answered, TaskOver
from backend.texts.errors import explain_error
from backend.texts.moves import number_text, recipient_name, stay_text
from backend.texts.services import words
from bot.buttons import Button, Screen, rows_of
from bot.dates import date_step
from bot.dialogs import Conversation, Given, Move, Pressed, Step, Typed, again, enter, go
from bot.membership import members_only, person_of
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_A_PAGE, _LONGEST_PLACE, _MOST_CHILDREN, _MOST_ITEMS = 10, 60, 3, 6
_STATUS, _MORE, _SKIP, _SPOUSE, _CHILD, _OK = "status", "more", "skip", "spouse", "child", "ok"


def _whose(viewer: Viewer, answers: Answers) -> int:
    """The one who moves: whom a cadre reports it for, else oneself."""
    return int(answers["person"]) if answers.get("person") else person_of(viewer)


async def ask_direction(viewer: Viewer, answers: Answers) -> Screen:
    """Ask which way; a report that goes on can be looked at first."""
    _ = viewer._
    buttons = [
        Button(_("🚚 Moving away"), Direction.OUT),
        Button(_("🏡 I have moved here"), Direction.IN),
        Button(_("↔️ Within the village"), Direction.WITHIN),
    ]
    live = None if answers.get("person") else await moves.latest(person_of(viewer))
    if live:
        buttons.append(Button(f"📄 {number_text(live.number)}", _STATUS))
    who = _("Which way did she move?") if answers.get("person") else _("Which way do you move?")
    return Screen(who, rows=rows_of(buttons, width=1))


async def take_direction(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep the way."""
    if given == Pressed(_STATUS):
        live = await moves.latest(person_of(viewer))
        return enter("move_status", report=str(live.report_id)) if live else Move()
    if isinstance(given, Pressed) and given.value in frozenset(Direction):
        return go("place", direction=given.value, page="0")
    return again(viewer._("Please press one of the buttons."))


async def ask_place(viewer: Viewer, answers: Answers) -> Screen:
    """Ask for the other place: a village here, or the name of anywhere else."""
    _ = viewer._
    direction = Direction(answers["direction"])
    skip = (Button(_("Leave it out"), _SKIP),)
    if direction is Direction.WITHIN:
        return Screen(_("Where in the village? Type it, or leave it out."), rows=(skip,))
    villages = await people.villages()
    first = int(answers.get("page", "0")) % max(len(villages), 1)
    buttons = [Button(one.name, one.code) for one in villages[first : first + _A_PAGE]]
    more = (Button(_("More villages ›"), _MORE),) if len(villages) > _A_PAGE else ()
    asked = (
        _("Where to? Press a village here, or type the place elsewhere.")
        if direction is Direction.OUT
        else _("Where from? Press a village here, or type the place elsewhere.")
    )
    rows = (*rows_of(buttons), *((more,) if more else ()), skip)
    return Screen(asked, rows=rows)


async def take_place(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep the place, understood as a village of this township where it is one."""
    if given == Pressed(_SKIP):
        return go("day", code="", place="")
    if given == Pressed(_MORE):
        return Move(answers={"page": str(int(answers.get("page", "0")) + _A_PAGE)})
    if isinstance(given, Pressed):
        return go("day", code=given.value, place=(await people.village(given.value)).name)
    text = tidy(given.text)[:_LONGEST_PLACE] if isinstance(given, Typed) else ""
    if not text:
        return again(viewer._("Please press a village, or type the place."))
    if answers["direction"] == Direction.WITHIN:
        return go("day", code="", place=text)
    try:
        code = (await village_finder()).find(text)
    except WrongValue as error:
        if error.reason == Rejection.VILLAGE_AMBIGUOUS:
            return again(viewer._("Several villages are called like this. Please press yours."))
        return go("day", code="", place=text)
    return go("day", code=code, place=(await people.village(code)).name)


def _ask_day(viewer: Viewer, answers: Answers) -> str:
    return viewer._("On which day?")


def _reach(viewer: Viewer, answers: Answers) -> tuple[date, date]:
    return days_offered(Direction(answers["direction"]), viewer.today)


async def take_day(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep the day; within the village nobody is asked how long."""
    is_within = answers["direction"] == Direction.WITHIN
    stay = {"stay": Stay.SETTLED.value} if is_within else {}
    return go("who" if is_within else "stay", on=str(day), **stay)


async def ask_stay(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask for how long."""
    buttons = [Button(stay_text(stay, viewer._), stay) for stay in Stay]
    return Screen(viewer._("For how long?"), rows=rows_of(buttons))


async def take_stay(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Keep how long."""
    if isinstance(given, Pressed) and given.value in frozenset(Stay):
        return go("who", stay=given.value)
    return again(viewer._("Please press one of the buttons."))


async def ask_who(viewer: Viewer, answers: Answers) -> Screen:
    """Ask who moves along; each press changes the line."""
    _ = viewer._
    spouse = "✅" if answers.get(_SPOUSE) else "⬜"
    children = _("👶 Children: {n}").format(n=answers.get(_CHILD, "0"))
    buttons = (
        Button(f"{spouse} {_('Spouse')}", _SPOUSE),
        Button(children, _CHILD),
        Button(_("✔ Done"), _OK),
    )
    return Screen(_("Who moves along? Press to change, then Done."), rows=rows_of(buttons))


async def take_who(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Turn a line, or go on: to the handover where there is something to hand over."""
    if given == Pressed(_SPOUSE):
        return Move(answers={_SPOUSE: "" if answers.get(_SPOUSE) else "1"})
    if given == Pressed(_CHILD):
        count = (int(answers.get(_CHILD, "0")) + 1) % (_MOST_CHILDREN + 1)
        return Move(answers={_CHILD: str(count)})
    if meant(given) not in (Pressed(_OK), Pressed(YES)):
        return again(viewer._("Please press one of the buttons."))
    if answers.get("person"):
        return await _filed_for(viewer, answers)
    is_out = answers["direction"] == Direction.OUT and answers.get("place")
    if is_out and await moves.plan_of(person_of(viewer), now=viewer.now):
        return go("handover")
    return await _filed(viewer, answers, recipient=None)


async def ask_handover(viewer: Viewer, answers: Answers) -> Screen:
    """Ask for the consent of its own: to whom, and exactly what; a no changes nothing else."""
    _ = viewer._
    owed = await moves.plan_of(person_of(viewer), now=viewer.now)
    titles = [words(view.due.rule, _, view.due.occurrence).title for view in owed]
    services = _(", ").join([*dict.fromkeys(titles)][:_MOST_ITEMS])
    recipient = recipient_name(answers["place"], _, is_here=bool(answers["code"]))
    text = _("May I hand your services over to {recipient}?").format(recipient=recipient)
    given = _("Only these: your name, phone, and {services}.").format(services=services)
    rest = _("You may say no; your report is kept all the same.")
    rows = ((Button(_("✅ Hand over"), YES), Button(_("No handover"), NO)),)
    return Screen(f"{text}\n{given}\n{rest}", rows=rows, is_protected=True)


async def take_handover(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """File the report, with or without the handover."""
    given = meant(given)
    if given not in (Pressed(YES), Pressed(NO)):
        return again(viewer._("Please press yes or no."))
    recipient = Place(answers["place"], answers["code"] or None) if given == Pressed(YES) else None
    return await _filed(viewer, answers, recipient=recipient)


def _report(answers: Answers) -> Report:
    place = Place(answers["place"], answers["code"] or None) if answers["place"] else None
    return Report(
        direction=Direction(answers["direction"]),
        place=place,
        moves_on=date.fromisoformat(answers["on"]),
        stay=Stay(answers["stay"]),
        with_spouse=bool(answers.get(_SPOUSE)),
        child_count=int(answers.get(_CHILD, "0")),
    )


async def _filed(viewer: Viewer, answers: Answers, *, recipient: Place | None) -> Move:
    report = _report(answers)
    try:
        filed = await moves.report_own(
            person_of(viewer), report, recipient=recipient, now=viewer.now
        )
    except (WrongValue, MoveRefused) as error:
        return enter("move", hint=explain_error(error, viewer._))
    return enter("move_status", report=str(filed.report_id), filed="1")


async def _filed_for(viewer: Viewer, answers: Answers) -> Move:
    """File it for somebody of the grid, answering the task it came from."""
    actor, report = viewer.visitor.actor, _report(answers)
    assert actor is not None, "whoever reports for another is somebody"
    try:
        if not answers.get("task"):
            filed = await moves.report_for(actor, _whose(viewer, answers), report, now=viewer.now)
            number = number_text(filed.number)
            hint = viewer._("🚚 The move is reported. Number {number}.").format(number=number)
            return enter("cadre_search", "person", person=answers["person"], hint=hint)
        task_id = int(answers["task"])
        kept, filed = await task_answers.moved(actor, task_id, report, now=viewer.now)
    except (WrongValue, MoveRefused, TaskOver, NotAllowed) as error:
        return enter("cadre_tasks", hint=explain_error(error, viewer._))
    return enter(
        "cadre_task",
        "answered",
        answer=str(kept.answer_id),
        said=Answered.MOVED,
        number=number_text(filed.number),
    )


CONVERSATION = members_only(
    Conversation(
        "move",
        (
            Step("direction", ask_direction, take_direction),
            Step("place", ask_place, take_place),
            date_step("day", _ask_day, reach=_reach, take=take_day),
            Step("stay", ask_stay, take_stay),
            Step("who", ask_who, take_who),
            Step("handover", ask_handover, take_handover),
        ),
    )
)
