"""Writing a broadcast: words, a picture, other languages, villages, readers; kept as a draft."""

from backend.actions import broadcast_drafts
from backend.actions.broadcasts import BroadcastView
from backend.actions.dialogs import Answers
from backend.domain.broadcasts import FIRST_LANGUAGE, BroadcastRefused, Refusal, text_length
from backend.i18n import language_name
from backend.texts.broadcasts import excerpt, refusal_text, too_long_text
from bot.buttons import Button, Screen, rows_of
from bot.conversations.broadcast_readers import READER_STEPS
from bot.dialogs import (
    Attached,
    Conversation,
    Given,
    Move,
    Pressed,
    Step,
    Typed,
    again,
    enter,
    go,
)
from bot.membership import actor_of
from bot.offices import (
    DRAFT,
    broadcast_of,
    broadcast_step,
    officers_only,
    onward,
    other_languages,
    to_check,
)
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_ANEW, _ON, _DROP = "anew", "on", "drop"


async def ask_text(viewer: Viewer, answers: Answers) -> Screen:
    """Ask for the words, or first whether to go on with those left unfinished."""
    _ = viewer._
    view = await broadcast_of(viewer, answers)
    left = None if view else await broadcast_drafts.draft_of(actor_of(viewer))
    if left and left.text:
        text = _("You have a notice not yet sent:\n{text}").format(text=excerpt(left.text))
        return Screen(text, rows=((Button(_("Go on"), _ON), Button(_("Write anew"), _ANEW)),))
    if view and view.text:
        return Screen(_("Please write the new words. Now they are:\n{text}").format(text=view.text))
    return Screen(_("What is the news? Write it, or send a picture with the words under it."))


async def take_text(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep the words, or a picture with them."""
    officer = actor_of(viewer)
    view = await broadcast_of(viewer, answers) or await broadcast_drafts.draft_of(officer)
    if given == Pressed(_ON) and view:
        return to_check(view.broadcast_id)
    if given == Pressed(_ANEW):
        view = await broadcast_drafts.start(officer, now=viewer.now)
        return Move(answers={DRAFT: str(view.broadcast_id)})
    if DRAFT not in answers and (view is None or view.text):
        view = await broadcast_drafts.start(officer, now=viewer.now)
    assert view is not None, "one is begun where there was none"
    answers = answers | {DRAFT: str(view.broadcast_id)}
    if isinstance(given, Typed):
        return await _keep_text(viewer, answers, FIRST_LANGUAGE, given.text)
    if isinstance(given, Attached) and given.kind == "photo":
        return await _keep_both(viewer, answers, view, given)
    return again(viewer._("Please write the words, or send a picture."))


async def _keep_both(
    viewer: Viewer, answers: Answers, view: BroadcastView, given: Attached
) -> Move:
    """Keep a picture and the words under it; without words, ask for them."""
    draft = {DRAFT: str(view.broadcast_id)}
    hint = await keep_picture(viewer, view, given.file_id)
    if hint or not given.caption:
        return Move(answers=draft, hint=hint or viewer._("I have the picture. Now the words."))
    return await _keep_text(viewer, answers | draft, FIRST_LANGUAGE, given.caption)


async def keep_picture(viewer: Viewer, view: BroadcastView, file_id: str) -> str | None:
    """Keep a picture; where the words are too long to stand under one, say so instead."""
    try:
        await broadcast_drafts.choose_picture(actor_of(viewer), view.broadcast_id, file_id)
    except BroadcastRefused:
        longest = max(map(text_length, view.texts.values()))
        return too_long_text(longest, viewer._, has_picture=True)
    return None


async def _keep_text(viewer: Viewer, answers: Answers, locale: str, text: str) -> Move:
    """Keep the words in one language and go on; say how much too long they are."""
    view = await broadcast_of(viewer, answers)
    if view is None:
        return enter("home")
    try:
        await broadcast_drafts.write(actor_of(viewer), view.broadcast_id, locale, text)
    except BroadcastRefused as error:
        hint = refusal_text(error.reason, viewer._)
        if error.reason == Refusal.TOO_LONG:
            length, has_picture = text_length(text.strip()), view.picture is not None
            hint = too_long_text(length, viewer._, has_picture=has_picture)
        return Move(answers=answers, hint=hint)
    if locale != FIRST_LANGUAGE:
        return go("languages", **answers)
    return onward(answers, "picture")


async def ask_picture(viewer: Viewer, _answers: Answers, view: BroadcastView) -> Screen:
    """Ask for a picture, which may be left out."""
    _ = viewer._
    if view.picture:
        rows = ((Button(_("✅ Keep it"), YES), Button(_("Without a picture"), NO)),)
        return Screen(_("There is a picture. Keep it, or send another."), rows=rows)
    return Screen(
        _("A picture to go with it? Please send it."),
        rows=((Button(_("Without a picture"), NO),),),
    )


async def take_picture(viewer: Viewer, answers: Answers, view: BroadcastView, given: Given) -> Move:
    """Keep a picture, or leave it out; words too long to stand under one are kept as they are."""
    answer = meant(given)
    if isinstance(given, Attached) and given.kind == "photo":
        if hint := await keep_picture(viewer, view, given.file_id):
            return again(hint)
    elif answer == Pressed(NO):
        await broadcast_drafts.choose_picture(actor_of(viewer), view.broadcast_id, None)
    elif answer != Pressed(YES) or not view.picture:
        return again(viewer._("Please send a picture, or press the button."))
    return onward(answers, "languages")


async def ask_languages(viewer: Viewer, _answers: Answers, view: BroadcastView) -> Screen:
    """Offer the other languages; who reads one that is missing gets the first."""
    _ = viewer._
    buttons = [
        Button(("✅ " if locale in view.texts else "➕ ") + language_name(locale), locale)
        for locale in other_languages()
    ]
    text = _("Another language too? Who has none of these reads the Chinese.")
    return Screen(text, rows=(*rows_of(buttons), (Button(_("✔ That is all"), _ON),)))


async def take_languages(
    viewer: Viewer, answers: Answers, view: BroadcastView, given: Given
) -> Move:
    """Open a language, or go on."""
    if given == Pressed(_ON) or meant(given) == Pressed(NO):
        return onward(answers, "villages")
    if isinstance(given, Pressed) and given.value in other_languages():
        return go("translate", locale=given.value)
    return again(viewer._("Please press one of the buttons."))


async def ask_translate(viewer: Viewer, answers: Answers, view: BroadcastView) -> Screen:
    """Ask for the words in another language."""
    _ = viewer._
    language = language_name(answers["locale"])
    text = _("Please write the same in {language}.").format(language=language)
    held = view.texts.get(answers["locale"])
    if not held:
        return Screen(text)
    return Screen(f"{text}\n\n{held}", rows=((Button(_("Take it out"), _DROP),),))


async def take_translate(
    viewer: Viewer, answers: Answers, view: BroadcastView, given: Given
) -> Move:
    """Keep the words in that language, or take them out."""
    if isinstance(given, Typed):
        return await _keep_text(viewer, answers, answers["locale"], given.text)
    if given == Pressed(_DROP):
        officer, number = actor_of(viewer), view.broadcast_id
        await broadcast_drafts.drop_language(officer, number, answers["locale"])
        return go("languages")
    return again(viewer._("Please write the words."))


CONVERSATION = officers_only(
    Conversation(
        "broadcast",
        (
            Step("text", ask_text, take_text, takes_files=True),
            broadcast_step("picture", ask_picture, take_picture, takes_files=True),
            broadcast_step("languages", ask_languages, take_languages),
            broadcast_step("translate", ask_translate, take_translate),
            *READER_STEPS,
        ),
        counted=("text", "picture", "languages", "villages", "readers"),
    )
)
