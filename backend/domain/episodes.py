"""From events to episodes: which birth belongs to which pregnancy, and what ended what."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, product

from backend.domain.calendar import Anchor, Reason
from backend.domain.events import BirthMode, Event, EventKind, told_once
from backend.domain.gestation import Dating, Source, add_months
from backend.domain.preparing import ENROLMENT_ID, preparing, preparing_from
from backend.domain.stretches import LOSSES, SAME_DAY, Episode, History

# Beyond this a birth or a loss belongs to a pregnancy nobody told us of.
LONGEST_PREGNANCY = timedelta(330)
# Births so close to each other are one confinement: twins.
TWINS = timedelta(7)
# So soon after a birth, a pregnancy that ended is that birth's.
STILL_THAT_BIRTH = timedelta(90)
# A birth so soon after a loss is that loss, told twice.
STILL_THAT_LOSS = timedelta(14)
LEAVING_HOSPITAL = timedelta(60)
# 42+0 and six weeks: where nobody tells how a pregnancy went, invitations rest until then.
REST_AFTER_LMP = timedelta(294 + 42)
REST_AFTER_END = timedelta(42)

# Members that are asked for millions of times; by the name of their class they cost more.
_PREGNANCY, _BIRTH, _DISCHARGE = EventKind.PREGNANCY, EventKind.BIRTH, EventKind.DISCHARGE
_LMP_ANCHOR, _BIRTH_ANCHOR, _PREPARING = Anchor.LMP, Anchor.BIRTH, Anchor.PREPARING
_TOLD_BY: dict[Source, Anchor | Reason] = {
    Source.LMP: Anchor.LMP,
    Source.ART: Reason.TRANSFER,
    Source.CLINICIAN: Reason.DUE_DATE,
    Source.ULTRASOUND: Reason.DUE_DATE,
}
_ENROLLED = (Anchor.ENROLMENT, Anchor.OF_AGE)


def trace(
    events: Sequence[Event], enrolled_on: date, anchors: Container[Anchor] = frozenset(Anchor)
) -> History:
    """Sort events, in whatever order recorded, into episodes that know what ended them.

    Of some anchors only, if others are not asked for.
    """
    by_anchor = _enrolment(enrolled_on, anchors)
    if not events:
        return History(by_anchor, [])
    ordered = told_once(events)
    if len(ordered) > 1:
        ordered = sorted(ordered, key=lambda event: (event.on or date.min, event.kind, event.id))
    pregnancies = _pregnancies(ordered)
    births = _conclude(ordered, pregnancies)
    orphans = _discharge(ordered, births)
    by_anchor[_LMP_ANCHOR] = pregnancies
    by_anchor[_BIRTH_ANCHOR] = births + orphans
    if _PREPARING in anchors:
        by_anchor[_PREPARING] = preparing(ordered, pregnancies, enrolled_on)
    for event in ordered:
        anchor = SIMPLE_ANCHORS.get(event.kind)
        if anchor and event.on:
            by_anchor.setdefault(anchor, []).append(_simple(event, event.on, anchor))
    _tell_removed(by_anchor)
    _end_later(ordered, by_anchor)
    last_periods = _with_methods(by_anchor)
    if last_periods:
        by_anchor[Anchor.LAST_PERIOD] = last_periods
        _end_later(ordered, {Anchor.LAST_PERIOD: last_periods})
    return History(by_anchor, _resting(pregnancies, births))


SIMPLE_ANCHORS = {
    EventKind.PLANNING: Anchor.PLANNING,
    EventKind.PROCEDURE: Anchor.PROCEDURE,
    EventKind.REMOVAL: Anchor.REMOVAL,
    EventKind.SUPPLY: Anchor.SUPPLY,
    EventKind.EXAM: Anchor.EXAM,
    EventKind.REFERRAL: Anchor.REFERRAL,
    EventKind.LAST_PERIOD: Anchor.LAST_PERIOD,
    EventKind.MARRIAGE: Anchor.MARRIAGE,
    EventKind.MOVED_IN: Anchor.MOVED_IN,
    EventKind.CERTIFICATE: Anchor.CERTIFICATE,
}


def _enrolment(enrolled_on: date, anchors: Container[Anchor]) -> dict[Anchor, list[Episode]]:
    """The episodes everyone has; without a pregnancy, preparing starts with enrolment."""
    found = {
        at: [Episode(ENROLMENT_ID, enrolled_on, {at: enrolled_on}, at, enrolled_on)]
        for at in _ENROLLED
        if at in anchors
    }
    if _PREPARING in anchors:
        found[_PREPARING] = [preparing_from(ENROLMENT_ID, enrolled_on, _ENROLLED[0], enrolled_on)]
    return found


def _simple(event: Event, on: date, anchor: Anchor) -> Episode:
    """An episode that is one event on one day, and on which a labelled life may run out."""
    dates = {anchor: on}
    if anchor is Anchor.PROCEDURE and event.lasts_months:
        dates[Anchor.EXPIRY] = add_months(on, event.lasts_months)
    return Episode(
        event.id,
        on,
        dates,
        anchor,
        on,
        known_on=event.recorded_on,
        method=event.method,
        about=event.about,
        named=event.rule,
        rods=event.rods,
        lasts_months=event.lasts_months,
    )


def _tell_removed(by_anchor: Mapping[Anchor, Sequence[Episode]]) -> None:
    """Give a removal that only says which procedure it is about that procedure's method."""
    if Anchor.REMOVAL not in by_anchor:
        return
    methods = {episode.id: episode.method for episode in by_anchor.get(Anchor.PROCEDURE, ())}
    for removal in by_anchor.get(Anchor.REMOVAL, ()):
        removal.method = removal.method or methods.get(removal.about or "")


def _with_methods(by_anchor: Mapping[Anchor, Sequence[Episode]]) -> list[Episode]:
    """Last periods as such, and each once more with every method in place on that day."""
    found = []
    for period in by_anchor.get(Anchor.LAST_PERIOD, ()):
        in_place = {
            chosen.method: chosen
            for chosen in by_anchor.get(Anchor.PROCEDURE, ())
            if chosen.on <= period.on < chosen.ends.get(EventKind.REMOVAL, date.max)
        }
        found += [
            period,
            *(replace(period, method=method, ends={}) for method in in_place if method),
        ]
    return found


def _pregnancies(ordered: Sequence[Event]) -> list[Episode]:
    """Pregnancies by last period; a later one ends the one before, as nobody has two."""
    found = [
        _pregnancy(event, dating)
        for event in ordered
        if event.kind is _PREGNANCY and (dating := event.dating)
    ]
    found.sort(key=lambda pregnancy: (pregnancy.on, pregnancy.id))
    for earlier, later in pairwise(found):
        earlier.end(EventKind.PREGNANCY, later.on)
    return found


def _pregnancy(event: Event, dating: Dating) -> Episode:
    """A pregnancy by the dating that counts, told by what that rests on."""
    lmp, told_by = dating.lmp, _TOLD_BY[dating.source]
    told_on = lmp if told_by is _LMP_ANCHOR else dating.due_on
    dates = {_LMP_ANCHOR: lmp}
    return Episode(event.id, lmp, dates, told_by, told_on, known_on=event.recorded_on)


def last_born(events: Iterable[Event]) -> list[Event]:
    """The births of the latest child and of its twins that nobody told to have ended; in order."""
    told = list(events)
    over = {event.about for event in told if event.kind in LOSSES}
    births = [(event.on, event.id, event) for event in told if event.kind is _BIRTH and event.on]
    last_on = max((on for on, _, _ in births), default=date.min)
    twins = [event for on, _, event in sorted(births) if last_on - on <= TWINS]
    return [event for event in twins if event.id not in over]


def _conclude(ordered: Sequence[Event], pregnancies: Sequence[Episode]) -> list[Episode]:
    """Lay births and losses, as they happened, to their pregnancies; return the births."""
    births: list[Episode] = []
    children: dict[str, Episode] = {}
    deaths: list[tuple[Event, date]] = []
    for event in ordered:
        if event.on is None:
            continue
        if event.kind is _BIRTH:
            _take_birth(event, event.on, pregnancies=pregnancies, births=births)
            children[event.id] = births[-1]
        elif event.kind is EventKind.PREGNANCY_ENDED:
            _take_loss(event, event.on, pregnancies=pregnancies, births=births)
        elif event.kind is EventKind.CHILD_DIED:
            deaths.append((event, event.on))
    if deaths:
        _take_deaths(deaths, children)
    return births


def _take_birth(
    event: Event, on: date, *, pregnancies: Sequence[Episode], births: list[Episode]
) -> None:
    """Note a birth; a twin joins the birth before."""
    caesarean = event.mode is BirthMode.CAESAREAN
    if births and on - births[-1].on <= TWINS:
        births[-1].caesarean |= caesarean
        return
    birth = Episode(event.id, on, {Anchor.BIRTH: on}, Anchor.BIRTH, on, known_on=event.recorded_on)
    birth.caesarean = caesarean
    births.append(birth)
    pregnancy = _pregnancy_of(event, on, pregnancies)
    if pregnancy:
        pregnancy.end(EventKind.BIRTH, on)
        return
    for lost in pregnancies:
        lost_on = lost.ends.get(EventKind.PREGNANCY_ENDED)
        if lost_on and on - lost_on <= STILL_THAT_LOSS:
            birth.end(EventKind.PREGNANCY_ENDED, lost_on)


def _take_loss(
    event: Event, on: date, *, pregnancies: Sequence[Episode], births: Sequence[Episode]
) -> None:
    """Note a loss: of the pregnancy that was going on, else of the child just born."""
    told = _named(event, births)
    pregnancy = None if told else _pregnancy_of(event, on, pregnancies)
    if pregnancy:
        pregnancy.end(EventKind.PREGNANCY_ENDED, on)
    about = [named.ends.get(EventKind.BIRTH) for named in _named(event, pregnancies)]
    for birth in told or births[-1:]:
        soon = pregnancy is None and on - birth.on <= STILL_THAT_BIRTH
        if told or soon or birth.on in about:
            birth.end(EventKind.PREGNANCY_ENDED, on)


def _take_deaths(deaths: Iterable[tuple[Event, date]], children: Mapping[str, Episode]) -> None:
    """Note which children died, by the birth that each has in order; what is of all is over then.

    A death that names no child is of every child of the latest birth before it.
    """
    died: dict[str, date] = {}
    for event, on in deaths:
        latest = [birth for birth in children.values() if birth.on <= on][-1:]
        named = [child for child in children if child == event.about]
        for child in named or [child for child, birth in children.items() if birth in latest]:
            died[child] = min(on, died.get(child, date.max))
    for birth in children.values():
        ends = [died.get(child, date.max) for child, its in children.items() if its is birth]
        if max(ends) < date.max:
            birth.end(EventKind.CHILD_DIED, max(ends))
            birth.told_by = Reason.DELIVERY


def _pregnancy_of(event: Event, on: date, pregnancies: Sequence[Episode]) -> Episode | None:
    """The pregnancy an event names, else the latest one still going on that day."""
    for pregnancy in _named(event, pregnancies):
        return pregnancy
    for pregnancy in reversed(pregnancies):
        is_over = pregnancy.concluded_on is not None
        if not is_over and pregnancy.on <= on <= pregnancy.on + LONGEST_PREGNANCY:
            return pregnancy
    return None


def _discharge(ordered: Sequence[Event], births: Sequence[Episode]) -> list[Episode]:
    """Give each birth the day she left hospital; return discharges whose birth nobody told."""
    orphans = []
    for event in ordered:
        if event.kind is not _DISCHARGE or event.on is None:
            continue
        birth = _birth_of(event, event.on, births)
        if birth is None:
            orphans.append(_simple(event, event.on, Anchor.DISCHARGE))
        else:
            birth.dates.setdefault(Anchor.DISCHARGE, event.on)
    return [orphan for orphan in orphans if not _follows_loss(orphan.on, ordered)]


def _birth_of(event: Event, on: date, births: Sequence[Episode]) -> Episode | None:
    """The birth a discharge names, else the latest one in the two months before it."""
    for birth in _named(event, births):
        return birth
    for birth in reversed(births):
        if birth.on <= on <= birth.on + LEAVING_HOSPITAL:
            return birth
    return None


def _named(event: Event, episodes: Sequence[Episode]) -> list[Episode]:
    """The episode an event says it is about, if it is among these."""
    return [episode for episode in episodes if episode.id == event.about]


def _follows_loss(on: date, ordered: Sequence[Event]) -> bool:
    """True if she left hospital after a loss: nobody visits then as after a birth."""
    return any(
        event.kind in LOSSES and event.on and event.on <= on <= event.on + LEAVING_HOSPITAL
        for event in ordered
    )


# Ends that are laid to the very pregnancy or birth; all others simply come later.
_NO_KINDS: frozenset[EventKind] = frozenset()
LAID = {
    Anchor.LMP: frozenset({EventKind.BIRTH, EventKind.PREGNANCY, *LOSSES}),
    Anchor.BIRTH: frozenset({EventKind.BIRTH, *LOSSES}),
}
ENDING = SAME_DAY | {
    EventKind.PLANNING,
    EventKind.PREGNANCY,
    EventKind.PROCEDURE,
    EventKind.REMOVAL,
    EventKind.SUPPLY,
    EventKind.LAST_PERIOD,
    EventKind.MARRIAGE,
    EventKind.CERTIFICATE,
    EventKind.MOVED_OUT,
}
# Who stops a method or takes up a new one says so of that method only.
OF_METHOD = frozenset({EventKind.REMOVAL, EventKind.PROCEDURE, EventKind.SUPPLY})


def _end_later(ordered: Sequence[Event], by_anchor: Mapping[Anchor, Sequence[Episode]]) -> None:
    """Tell every episode which later events may end it."""
    endings = [
        (event, on) for event in ordered if event.kind in ENDING and (on := event.lmp or event.on)
    ]
    if not endings:
        return
    for anchor, episodes in by_anchor.items():
        laid = LAID.get(anchor, _NO_KINDS)
        for episode, (event, on) in product(episodes, endings):
            if on >= episode.on and event.kind not in laid and _may_end(event, on, episode):
                episode.end(event.kind, on)


def _may_end(event: Event, on: date, episode: Episode) -> bool:
    """True if an event came after an episode's start and is about it as far as we can tell."""
    if event.kind in OF_METHOD:
        return _may_end_method(event, on, episode)
    return on >= episode.on if event.kind in SAME_DAY else on > episode.on


def _may_end_method(event: Event, on: date, episode: Episode) -> bool:
    """True if a later event is about the same method; a new one put in at once ends its removal."""
    chosen = episode.told_by in (Anchor.PROCEDURE, Anchor.SUPPLY)
    if event.kind is EventKind.REMOVAL and chosen and event.about is not None:
        return event.about == episode.id and on >= episode.on
    if event.method and episode.method and event.method is not episode.method:
        return False
    is_exchange = episode.told_by is Anchor.REMOVAL and event.kind is EventKind.PROCEDURE
    return on >= episode.on if is_exchange else on > episode.on


def _resting(pregnancies: Sequence[Episode], births: Sequence[Episode]) -> list[tuple[date, date]]:
    """Pregnancies and the six weeks after them, both ends inclusive."""
    spans = [
        (pregnancy.on, over + REST_AFTER_END if over else pregnancy.on + REST_AFTER_LMP)
        for pregnancy in pregnancies
        for over in [min(pregnancy.ends.values(), default=None)]
    ]
    return spans + [(birth.on, birth.on + REST_AFTER_END) for birth in births]
