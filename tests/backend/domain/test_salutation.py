"""How a person is addressed."""

import pytest

from backend.domain.salutation import called, salutation


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("王秀英", "王"),
        ("李娜", "李"),
        ("欧阳兰", "欧阳"),
        ("司马相如", "司马"),
        ("欧阳", "欧"),
        ("东方", "东"),
        ("阿依古丽·买买提", "阿依古丽"),
        ("买买提艾力江", "买买提艾力江"),
        ("Anna Smith", "Anna"),
        ("𠮷田花", "𠮷"),
    ],
)
def test_the_surname_of_a_han_name_else_the_first_part(name: str, expected: str) -> None:
    assert called(name) == expected


def test_without_a_name_there_is_no_salutation() -> None:
    assert salutation(None, "female") is None
