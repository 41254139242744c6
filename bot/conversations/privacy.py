"""My data: what is kept, a copy of it, who looked, and every consent with its way out."""

from backend.actions import audit, consents, dossiers, people
from backend.actions.dialogs import Answers
from backend.actions.dossiers import DossierWords
from backend.domain.consent import Purpose
from backend.texts.audit import who_did_what
from backend.texts.consents import consent_words, privacy_notice, purpose_name
from backend.texts.dossiers import dossier_text
from backend.texts.services import format_day
from bot.buttons import Button, FileContent, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, go
from bot.membership import members_only, person_of
from bot.topics import topic_list
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_STEPS = ("kept", "export", "looks", "consents")
_ELSEWHERE = ("correct", "erase")
_LOOKS = 10


async def ask_menu(viewer: Viewer, _answers: Answers) -> Screen:
    """Show the notice and everything one may do about one's data."""
    _ = viewer._
    township = await people.township_of(viewer.visitor.village_code or "")
    notice = privacy_notice(_, township=township.name, phone=viewer.office.clinic_phone)
    buttons = (
        Button(_("👀 What is kept"), "kept"),
        Button(_("📤 Take a copy"), "export"),
        Button(_("✏️ Put it right"), "correct"),
        Button(_("🔎 Who looked"), "looks"),
        Button(_("✅ My consents"), "consents"),
        Button(_("🗑 Delete all"), "erase"),
    )
    return Screen(notice, rows=rows_of(buttons), is_page=True)


async def take_menu(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Go where the button leads."""
    if isinstance(given, Pressed) and given.value in _STEPS:
        return go(given.value, form="")
    if isinstance(given, Pressed) and given.value in _ELSEWHERE:
        return enter(given.value)
    return again(viewer._("Please press one of the buttons."))


async def ask_kept(viewer: Viewer, _answers: Answers) -> Screen:
    """Show what is written of her, in plain words."""
    _ = viewer._
    person_id, actor = person_of(viewer), viewer.visitor.actor
    assert actor is not None, "a member may act"
    view = await people.fetch_for(actor, person_id)
    none = _("not given")
    born = format_day(view.birth_date, _) if view.birth_date else view.birth_year
    agreed = [Purpose(one) for one in await consents.in_force_for(person_id)]
    topics = [one for one in Purpose if one in agreed and one is not Purpose.SERVICE]
    lines = [
        _("This is kept of you:"),
        _("Name: {name}").format(name=view.name or none),
        _("Village: {village}").format(village=view.village.name),
        _("Phone: {phone}").format(phone=view.phone or none),
        _("Registered at: {place}").format(place=view.registered_place or _("where you live")),
        _("Born: {born}").format(born=born or none),
        _("Reminders: {topics}").format(topics=topic_list(viewer, topics) or _("none")),
        _("All the rest is in the copy you can take."),
    ]
    rows = ((Button(_("📤 Take a copy"), "export"), Button(_("✏️ Put it right"), "correct")),)
    return Screen("\n".join(lines), rows=rows, is_page=True, is_protected=True)


async def ask_export(viewer: Viewer, answers: Answers) -> Screen:
    """Offer a copy to read and one for a computer; whichever is chosen comes as a file."""
    _ = viewer._
    buttons = (Button(_("📄 To read"), "html"), Button(_("💾 For a computer"), "json"))
    form = answers.get("form", "")
    if form not in dossiers.FORMS:
        text = _("Which copy would you like? Keep the file safe: it holds all that is kept of you.")
        return Screen(text, rows=(buttons,), is_page=True)
    words = DossierWords(viewer.words.locale, *dossier_text(_))
    dossier = await dossiers.take_along(person_of(viewer), form, words=words, now=viewer.now)
    return Screen(
        _("This is everything kept of you. Please keep the file safe."),
        rows=(buttons,),
        is_page=True,
        file=FileContent(dossier.name, dossier.content),
    )


async def take_export(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Send the copy that was chosen."""
    if isinstance(given, Pressed) and given.value in dossiers.FORMS:
        return Move(answers={"form": given.value})
    return again(viewer._("Please press one of the buttons."))


async def ask_looks(viewer: Viewer, _answers: Answers) -> Screen:
    """Show who else looked at her row or changed it, the newest first."""
    _ = viewer._
    person_id = person_of(viewer)
    entries = [entry for entry in await audit.about(person_id) if entry.actor_id != person_id]
    names = {}
    for entry in entries[:_LOOKS]:
        if entry.actor_id and entry.actor_id not in names:
            whom = await people.addressed(entry.actor_id)
            names[entry.actor_id] = whom.name if whom else _("somebody of the office")
    lines = [
        who_did_what(
            _,
            at=entry.at.astimezone(viewer.now.tzinfo),
            who=names.get(entry.actor_id or 0, _("the office")),
            action=entry.action,
        )
        for entry in entries[:_LOOKS]
    ]
    if not lines:
        return Screen(_("Nobody has looked at your data so far."), is_page=True)
    return Screen("\n".join([_("🔎 Who looked:"), *lines]), is_page=True, is_protected=True)


async def ask_consents(viewer: Viewer, answers: Answers) -> Screen:
    """Show every consent in force; one that is chosen is shown with its words and its way out."""
    _ = viewer._
    agreed = await consents.in_force_for(person_of(viewer))
    chosen = answers.get("form", "")
    if chosen in agreed:
        return _one_consent(viewer, Purpose(chosen))
    buttons = [Button(purpose_name(one, _), one) for one in Purpose if one in agreed]
    if not buttons:
        return Screen(_("You have not agreed to anything. Nothing is sent to you."), is_page=True)
    text = _("You agreed to these. Press one to read it or to take it back.")
    return Screen(text, rows=rows_of(buttons), is_page=True, is_protected=True)


async def take_consents(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Open a consent, or take it back at once."""
    _ = viewer._
    given, chosen = meant(given), answers.get("form", "")
    if isinstance(given, Pressed) and given.value in frozenset(Purpose):
        return Move(answers={"form": given.value})
    if not chosen or given not in (Pressed(YES), Pressed(NO)):
        return again(_("Please press one of the buttons."))
    if given == Pressed(NO):
        return Move(answers={"form": ""})
    await consents.withdraw(person_of(viewer), Purpose(chosen), now=viewer.now)
    return Move(answers={"form": ""}, hint=_("✅ Taken back. Nothing about it is sent any more."))


def _one_consent(viewer: Viewer, purpose: Purpose) -> Screen:
    _ = viewer._
    words = consent_words(purpose, _)
    lines = [purpose_name(purpose, _), "", words.offer, words.kept]
    if purpose is Purpose.SERVICE:
        lines.append(_("Taking this back ends everything else, too."))
    rows = ((Button(_("↩️ Withdraw consent"), YES), Button(_("Keep it"), NO)),)
    return Screen("\n".join(lines), rows=rows, is_page=True, is_protected=True)


CONVERSATION = members_only(
    Conversation(
        "privacy",
        (
            Step("menu", ask_menu, take_menu),
            Step("kept", ask_kept, take_menu),
            Step("export", ask_export, take_export),
            Step("looks", ask_looks, take_menu),
            Step("consents", ask_consents, take_consents),
        ),
    )
)
