"""Households as an officer writes them down."""

import pytest

from backend.domain.grids import chosen

NUMBERS = ["0001", "0002", "0012", "35", "东头"]


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
