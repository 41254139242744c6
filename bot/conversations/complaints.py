"""Complaint, suggestion or praise: what it is, under a name or not, and about whom.

Nothing of what is asked here is stored before the last step, which begins the sealed draft.
"""

from backend.actions import complaints, desk_keys, people
from backend.actions.complaints import Subject
from backend.actions.dialogs import Answers
from backend.actions.people import PersonView
from backend.domain.complaints import Category, Kind, Piece
from backend.domain.desk import About, DeskClosed, Unit
from backend.domain.receipts import read_receipt
from backend.texts.complaints import category_name, kind_name, unit_name
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, Typed, again, enter, go
from bot.typed import NO, meant
from bot.viewer import Viewer

COUNTED = ("kind", "category", "identity", "about", "pieces", "check")
_LOOK_UP, _SKIP = "look_up", "skip"
_NAMED, _ANONYMOUS = "named", "anonymous"
_LONGEST_ABOUT = 500
_SIGNS = {Kind.COMPLAINT: "📢", Kind.SUGGESTION: "💡", Kind.PRAISE: "👍"}


async def ask_kind(viewer: Viewer, _answers: Answers) -> Screen:
    """Say plainly who can read what is written here, and ask what it is."""
    _ = viewer._
    look_up = Button(_("🔎 I have a receipt"), _LOOK_UP)
    desk = await desk_keys.open_desk()
    if desk is None:
        return Screen(_closed(viewer), rows=((look_up,),), is_page=True)
    buttons = [Button(f"{_SIGNS[kind]} {kind_name(kind, _)}", kind) for kind in Kind]
    lines = [
        _("💬 Please read this first."),
        _("• Telegram can read what you write here; so can anyone who opens your phone."),
        _whose_eyes(viewer, desk.is_above).format(offices=_(", ").join(desk.offices)),
        _("• We remove your messages from this chat where we can, but not Telegram's copies."),
        _("• If Telegram must not read it, call 12345, or 12338 for women's rights."),
        _("What would you like to say?"),
    ]
    return Screen("\n".join(lines), rows=(*rows_of(buttons, width=3), (look_up,)))


async def take_kind(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Keep the kind; only a complaint has a category. A typed receipt opens what it is for."""
    if given == Pressed(_LOOK_UP):
        return enter("complaint_follow")
    if isinstance(given, Typed) and (receipt := read_receipt(given.text)):
        return enter("complaint_follow", value=receipt)
    if not isinstance(given, Pressed) or given.value not in frozenset(Kind):
        return again(viewer._("Please press what it is first; then you can write."))
    step = "category" if given.value == Kind.COMPLAINT else "identity"
    return go(step, kind=given.value, category="")


async def ask_category(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask what the complaint is about."""
    _ = viewer._
    buttons = [Button(category_name(category, _), category) for category in Category]
    return Screen(_("What is it about?"), rows=rows_of(buttons))


async def take_category(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Keep the category; who is being forced is told where help is at once."""
    _ = viewer._
    if not isinstance(given, Pressed) or given.value not in frozenset(Category):
        return again(_("Please press what comes nearest."))
    hint = None
    if given.value == Category.COERCED:
        hint = _("Nobody may force you. If it is happening now, call 110. It goes to the county.")
    return go("identity", hint=hint, category=given.value)


async def ask_identity(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask whether the desk may know who she is, and say what either means."""
    _ = viewer._
    lines = (
        _("Would you like to give your name?"),
        _("With your name, the desk can call you. Without it, the answer comes to this chat only."),
    )
    buttons = (Button(_("🙈 No name"), _ANONYMOUS), Button(_("👤 With my name"), _NAMED))
    return Screen("\n".join(lines), rows=(buttons,))


async def take_identity(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Keep the choice."""
    if given in (Pressed(_ANONYMOUS), Pressed(_NAMED)):
        assert isinstance(given, Pressed)
        return go("about", identity=given.value)
    return again(viewer._("Please press one of the buttons."))


async def ask_about(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask whom it is about, as that decides who may never open it."""
    _ = viewer._
    lines = (
        _("Who is it about? Type the name or the place, or press."),
        _("Whoever you name, and whoever they answer to, is kept out of it."),
    )
    buttons = [Button(unit_name(unit, _), unit) for unit in Unit]
    rows = (*rows_of(buttons, width=3), (Button(_("⏭ Leave it out"), _SKIP),))
    return Screen("\n".join(lines), rows=rows)


async def take_about(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Decide who can open it, and begin the draft; from here on everything is sealed at once."""
    about = _about(given)
    if about is None:
        return again(viewer._("Please type who it is about, or leave it out."))
    is_named = answers["identity"] == _NAMED
    subject = Subject(
        kind=Kind(answers["kind"]),
        category=Category(answers["category"]) if answers["category"] else None,
        about=about,
        is_named=is_named,
    )
    try:
        draft_id = await complaints.begin(subject, now=viewer.now)
    except DeskClosed:
        return enter("home", hint=_closed(viewer))
    contact = await _contact(viewer) if is_named else ""
    if contact:
        await complaints.add_piece(draft_id, Piece.CONTACT, contact.encode(), now=viewer.now)
    step = "contact" if is_named and not contact else "pieces"
    return Move(
        step,
        "complaint_pieces",
        {"draft": str(draft_id)},
        forgets=True,
        wipes=isinstance(given, Typed),
    )


def _about(given: Given) -> About | None:
    """Whom she means, None where that cannot be told."""
    if given == Pressed(_SKIP) or meant(given) == Pressed(NO):
        return About()
    if isinstance(given, Pressed) and given.value in frozenset(Unit):
        return About(unit=Unit(given.value))
    words = given.text.strip()[:_LONGEST_ABOUT] if isinstance(given, Typed) else ""
    return About(words=words) if words else None


async def _contact(viewer: Viewer) -> str:
    """How to reach her, as the office knows it already; "" for whoever is not in."""
    actor = viewer.visitor.actor
    if actor is None:
        return ""
    view: PersonView = await people.fetch_for(actor, actor.person_id)
    return " ".join(filter(None, (view.name, view.phone, view.village.name)))


def _whose_eyes(viewer: Viewer, is_above: bool) -> str:
    """Who reads it in our own system, as the keys are now."""
    _ = viewer._
    if is_above:
        return _(
            "• With us, nobody in your township can read it, nor whoever you name;"
            " only {offices} can."
        )
    return _("• With us, only {offices} can read it; never whoever you name.")


def _closed(viewer: Viewer) -> str:
    return viewer._(
        "The complaints desk is not open here yet, so I keep nothing. Please call 12345, or 12338"
        " for women's rights."
    )


CONVERSATION = Conversation(
    "complaints",
    (
        Step("kind", ask_kind, take_kind),
        Step("category", ask_category, take_category),
        Step("identity", ask_identity, take_identity),
        Step("about", ask_about, take_about),
    ),
    counted=COUNTED,
)
