"""Greetings: by surname, sex and the hour of the day."""

import pytest

from backend.domain.salutation import salutation
from backend.i18n import translator
from backend.texts.greetings import address, greet

CHINESE, ENGLISH = translator("zh_CN")._, translator("en")._


@pytest.mark.parametrize(
    ("name", "sex", "chinese", "english"),
    [
        ("王秀英", "female", "王女士", "Ms 王"),
        ("欧阳建国", "male", "欧阳先生", "Mr 欧阳"),
        ("李娜", None, "李娜", "李娜"),
        ("Mary Wang", "female", "Mary女士", "Ms Mary"),
    ],
)
def test_a_person_is_addressed(name: str, sex: str | None, chinese: str, english: str) -> None:
    whom = salutation(name, sex)
    assert whom is not None
    assert address(whom, CHINESE) == chinese
    assert address(whom, ENGLISH) == english


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [
        (4, "王女士，晚上好。"),
        (5, "王女士，上午好。"),
        (11, "王女士，上午好。"),
        (12, "王女士，下午好。"),
        (17, "王女士，下午好。"),
        (18, "王女士，晚上好。"),
    ],
)
def test_the_greeting_follows_the_hour(hour: int, greeting: str) -> None:
    assert greet(salutation("王秀英", "female"), hour, CHINESE) == greeting


def test_who_has_no_name_is_greeted_all_the_same() -> None:
    assert greet(None, 9, CHINESE) == "您好。"
