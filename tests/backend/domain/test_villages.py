"""A village is found by its code and by every usual form of its name, or the office is asked."""

import pytest

from backend.domain.errors import WrongValue
from backend.domain.people import Rejection
from backend.domain.villages import Villages, is_region_code, township_of

REGIONS = {
    "610329100000": "安和镇人民政府",
    "610329100201": "东风村",
    "610329100202": "东风社区居民委员会",
    "610329100203": "石桥村村民委员会",
    "610329100204": "新村村委会",
    "610329100205": "柳树 （大）",
    "610329101000": "清水乡",
    "610329101201": "西河村",
    "610329101202": "安和镇东沟村",
    "610329102000": "北山街道办事处",
    "610329102201": "西河村",
}


@pytest.fixture(scope="module")
def villages() -> Villages:
    """The villages of three townships."""
    return Villages(REGIONS)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("610329100201", "610329100201"),
        ("东风村", "610329100201"),
        (" 东 风 村\u3000", "610329100201"),
        ("东风村委会", "610329100201"),
        ("东风村民委员会", "610329100201"),
        ("东风村村民委员会", "610329100201"),
        ("安和镇东风村", "610329100201"),
        ("安和东风村", "610329100201"),
        ("东风社区", "610329100202"),
        ("东风居委会", "610329100202"),
        ("东风社区居委会", "610329100202"),
        ("石桥", "610329100203"),
        ("石桥村", "610329100203"),
        ("石桥村委会", "610329100203"),
        ("新村", "610329100204"),
        ("柳树(大)", "610329100205"),
        ("清水乡西河村", "610329101201"),
        ("北山街道西河村", "610329102201"),
    ],
)
def test_a_village_is_found_in_every_usual_form(
    villages: Villages, written: str, code: str
) -> None:
    assert villages.find(written) == code
    assert villages.find(written) == code


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", Rejection.VILLAGE_MISSING),
        ("—", Rejection.VILLAGE_MISSING),
        ("东风", Rejection.VILLAGE_AMBIGUOUS),
        ("西河村", Rejection.VILLAGE_AMBIGUOUS),
        ("石桥社区", Rejection.VILLAGE_UNKNOWN),
        ("安和镇", Rejection.VILLAGE_UNKNOWN),
        ("610329100000", Rejection.VILLAGE_UNKNOWN),
        ("610329100999", Rejection.VILLAGE_UNKNOWN),
        ("东风村3组", Rejection.VILLAGE_UNKNOWN),
        ("村", Rejection.VILLAGE_UNKNOWN),
    ],
)
def test_an_unclear_village_is_refused_and_never_guessed(
    villages: Villages, written: str, reason: Rejection
) -> None:
    for _ in range(2):
        with pytest.raises(WrongValue) as raised:
            villages.find(written)
        assert raised.value.reason == reason


def test_every_region_is_found_by_its_own_name_unless_two_share_it(villages: Villages) -> None:
    for code, name in REGIONS.items():
        if not code.endswith("000") and "西河" not in name:
            assert villages.find(name) == code


def test_a_code_is_twelve_plain_digits() -> None:
    assert is_region_code("610329100201")
    assert not any(
        map(is_region_code, ("61032910020", "6103291002011", "６１０３２９１００２０１", ""))
    )
    assert township_of("610329100201") == "610329100000"
