"""The words of the services: every rule has them, they are short, and they say why."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, product

import pytest

from backend.calendars.checks import LONGEST_SOURCE
from backend.domain.calendar import Anchor, Certainty, First, Kind, Rule
from backend.domain.due_services import Why
from backend.domain.events import BirthMode, Event, EventKind, EventProblem, Method
from backend.domain.gestation import Dating, Source, dated_by_transfer
from backend.domain.schedule import DueService, Facts, ServiceRecord, State, plan
from backend.i18n import locales, translator
from backend.texts.phrases import Words
from backend.texts.reminders import booked_text
from backend.texts.services import (
    TOPICS,
    explain,
    format_day,
    problem_text,
    source_name,
    state_name,
    topic_name,
    words,
)
from tests.backend.domain.lives import (
    BY_ID,
    RULES,
    birth,
    happened,
    person,
    planned,
    pregnancy,
    procedure,
)

LMP = date(2026, 5, 3)
HAN = re.compile(r"[\u3400-\u9fff]")
SENTENCE_ENDS = re.compile(r"[。！？]")
CHINESE = translator("zh_CN")._
ENGLISH = translator("en")._
BUTTON_LENGTH = 10


def occurrences(rule: Rule) -> Iterator[int]:
    """The first occurrences of a rule, fifteen at most."""
    if rule.repeat is None:
        return iter([1])
    return islice((number for number, _ in rule.repeat.occurrences()), 15)


def all_words(_: Callable[[str], str]) -> list[tuple[str, Words]]:
    """The words of every rule and occurrence."""
    return [(rule.id, words(rule.id, _, n)) for rule in RULES for n in occurrences(rule)]


def plain(text: str) -> str:
    """The sentence itself, as for somebody whose language has no catalogue."""
    return text


def test_titles_fit_a_chinese_button() -> None:
    titles = [found.title for _, found in all_words(CHINESE)]
    titles += [topic_name(topic, CHINESE) for topic in TOPICS]
    assert [title for title in titles if len(title) > BUTTON_LENGTH] == []


def test_chinese_words_are_chinese_and_at_most_two_short_sentences() -> None:
    for rule_id, found in all_words(CHINESE):
        for text in found:
            assert HAN.search(text), (rule_id, text)
            assert len(SENTENCE_ENDS.findall(text)) <= 2, (rule_id, text)
            assert len(text) <= 40, (rule_id, text)


def test_no_placeholder_is_left_unfilled() -> None:
    for _ in (CHINESE, ENGLISH, plain):
        for rule_id, found in all_words(_):
            assert "{" not in "".join(found), rule_id


def test_no_rule_is_without_words() -> None:
    with pytest.raises(KeyError):
        words("m99", plain)


def test_follow_ups_say_which_month_and_older_children_their_age() -> None:
    assert words("iud", CHINESE, 6).title == "放环6个月复查"
    assert words("k2", CHINESE, 8).title == "宝宝8个月体检"
    assert words("k2", CHINESE, 48).title == "宝宝4岁体检"
    assert words("k2", ENGLISH, 30).title == "Child check, month 30"


def test_a_day_is_written_as_the_language_writes_it() -> None:
    assert format_day(LMP, CHINESE) == "2026年5月3日"
    assert format_day(LMP, ENGLISH) == "2026-05-03"


def test_a_service_says_why_from_when_to_when_and_on_whose_word() -> None:
    (due,) = planned(person(pregnancy(LMP)), LMP, "m2")
    assert explain(due, BY_ID["m2"], ENGLISH).splitlines() == [
        "Because your last period began on 2026-05-03.",
        "It can be done from 2026-08-23 to 2026-09-26.",
        "Source: National Basic Public Health Services, third edition (2017), rule m2 version 1.",
    ]
    assert explain(due, BY_ID["m2"], CHINESE).splitlines() == [
        "因为您末次月经是2026年5月3日开始的。",
        "2026年8月23日到2026年9月26日都可以办。",
        "依据：《国家基本公共卫生服务规范（第三版）》，规则m2第1版。",
    ]


@pytest.mark.parametrize("locale", locales())
def test_whatever_is_said_of_a_service_with_the_longest_source_fits_into_one_message(
    locale: str,
) -> None:
    _, day = translator(locale)._, date(2026, 12, 31)
    for rule in RULES:
        wordiest = replace(rule, kind=Kind.SERVICE, certainty=Certainty.UNCERTAIN)
        for occurrence, anchor in product((1, 12, 72, 120), Anchor):
            why = Why(anchor, day, rule.id, 9999, "𠮷" * LONGEST_SOURCE)
            due = DueService(
                *(rule.id, 9999, "event1", occurrence, day, day, day),
                *(State.OPEN, why, rule.audience.topic),
            )
            said = words(rule.id, _, occurrence)
            page = [*said, explain(due, wordiest, _), booked_text(_, day, date(2027, 1, 1))]
            # Telegram counts in UTF-16; what stands between these parts is less than this room.
            assert sum(len(part.encode("utf-16-le")) // 2 for part in page) < 4096 - 200


def test_a_home_visit_says_that_the_day_of_discharge_is_not_known() -> None:
    born = birth(date(2027, 2, 7))
    (due,) = planned(person(born), date(2027, 2, 7), "m6")
    assert "we do not know when you left hospital" in explain(due, BY_ID["m6"], ENGLISH)
    discharge = happened(EventKind.DISCHARGE, date(2027, 2, 9))
    (due,) = planned(person(born, discharge), date(2027, 2, 9), "m6")
    assert "Because you left hospital on 2027-02-09." in explain(due, BY_ID["m6"], ENGLISH)


@pytest.mark.parametrize(
    ("dating", "english", "chinese"),
    [
        (
            Dating(Source.CLINICIAN, date(2027, 7, 25)),
            "Because your due date is 2027-07-25.",
            "因为您的预产期是2027年7月25日。",
        ),
        (
            dated_by_transfer(date(2026, 11, 6)),
            "Because your due date is 2027-07-25, counted from the transfer.",
            "因为按移植日期算，您的预产期是2027年7月25日。",
        ),
    ],
)
def test_who_told_a_due_date_is_not_told_of_a_last_period(
    dating: Dating, english: str, chinese: str
) -> None:
    told = Event("hers", EventKind.PREGNANCY, datings=(dating,))
    for due in planned(person(told), date(2026, 12, 1), "m1", "m2", "fa5", "overdue"):
        assert explain(due, BY_ID[due.rule], ENGLISH).splitlines()[0] == english
        assert explain(due, BY_ID[due.rule], CHINESE).splitlines()[0] == chinese


def test_a_screening_after_another_is_due_because_of_that_one() -> None:
    had = ServiceRecord("sc1", date(2026, 3, 1))
    facts = person(birth_date=date(1985, 1, 1), enrolled_on=date(2020, 1, 1), records=[had])
    *_, due = planned(facts, date(2028, 12, 1), "sc1")
    assert due.opens_on == date(2029, 1, 1)
    assert explain(due, BY_ID["sc1"], ENGLISH).startswith("Because you last had it on 2026-03-01.")
    assert explain(due, BY_ID["sc1"], CHINESE).startswith("因为您上次是2026年3月1日做的。")


def test_a_refill_is_due_because_of_the_supplies_fetched_last() -> None:
    fetched = Event("first", EventKind.SUPPLY, date(2026, 3, 1), method=Method.PILL)
    again = ServiceRecord("pill", date(2026, 3, 28))
    facts = person(fetched, records=[again])
    first, second, *_ = planned(facts, date(2026, 4, 1), "pill")
    assert "you fetched free supplies on 2026-03-01" in explain(first, BY_ID["pill"], ENGLISH)
    assert "you fetched free supplies on 2026-03-28" in explain(second, BY_ID["pill"], ENGLISH)


def test_a_refill_before_a_pregnancy_is_not_explained_by_it() -> None:
    facts = person(pregnancy(LMP), topics=["folic_acid"])
    found = planned(facts, LMP, "fa6")
    reasons = [explain(due, BY_ID["fa6"], ENGLISH).splitlines()[0] for due in found]
    joined, period = "Because you joined on 2026-01-01.", "Because your last period began on"
    assert reasons[:3] == [joined] * 3
    assert [reason.startswith(period) for reason in reasons[3:]] == [True] * len(reasons[3:])
    assert [due.closes_on < LMP for due in found][:4] == [True, True, True, False]


def test_uncertain_days_leave_the_last_word_to_the_doctor() -> None:
    facts = person(procedure(Method.IMPLANT, LMP), procedure(Method.IUD, LMP, "second"))
    implant, *_ = planned(facts, LMP, "implant")
    iud, *_ = planned(facts, LMP, "iud")
    assert "Your doctor may name other days." in explain(implant, BY_ID["implant"], ENGLISH)
    assert "Your doctor may name other days." not in explain(iud, BY_ID["iud"], ENGLISH)


def test_a_daily_rule_says_every_day_and_a_question_names_no_window() -> None:
    facts = person(pregnancy(LMP), topics=["folic_acid", "maternal"])
    (folic,) = planned(facts, LMP, "fa5")
    (question,) = planned(facts, LMP, "overdue")
    assert "Every day until 2026-08-01." in explain(folic, BY_ID["fa5"], ENGLISH)
    (alone,) = planned(person(topics=["folic_acid"]), LMP, "fa5")
    assert "Every day from 2026-01-01 to 2026-07-01." in explain(alone, BY_ID["fa5"], ENGLISH)
    assert "can be done" not in explain(question, BY_ID["overdue"], ENGLISH)


def lives() -> Iterator[Facts]:
    """Lives in which every rule there is comes to be owed."""
    everything = (*TOPICS, "service")
    hers = [
        happened(EventKind.PLANNING, date(2026, 3, 1)),
        happened(EventKind.EXAM, date(2026, 4, 1)),
        pregnancy(LMP),
        birth(LMP + timedelta(280), mode=BirthMode.CAESAREAN),
        happened(EventKind.CERTIFICATE, date(2026, 3, 1)),
        happened(EventKind.MARRIAGE, date(2026, 3, 1)),
        happened(EventKind.LAST_PERIOD, date(2027, 10, 1)),
        *(
            replace(happened(EventKind.REFERRAL, date(2026, 9, 1), f"sent_{rule}"), rule=rule)
            for rule in (None, "s6", "sc1")
        ),
        *(replace(procedure(method, date(2027, 9, 1), method.value), rods=2) for method in Method),
        *(
            Event(f"fetched_{method}", EventKind.SUPPLY, date(2027, 9, 1), method=method)
            for method in (Method.PILL, Method.CONDOM)
        ),
    ]
    out = [
        Event(f"out_{method}", EventKind.REMOVAL, date(2027, 8, 1), method=method)
        for method in (Method.IUD, Method.IMPLANT)
    ]
    for calendar in ("nbphs2017", "who2016"):
        yield person(*hers, birth_date=date(1992, 10, 1), calendar=calendar, topics=everything)
    yield person(*out, topics=everything)
    his = procedure(Method.VASECTOMY, date(2027, 9, 1))
    yield person(his, sex="male", topics=everything)


def test_every_rule_explains_itself_in_every_language() -> None:
    explained = set()
    for facts in lives():
        for due in plan(facts, RULES, date(2027, 10, 2)):
            rule = BY_ID[due.rule]
            explained.add(due.rule)
            for _ in (CHINESE, ENGLISH, plain):
                _check_explained(explain(due, rule, _), due, rule, _)
    assert explained == set(BY_ID)


def _check_explained(text: str, due: DueService, rule: Rule, _: Callable[[str], str]) -> None:
    """A reason with its day, both ends of the window, where, what to bring, rule and source."""
    assert "{" not in text
    assert format_day(due.why.anchor_on, _) in text
    if rule.kind is Kind.SERVICE:
        ran_on = rule.reminding.first is First.DAILY and due.opens_on < due.why.anchor_on
        assert ran_on or format_day(due.opens_on, _) in text
        assert format_day(due.closes_on, _) in text
    assert due.rule in text
    assert str(due.version) in text
    assert source_name(rule.source, _) in text
    assert all(words(due.rule, _, due.occurrence))


def test_a_townships_own_source_stands_as_it_was_written() -> None:
    assert source_name("县卫健局2026年5月通知", CHINESE) == "县卫健局2026年5月通知"


def test_states_and_problems_have_words() -> None:
    for _ in (CHINESE, ENGLISH):
        assert len({state_name(state, _) for state in State}) == len(State)
        assert len({problem_text(problem, _) for problem in EventProblem}) == len(EventProblem)


def test_a_loss_and_care_after_it_are_never_called_by_name() -> None:
    found = words("abortion_care", CHINESE, 1)
    assert not re.search("流产|堕胎|人流|手术", "".join(found))
