"""The words of consent: every purpose has its own, short, and the notice says what the law asks."""

import pytest

from backend.domain.consent import HEALTH_PURPOSES, Purpose
from backend.i18n import locales, translator
from backend.texts.consents import consent_words, privacy_notice, purpose_name
from backend.texts.services import topic_name

LONGEST_LINE = 90


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("purpose", Purpose)
def test_every_purpose_says_what_it_offers_and_what_is_kept(purpose: Purpose, locale: str) -> None:
    words = consent_words(purpose, translator(locale)._)
    assert words.offer
    assert words.kept
    assert max(map(len, words)) <= LONGEST_LINE


@pytest.mark.parametrize("locale", locales())
def test_no_two_purposes_share_their_words(locale: str) -> None:
    said = [consent_words(purpose, translator(locale)._) for purpose in Purpose]
    assert len(set(said)) == len(Purpose)


def test_a_health_purpose_is_called_as_its_topic() -> None:
    say = translator("zh_CN")._
    for purpose in HEALTH_PURPOSES:
        assert purpose_name(purpose, say) == topic_name(purpose, say)
    assert purpose_name(Purpose.SERVICE, say) == "参加服务"


def test_the_notice_names_who_what_why_how_long_and_whom_to_call() -> None:
    notice = privacy_notice(translator("zh_CN")._, township="青溪镇", phone="0571-1234567")
    for said in ("青溪镇", "记什么", "做什么用", "谁能看", "看、改、带走、删除", "存多久", "0571"):
        assert said in notice


def test_without_a_phone_the_notice_promises_none() -> None:
    assert "call" not in privacy_notice(translator("en")._, township="Qingxi", phone=None)
