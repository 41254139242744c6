"""Households as an officer writes them down."""

import pytest

from backend.domain.grids import chosen

NUMBERS = ["0001", "0002", "0012", "35", "东头"]
LETTERED = ["柳沟001", "柳沟002", "柳沟020", "东坡001"]


@pytest.mark.parametrize(
    ("text", "numbers", "unknown"),
    [
        ("1", ("0001",), ()),
        ("0012", ("0012",), ()),
        ("1-12", ("0001", "0002", "0012"), ()),
        ("１－２，35", ("35", "0001", "0002"), ()),
        ("1到2、12", ("0001", "0002", "0012"), ()),
        ("东头", ("东头",), ()),
        ("1 7", ("0001",), ("7",)),
        ("40-50", (), ("40-50",)),
        ("12-1", (), ("12-1",)),
        ("abc", (), ("abc",)),
        ("", (), ()),
    ],
)
def test_numbers_and_ranges_are_found_and_the_rest_named(
    text: str, numbers: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    found = chosen(text, NUMBERS)
    assert (found.numbers, found.unknown) == (numbers, unknown)


@pytest.mark.parametrize(
    ("text", "numbers", "unknown"),
    [
        ("2", ("柳沟002",), ()),
        ("2-20", ("柳沟002", "柳沟020"), ()),
        ("柳沟1", ("柳沟001",), ()),
        ("柳沟001-020", ("柳沟001", "柳沟002", "柳沟020"), ()),
        ("柳沟1-柳沟2", ("柳沟001", "柳沟002"), ()),
        ("1", (), ("1",)),
        ("1-20", (), ("1-20",)),
        ("柳沟1-东坡2", (), ("柳沟1-东坡2",)),
    ],
)
def test_letters_before_a_number_are_needed_only_to_tell_apart(
    text: str, numbers: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    found = chosen(text, LETTERED)
    assert (found.numbers, found.unknown) == (numbers, unknown)
