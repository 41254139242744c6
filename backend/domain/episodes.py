"""Stretches of a life that services hang on, such as a pregnancy, and what ended them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise, product

from backend.domain.calendar import Anchor
from backend.domain.events import BirthMode, Event, EventKind, Method, told_once
from backend.domain.gestation import add_months

ENROLMENT_ID = "enrolment"
# Folic acid ends on day 90 of a pregnancy (`domain.md` FA5).
PREPARING_DAYS = 90
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

LOSSES = (EventKind.PREGNANCY_ENDED, EventKind.CHILD_DIED)
# What a pregnancy comes to; a child's death is laid to its birth.
CONCLUSIONS = (EventKind.BIRTH, EventKind.PREGNANCY_ENDED)


@dataclass(slots=True)
class Episode:
    """One anchor of one person: its days, and the first event of each kind that ends it.

    `told_by` and `told_on` are what a person would recognise as the reason. `about` is the episode
    its event is about, `named` a service it names; `rods` and `lasts_months` are of the product.
    """

    id: str
    on: date
    dates: dict[Anchor, date]
    told_by: Anchor
    told_on: date
    known_on: date | None = None
    caesarean: bool = False
    method: Method | None = None
    about: str | None = None
    named: str | None = None
    rods: int | None = None
    lasts_months: int | None = None
    ends: dict[EventKind, date] = field(default_factory=dict)

    def end(self, kind: EventKind, on: date | None) -> None:
        """Note an event that ends this episode; the earliest of a kind counts."""
        if on is not None and on < self.ends.get(kind, date.max):
            self.ends[kind] = on


@dataclass(slots=True)
class History:
    """The episodes of one person by anchor, and the spans in which she rests from invitations."""

    by_anchor: dict[Anchor, list[Episode]]
    resting: list[tuple[date, date]]


def trace(events: Sequence[Event], enrolled_on: date) -> History:
    """Sort events, in whatever order recorded, into episodes that know what ended them."""
    if not events:
        return History(_enrolment(enrolled_on), [])
    once = told_once(events)
    ordered = sorted(once, key=lambda event: (event.on or date.min, event.kind, event.id))
    pregnancies = _pregnancies(ordered)
    births = _conclude(ordered, pregnancies)
    orphans = _discharge(ordered, births)
    by_anchor = _enrolment(enrolled_on)
    by_anchor[Anchor.LMP] = pregnancies
    by_anchor[Anchor.BIRTH] = births + orphans
    by_anchor[Anchor.PREPARING] = _preparing(ordered, pregnancies, enrolled_on)
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


def _enrolment(enrolled_on: date) -> dict[Anchor, list[Episode]]:
    """The episodes everyone has; without a pregnancy, preparing starts with enrolment."""
    anchors = (Anchor.ENROLMENT, Anchor.OF_AGE)
    found = {
        at: [Episode(ENROLMENT_ID, enrolled_on, {at: enrolled_on}, at, enrolled_on)]
        for at in anchors
    }
    found[Anchor.PREPARING] = [
        _preparing_from(ENROLMENT_ID, enrolled_on, Anchor.ENROLMENT, enrolled_on)
    ]
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
        Episode(event.id, lmp, {Anchor.LMP: lmp}, Anchor.LMP, lmp, known_on=event.recorded_on)
        for event in ordered
        if event.kind is EventKind.PREGNANCY and (lmp := event.lmp)
    ]
    found.sort(key=lambda pregnancy: (pregnancy.on, pregnancy.id))
    for earlier, later in pairwise(found):
        earlier.end(EventKind.PREGNANCY, later.on)
    return found


def _conclude(ordered: Sequence[Event], pregnancies: Sequence[Episode]) -> list[Episode]:
    """Lay births and losses, as they happened, to their pregnancies; return the births."""
    births: list[Episode] = []
    for event in ordered:
        if event.on is None:
            continue
        if event.kind is EventKind.BIRTH:
            _take_birth(event, event.on, pregnancies=pregnancies, births=births)
        elif event.kind in LOSSES:
            _take_loss(event, event.on, pregnancies=pregnancies, births=births)
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
    if event.kind is EventKind.CHILD_DIED:
        for birth in told or births[-1:]:
            birth.end(EventKind.PREGNANCY_ENDED, on)
        return
    pregnancy = None if told else _pregnancy_of(event, on, pregnancies)
    if pregnancy:
        pregnancy.end(EventKind.PREGNANCY_ENDED, on)
    about = [named.ends.get(EventKind.BIRTH) for named in _named(event, pregnancies)]
    for birth in told or births[-1:]:
        soon = pregnancy is None and on - birth.on <= STILL_THAT_BIRTH
        if told or soon or birth.on in about:
            birth.end(EventKind.PREGNANCY_ENDED, on)


def _pregnancy_of(event: Event, on: date, pregnancies: Sequence[Episode]) -> Episode | None:
    """The pregnancy an event names, else the latest one still going on that day."""
    for pregnancy in _named(event, pregnancies):
        return pregnancy
    for pregnancy in reversed(pregnancies):
        is_over = _concluded_on(pregnancy) is not None
        if not is_over and pregnancy.on <= on <= pregnancy.on + LONGEST_PREGNANCY:
            return pregnancy
    return None


def _discharge(ordered: Sequence[Event], births: Sequence[Episode]) -> list[Episode]:
    """Give each birth the day she left hospital; return discharges whose birth nobody told."""
    orphans = []
    for event in ordered:
        if event.kind is not EventKind.DISCHARGE or event.on is None:
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


def _preparing_from(episode_id: str, on: date, told_by: Anchor, enrolled_on: date) -> Episode:
    """A stretch of folic acid told of on a day; it is followed from enrolment on."""
    return Episode(episode_id, on, {Anchor.PREPARING: max(on, enrolled_on)}, told_by, on)


def _preparing(
    ordered: Sequence[Event], pregnancies: Sequence[Episode], enrolled_on: date
) -> list[Episode]:
    """Stretches of folic acid: from each wish for a child; without any, from enrolment.

    The last wish before day 90 of a pregnancy runs on into that pregnancy. A first pregnancy
    without a wish counts from enrolment, a further one from its own last period.
    """
    found = wishes = [
        _preparing_from(event.id, event.on, Anchor.PLANNING, enrolled_on)
        for event in ordered
        if event.kind is EventKind.PLANNING and event.on
    ]
    previous, is_first = date.min, True
    for pregnancy in pregnancies:
        last = pregnancy.on + timedelta(PREPARING_DAYS)
        before = [wish for wish in wishes if previous < wish.on <= last]
        if before:
            stretch = before[-1]
        elif (
            is_first and last >= enrolled_on and not _came_between(ordered, pregnancy, enrolled_on)
        ):
            stretch = _preparing_from(ENROLMENT_ID, enrolled_on, Anchor.LMP, enrolled_on)
        else:
            stretch = _preparing_from(pregnancy.id, pregnancy.on, Anchor.LMP, enrolled_on)
            stretch.known_on = pregnancy.known_on
        _run_on(stretch, pregnancy)
        previous, is_first = _concluded_on(pregnancy) or last, is_first and last < enrolled_on
        found = found if before else [*found, stretch]
    after_birth = any(
        event.kind in SAME_DAY and event.on and event.on < enrolled_on for event in ordered
    )
    if found or after_birth:
        return found
    return [_preparing_from(ENROLMENT_ID, enrolled_on, Anchor.ENROLMENT, enrolled_on)]


def _run_on(stretch: Episode, pregnancy: Episode) -> None:
    """Let a stretch of folic acid last into a pregnancy, and end with it."""
    stretch.dates[Anchor.LMP] = pregnancy.on
    stretch.told_by, stretch.told_on = Anchor.LMP, pregnancy.on
    for kind in CONCLUSIONS:
        stretch.end(kind, pregnancy.ends.get(kind))


def _came_between(ordered: Sequence[Event], pregnancy: Episode, enrolled_on: date) -> bool:
    """True if a birth or a loss lies between enrolment and a pregnancy."""
    return any(
        event.kind in CONCLUSIONS and event.on and enrolled_on <= event.on < pregnancy.on
        for event in ordered
    )


def _concluded_on(pregnancy: Episode) -> date | None:
    """The day a birth or a loss ended a pregnancy, None while it goes on."""
    return min((on for kind, on in pregnancy.ends.items() if kind in CONCLUSIONS), default=None)


# Ends that are laid to the very pregnancy or birth; all others simply come later.
LAID = {
    Anchor.LMP: frozenset({EventKind.BIRTH, EventKind.PREGNANCY, *LOSSES}),
    Anchor.BIRTH: frozenset({EventKind.BIRTH, *LOSSES}),
}
# These end what began on the same day, too.
SAME_DAY = frozenset({EventKind.BIRTH, *LOSSES})
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
    endings = [(event, event.lmp or event.on) for event in ordered if event.kind in ENDING]
    for anchor, episodes in by_anchor.items():
        laid = LAID.get(anchor, frozenset())
        later = [(event, on) for event, on in endings if on and event.kind not in laid]
        for episode, (event, on) in product(episodes, later):
            if _may_end(event, on, episode):
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
