"""The words of every service: its title, what it is, what to bring, where, and why it is due."""

from collections.abc import Callable, Mapping
from datetime import date

from backend.domain.calendar import Anchor, Certainty, First, Kind, Reason, Rule
from backend.domain.events import EventProblem
from backend.domain.schedule import DueService, State
from backend.texts.contraception import CONTRACEPTION
from backend.texts.phrases import (
    Gettext,
    Words,
    centre,
    child_book,
    clinic,
    handbook,
    id_card,
    nothing,
    results,
)


def words(rule_id: str, _: Gettext, occurrence: int = 1) -> Words:
    """The words of a rule; `occurrence` is the month for follow-ups numbered by month.

    Raises KeyError for a rule without words.
    """
    return WORDS[rule_id](_, occurrence)


def _antenatal(_: Gettext, title: str) -> Words:
    what = _("A check of you and your baby. The doctor answers your questions.")
    return Words(title, what, handbook(_), centre(_))


def _contact(_: Gettext, weeks: int) -> Words:
    return _antenatal(_, _("Week {weeks} check").format(weeks=weeks))


def _child_check(_: Gettext, months: int) -> Words:
    years, rest = divmod(months, 12)
    by_year = years >= 3 and not rest
    title = (
        _("Child check, age {years}").format(years=years)
        if by_year
        else _("Child check, month {months}").format(months=months)
    )
    what = _("Height, weight and how your child is growing. It is free.")
    return Words(title, what, child_book(_), centre(_))


def _referral(_: Gettext, _occurrence: int) -> Words:
    return Words(
        title=_("After your referral"),
        what=_("We ask how it went at the hospital and whether you need help."),
        bring=results(_),
        where=centre(_),
    )


def _by_phone(_: Gettext) -> str:
    return _("By phone, or at the township health centre.")


WORDS: Mapping[str, Callable[[Gettext, int], Words]] = {
    **CONTRACEPTION,
    "m1": lambda _, n: Words(
        title=_("First antenatal check"),
        what=_("You get the mother and child handbook and a first check. It is free."),
        bring=id_card(_),
        where=centre(_),
    ),
    "m2": lambda _, n: _antenatal(_, _("Week 16-20 check")),
    "m3": lambda _, n: _antenatal(_, _("Week 21-24 check")),
    "m4": lambda _, n: _antenatal(_, _("Week 28-36 check")),
    "m5": lambda _, n: _antenatal(_, _("Week 37-40 check")),
    "who_12w": lambda _, n: _contact(_, 12),
    "who_20w": lambda _, n: _contact(_, 20),
    "who_26w": lambda _, n: _contact(_, 26),
    "who_30w": lambda _, n: _contact(_, 30),
    "who_34w": lambda _, n: _contact(_, 34),
    "who_36w": lambda _, n: _contact(_, 36),
    "who_38w": lambda _, n: _contact(_, 38),
    "who_40w": lambda _, n: _contact(_, 40),
    "who_41w": lambda _, n: _contact(_, 41),
    "m6": lambda _, n: Words(
        title=_("Home visit after birth"),
        what=_("A health worker comes to see how you and your baby are. It is free."),
        bring=child_book(_),
        where=_("At your home, or wherever you rest after the birth."),
    ),
    "m7": lambda _, n: Words(
        title=_("Check 42 days after birth"),
        what=_("A check of how you have recovered and how your baby grows."),
        bring=handbook(_),
        where=_("At the township health centre or the hospital of the birth."),
    ),
    "m8": _referral,
    "s7": _referral,
    "k1": lambda _, n: Words(
        title=_("Baby's first-month check"),
        what=_("Height, weight and how your baby is growing. It is free."),
        bring=child_book(_),
        where=centre(_),
    ),
    "k2": _child_check,
    "fa5": lambda _, n: Words(
        title=_("Folic acid each day"),
        what=_("One tablet a day helps a baby grow well. Ask your doctor how much is right."),
        bring=nothing(_),
        where=_("Taken at home. The tablets are free at your village clinic."),
    ),
    "fa7": lambda _, n: Words(
        title=_("Go on with folic acid?"),
        what=_("Six months have passed. Would you like to go on being reminded?"),
        bring=nothing(_),
        where=clinic(_),
    ),
    "s8": lambda _, n: Words(
        title=_("Check before pregnancy"),
        what=_("A free examination for both of you before a pregnancy."),
        bring=_("Your ID cards; come together if you can."),
        where=centre(_),
    ),
    "s6": lambda _, n: Words(
        title=_("Free seasonal check"),
        what=_("A free women's health check, once each season. Come only if you like."),
        bring=id_card(_),
        where=centre(_),
    ),
    "fa6": lambda _, n: Words(
        title=_("Folic acid refill"),
        what=_("A new bottle of 31 tablets, free; we also ask how you get on with them."),
        bring=id_card(_),
        where=clinic(_),
    ),
    "early_follow_up": lambda _, n: Words(
        title=_("How the first weeks go"),
        what=_("After your check before pregnancy we ask how you are. Say only what you like."),
        bring=nothing(_),
        where=_by_phone(_),
    ),
    "outcome_follow_up": lambda _, n: Words(
        title=_("How you are after the birth"),
        what=_("We ask how you and your baby are. Say only what you like."),
        bring=nothing(_),
        where=_by_phone(_),
    ),
    "recovery": lambda _, n: Words(
        title=_("How you are"),
        what=_("As you wished, we ask how you are. You need not explain anything."),
        bring=nothing(_),
        where=_by_phone(_),
    ),
    "pm1": lambda _, n: Words(
        title=_("Check before marriage"),
        what=_("A free check for both of you, if you like. You can marry without it."),
        bring=_("Your ID cards; come together if you can."),
        where=_("At the county's maternal and child health hospital."),
    ),
    "sc1": lambda _, n: Words(
        title=_("Free cancer screening"),
        what=_("A free check of breast and cervix, every three years. Not during your period."),
        bring=_("Your ID card. Best a week after a period, no sex or rinsing 2 days before."),
        where=centre(_),
    ),
    "sc2": lambda _, n: Words(
        title=_("After the screening"),
        what=_("We ask how it went at the hospital. The doctor says when you come again."),
        bring=results(_),
        where=centre(_),
    ),
    "residence": lambda _, n: Words(
        title=_("Residence permit"),
        what=_("It is endorsed once a year. Late, it only rests until you catch up on it."),
        bring=_("Your ID card and your residence permit."),
        where=_("At the police station or service centre of where you live."),
    ),
    "overdue": lambda _, n: Words(
        title=_("How are you?"),
        what=_("Please tell us how you are. If you are still pregnant, call your hospital now."),
        bring=handbook(_),
        where=_("At the hospital where you wish to give birth."),
    ),
}


_AFTER_LOSS: Mapping[str, Callable[[Gettext], Words]] = {
    "m6": lambda _: Words(
        title=_("Home visit after birth"),
        what=_("If you like, a health worker comes to see how you are. It is free."),
        bring=nothing(_),
        where=_("At your home, or wherever you rest."),
    ),
    "m7": lambda _: Words(
        title=_("Check 42 days after birth"),
        what=_("A check of how you have recovered, if you like to come."),
        bring=id_card(_),
        where=_("At the township health centre or a hospital you like."),
    ),
}


def words_for(due: DueService, _: Gettext) -> Words:
    """The words of a due service; those of a mother whose child has died speak of her alone."""
    if due.why.anchor is Reason.DELIVERY and due.rule in _AFTER_LOSS:
        return _AFTER_LOSS[due.rule](_)
    return words(due.rule, _, due.occurrence)


def format_day(day: date, _: Gettext) -> str:
    """A civil day the way a language writes it: 2026-05-03, 2026年5月3日."""
    return _("{on.year}-{on.month:02}-{on.day:02}").format(on=day)


def explain(due: DueService, rule: Rule, _: Gettext) -> str:
    """Why a service is due, from when to when, and on whose word: whole sentences, a line each."""
    lines = [_reason(due, rule, _)]
    if rule.kind is Kind.SERVICE:
        lines.append(_span(due, rule, _))
    if rule.certainty is Certainty.UNCERTAIN:
        lines.append(_("Your doctor may name other days."))
    lines.append(_source(due, _))
    return "\n".join(lines)


def _reason(due: DueService, rule: Rule, _: Gettext) -> str:
    """The event or fact a service is counted from."""
    on = format_day(due.why.anchor_on, _)
    wanted = rule.windows[0].opens.anchor
    if due.why.anchor is Anchor.BIRTH and wanted is Anchor.DISCHARGE:
        return _(
            "Because your child was born on {on}; we do not know when you left hospital."
        ).format(on=on)
    return REASONS[due.why.anchor](_).format(on=on)


REASONS: Mapping[Anchor | Reason, Callable[[Gettext], str]] = {
    Anchor.ENROLMENT: lambda _: _("Because you joined on {on}."),
    Anchor.OF_AGE: lambda _: _("Because you reached the age for it on {on}."),
    Anchor.PLANNING: lambda _: _("Because you told us of your wish for a child on {on}."),
    Anchor.PREPARING: lambda _: _("Because you have been preparing for a child since {on}."),
    Anchor.LMP: lambda _: _("Because your last period began on {on}."),
    Anchor.BIRTH: lambda _: _("Because your child was born on {on}."),
    Anchor.DISCHARGE: lambda _: _("Because you left hospital on {on}."),
    Anchor.EXAM: lambda _: _("Because you had an examination on {on}."),
    Anchor.PROCEDURE: lambda _: _("Because you asked for follow-up after {on}."),
    Anchor.REMOVAL: lambda _: _("Because you had it taken out on {on}."),
    Anchor.SUPPLY: lambda _: _("Because you fetched free supplies on {on}."),
    Anchor.EXPIRY: lambda _: _("Because what you have lasts until {on}."),
    Anchor.REFERRAL: lambda _: _("Because you were referred on {on}."),
    Anchor.LAST_PERIOD: lambda _: _("Because you had your last period on {on}."),
    Anchor.MARRIAGE: lambda _: _("Because you told us on {on} that you are going to marry."),
    Anchor.MOVED_IN: lambda _: _("Because you moved here on {on}."),
    Anchor.CERTIFICATE: lambda _: _("Because your certificate is of {on}."),
    Reason.DUE_DATE: lambda _: _("Because your due date is {on}."),
    Reason.TRANSFER: lambda _: _("Because your due date is {on}, counted from the transfer."),
    Reason.RECORD: lambda _: _("Because you last had it on {on}."),
    Reason.DELIVERY: lambda _: _("Because you gave birth on {on}."),
}


def _span(due: DueService, rule: Rule, _: Gettext) -> str:
    """From when to when, both days included."""
    opens, closes = format_day(due.opens_on, _), format_day(due.closes_on, _)
    if rule.reminding.first is First.DAILY:
        if due.opens_on < due.why.anchor_on:
            # It began for another reason than the one that says how long it goes on.
            return _("Every day until {closes}.").format(closes=closes)
        return _("Every day from {opens} to {closes}.").format(opens=opens, closes=closes)
    return _("It can be done from {opens} to {closes}.").format(opens=opens, closes=closes)


def _source(due: DueService, _: Gettext) -> str:
    """On whose word, with the rule's name and version for those who want to look it up."""
    return _("Source: {source}, rule {rule} version {version}.").format(
        source=source_name(due.why.source, _), rule=due.rule, version=due.version
    )


def source_name(source: str, _: Gettext) -> str:
    """The name of a rule's source; a township's own source stands as it was written."""
    named = SOURCES.get(source)
    return named(_) if named else source


SOURCES: Mapping[str, Callable[[Gettext], str]] = {
    "nbphs2017": lambda _: _("National Basic Public Health Services, third edition (2017)"),
    "who_anc2016": lambda _: _("WHO recommendations on antenatal care (2016)"),
    "folic_acid2010": lambda _: _("national folic acid programme (2010)"),
    "preconception2010": lambda _: _("national free examination before pregnancy (2010)"),
    "premarital2003": lambda _: _("Law on Maternal and Infant Health Care; voluntary since 2003"),
    "postpartum_routine": lambda _: _("usual practice after a birth"),
    "information2005": lambda _: _("specification of service information (2005)"),
    "vasectomy_routine": lambda _: _("usual practice after this procedure"),
    "supplies_local": lambda _: _("local practice for free supplies"),
    "menopause_routine": lambda _: _("usual practice at the change of life"),
    "residence_permits2016": lambda _: _("Provisional Regulations on Residence Permits (2016)"),
    "township_plan": lambda _: _("the township's service plan"),
    "iud_routine": lambda _: _("usual practice after an IUD"),
    "implant_default": lambda _: _("usual practice after an implant"),
    "ligation_default": lambda _: _("usual practice after this procedure"),
    "abortion_care2018": lambda _: _("national care specification (2018)"),
    "screening2021": lambda _: _("national plan for cervical and breast screening (2021)"),
    "gestation": lambda _: _("usual practice of hospitals"),
}

TOPICS: Mapping[str, Callable[[Gettext], str]] = {
    "maternal": lambda _: _("Pregnancy and after birth"),
    "folic_acid": lambda _: _("Folic acid"),
    "contraception": lambda _: _("Contraception"),
    "checkup": lambda _: _("Free checks"),
    "child": lambda _: _("Your child"),
    "screening": lambda _: _("Cancer screening"),
    "service": lambda _: _("Residence permit"),
}


def topic_name(topic: str, _: Gettext) -> str:
    """The name of a topic one can subscribe to, short enough for a button."""
    return TOPICS[topic](_)


STATES: Mapping[State, Callable[[Gettext], str]] = {
    State.PLANNED: lambda _: _("Later"),
    State.OPEN: lambda _: _("Can be done now"),
    State.DONE: lambda _: _("Done"),
    State.DECLINED: lambda _: _("Not wanted"),
    State.CLOSED: lambda _: _("Time is over"),
    State.CANCELLED: lambda _: _("No longer needed"),
}


def state_name(state: State, _: Gettext) -> str:
    """Where a service stands, in a word or two."""
    return STATES[state](_)


PROBLEMS: Mapping[EventProblem, Callable[[Gettext], str]] = {
    EventProblem.MISSING_DATE: lambda _: _("Please choose a day."),
    EventProblem.IN_FUTURE: lambda _: _("This day has not come yet. Please choose another."),
    EventProblem.BEFORE_OWN_BIRTH: lambda _: _("This day is before your own birth."),
    EventProblem.LMP_IN_FUTURE: lambda _: _(
        "The first day of your last period cannot be in the future."
    ),
    EventProblem.DUE_TOO_FAR: lambda _: _("This due date is more than 40 weeks away."),
    EventProblem.BIRTH_BEFORE_PREGNANCY: lambda _: _("This day is before the pregnancy began."),
    EventProblem.ASK_PREGNANCY_LONG: lambda _: _(
        "That is more than 43 weeks ago. Is the day right?"
    ),
    EventProblem.ASK_BIRTH_EARLY: lambda _: _("That would be a very early birth. Is it right?"),
}


def problem_text(problem: EventProblem, _: Gettext) -> str:
    """What to say about an event that cannot be taken as it was entered."""
    return PROBLEMS[problem](_)
