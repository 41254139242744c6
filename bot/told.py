"""What can be told as a day and no more, by herself or by her cadre: which news, after what."""

from backend.domain.consent import Purpose
from backend.domain.events import EventKind
from backend.texts.services import words
from bot.buttons import Button
from bot.viewer import Viewer

# The checks that somebody may have had, or been sent on from, without having been reminded.
CHECKS = ("s8", "s6", "pm1", "sc1")
OTHER = "other"
# News about which one asks for a check first, and news that happens as it is told.
OF_CHECK = (EventKind.EXAM, EventKind.REFERRAL)
AT_ONCE = (EventKind.MARRIAGE,)
NEWS = (
    EventKind.EXAM,
    EventKind.REFERRAL,
    EventKind.MARRIAGE,
    EventKind.LAST_PERIOD,
    EventKind.CERTIFICATE,
)


def news_buttons(viewer: Viewer, sex: str | None) -> list[Button]:
    """A button for each kind of news somebody of this sex may have."""
    _ = viewer._
    labels = {
        EventKind.EXAM: _("🩺 Had a check"),
        EventKind.REFERRAL: _("🏥 Sent to a hospital"),
        EventKind.MARRIAGE: _("💍 Going to marry"),
        EventKind.LAST_PERIOD: _("🍂 Change of life"),
        EventKind.CERTIFICATE: _("🪪 Residence permit"),
    }
    shown = [kind for kind in NEWS if kind is not EventKind.LAST_PERIOD or sex != "male"]
    return [Button(labels[kind], kind) for kind in shown]


def check_buttons(viewer: Viewer, sex: str | None) -> list[Button]:
    """A button for each check, and one for any other."""
    _ = viewer._
    checks = [rule for rule in CHECKS if sex != "male" or rule in ("s8", "pm1")]
    return [
        *(Button(words(rule, _).title, rule) for rule in checks),
        Button(_("Another check"), OTHER),
    ]


def rule_of(answer: str) -> str | None:
    """The check behind a pressed button, None for any other."""
    return answer if answer in CHECKS else None


def purposes_of(kind: EventKind, rule: str | None) -> tuple[Purpose, ...]:
    """The consents one of which such news needs, the one to ask for first."""
    if kind is EventKind.CERTIFICATE:
        return (Purpose.SERVICE,)
    if kind is EventKind.LAST_PERIOD:
        return (Purpose.CONTRACEPTION, Purpose.CHECKUP)
    if kind is EventKind.MARRIAGE:
        return (Purpose.CHECKUP,)
    if rule == "sc1":
        return (Purpose.SCREENING,)
    return (Purpose.CHECKUP,) if rule else (Purpose.CHECKUP, Purpose.SCREENING, Purpose.MATERNAL)


def day_question(viewer: Viewer, kind: str) -> str:
    """The question for the day of such news."""
    _ = viewer._
    if kind == EventKind.LAST_PERIOD:
        return _("When did the last period of all begin?")
    if kind == EventKind.CERTIFICATE:
        return _("On which day was the permit issued?")
    return _("On which day was that?")
