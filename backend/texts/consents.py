"""The words by which consent is asked: what is kept, what for, and how it ends, purpose by purpose.

Whoever changes a sentence here so that it asks for more raises the purpose's text version in
`domain/consent.py`: those who had agreed are then asked again.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from backend.domain.consent import Purpose
from backend.texts.services import topic_name

Gettext = Callable[[str], str]


class ConsentWords(NamedTuple):
    """What a person reads before she agrees: the reminders she would get and what is kept."""

    offer: str
    kept: str


CONSENTS: Mapping[Purpose, Callable[[Gettext], ConsentWords]] = {
    Purpose.SERVICE: lambda _: ConsentWords(
        offer=_("I tell you about free checks and services."),
        kept=_("Kept for this: your name, village, phone and birth date."),
    ),
    Purpose.FOLIC_ACID: lambda _: ConsentWords(
        offer=_("A daily word about folic acid, before a pregnancy and in its first 3 months."),
        kept=_("Kept for this: whether you took it, and the dates of a pregnancy."),
    ),
    Purpose.MATERNAL: lambda _: ConsentWords(
        offer=_("Reminders of free checks in pregnancy and after birth."),
        kept=_("Kept for this: your last period or due date, the birth, and days of checks."),
    ),
    Purpose.CONTRACEPTION: lambda _: ConsentWords(
        offer=_("Free supplies, advice, and reminders of checks after a procedure you chose."),
        kept=_("Kept for this: what you chose, if you tell me, and days of checks."),
    ),
    Purpose.CHECKUP: lambda _: ConsentWords(
        offer=_("Reminders of free health checks, also the one before a pregnancy."),
        kept=_("Kept for this: the days of your checks, never results."),
    ),
    Purpose.CHILD: lambda _: ConsentWords(
        offer=_("Reminders of your child's free checks."),
        kept=_("Kept for this: your child's birth date and the days of checks."),
    ),
    Purpose.SCREENING: lambda _: ConsentWords(
        offer=_("Reminders of the free breast and cervical screening."),
        kept=_("Kept for this: the days of screenings, never results."),
    ),
}


def consent_words(purpose: Purpose, _: Gettext) -> ConsentWords:
    """The words a purpose is asked with."""
    return CONSENTS[purpose](_)


def privacy_notice(_: Gettext, *, township: str, phone: str | None) -> str:
    """What is kept, why, for how long, who sees it and what one may do about it, a line each.

    Source: `domain.md` section 10 (PIPL articles 17, 19, 31, 45 to 47, 57).
    """
    lines = [
        _("🔒 Your data stays yours"),
        _("• Run by: {township}.").format(township=township),
        _("• Kept: name, village, phone, birth date. Health matters only if you agree to each."),
        _("• Used only to remind you and to help you."),
        _("• Seen by: your village cadre and the township's staff. Each opened phone is noted."),
        _("• You can read, correct, take along or delete it at any time."),
        _("• Kept while you take part, deleted 7 days after you ask; consents are kept 3 years."),
        _("• Telegram's servers are abroad: ID numbers and results are never written here."),
    ]
    if phone:
        lines.append(_("• Questions: call {phone}.").format(phone=phone))
    return "\n".join(lines)


def purpose_name(purpose: Purpose, _: Gettext) -> str:
    """A purpose in a few words, fit for a button; a health purpose is called as its topic."""
    return _("Taking part") if purpose is Purpose.SERVICE else topic_name(purpose, _)
