"""Giving a village's households to its cadres: each then sees her own, and those of nobody."""

from backend.actions import assignments, people
from backend.actions.dialogs import Answers
from backend.domain.grids import chosen
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, Typed, again, enter, finish, go
from bot.membership import actor_of
from bot.offices import officers_only, take_village, village_buttons
from bot.viewer import Viewer

_NOBODY, _REST, _MORE = "nobody", "rest", "more"
_MOST_NAMED = 5


async def ask_village(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask for which village."""
    rows = rows_of(await village_buttons(viewer))
    return Screen(viewer._("Households of which village?"), rows=rows)


async def take_village_next(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Keep the village."""
    return await take_village(viewer, given, then="cadre")


async def ask_cadre(viewer: Viewer, answers: Answers) -> Screen:
    """Show who looks after how many, and ask to whom households go."""
    _ = viewer._
    grids = await assignments.grids_of(actor_of(viewer), answers["village"])
    village = await people.village(answers["village"])
    lines = [f"🏘 {village.name}"]
    lines += [_counted(viewer, one.name or "—", one.households) for one in grids.held]
    lines.append(_counted(viewer, _("All cadres together"), grids.unassigned))
    if not grids.held:
        lines.append(_("There is no cadre yet. Please invite one first."))
        return Screen("\n".join(lines))
    lines.append(_("To whom shall households go?"))
    buttons = [Button(one.name or "—", str(one.cadre_id)) for one in grids.held]
    buttons.append(Button(_("All cadres together"), _NOBODY))
    return Screen("\n".join(lines), rows=rows_of(buttons))


async def take_cadre(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep to whom."""
    grids = await assignments.grids_of(actor_of(viewer), answers["village"])
    known = {str(one.cadre_id) for one in grids.held} | {_NOBODY}
    if not isinstance(given, Pressed) or given.value not in known:
        return again(viewer._("Please press one of the buttons."))
    return go("households", cadre=given.value)


async def ask_households(viewer: Viewer, answers: Answers) -> Screen:
    """Ask for the households' numbers."""
    _ = viewer._
    rest = () if answers["cadre"] == _NOBODY else ((Button(_("All not yet given"), _REST),),)
    return Screen(_("Which households? Write their numbers, such as 1-20, 35."), rows=rest)


async def take_households(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Give them; when one number is unknown, none is given."""
    _, actor, village = viewer._, actor_of(viewer), answers["village"]
    cadre_id = None if answers["cadre"] == _NOBODY else int(answers["cadre"])
    if given == Pressed(_REST) and cadre_id is not None:
        count = await assignments.assign_rest(actor, village, cadre_id, now=viewer.now)
        return finish("done", count=str(count))
    if not isinstance(given, Typed):
        return again(_("Please write the numbers, such as 1-20, 35."))
    meant = chosen(given.text, await assignments.numbers_in(actor, village))
    if meant.unknown or not meant.numbers:
        names = _(", ").join(meant.unknown[:_MOST_NAMED])
        return again(
            _("No household has this number: {numbers}. None was given.").format(
                numbers=names or "—"
            )
        )
    count = await assignments.assign(actor, village, meant.numbers, cadre_id, now=viewer.now)
    return finish("done", count=str(count))


async def ask_done(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt, and the way on."""
    _ = viewer._
    count = int(answers["count"])
    said = viewer.n_("✅ {n} household was given.", "✅ {n} households were given.", count)
    buttons = (Button(_("🏘 Give more"), _MORE), Button(_("Open the menu"), "home"))
    return Screen(said.format(n=count), rows=(buttons,), is_page=True)


async def take_done(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Go on in the same village, or home."""
    if given == Pressed(_MORE):
        return finish("cadre", village=answers["village"])
    lost = viewer._("I did not understand that. Please choose below.")
    return enter("home", hint=None if given == Pressed("home") else lost)


def _counted(viewer: Viewer, who: str, count: int) -> str:
    households = viewer.n_("{n} household", "{n} households", count).format(n=count)
    return viewer._("{who}: {households}").format(who=who, households=households)


CONVERSATION = officers_only(
    Conversation(
        "grids",
        (
            Step("village", ask_village, take_village_next),
            Step("cadre", ask_cadre, take_cadre),
            Step("households", ask_households, take_households),
            Step("done", ask_done, take_done),
        ),
        counted=("village", "cadre", "households"),
    )
)
