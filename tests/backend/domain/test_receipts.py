"""Receipts: 16 digits, read however they are written, every slip of a digit noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.receipts import grouped, read_receipt, receipt_of

NUMBERS = st.integers(0, 10**15 - 1)


@given(NUMBERS)
def test_a_receipt_is_read_however_it_is_written(number: int) -> None:
    receipt = receipt_of(number)
    assert len(receipt) == 16
    wide = receipt.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    for written in (receipt, grouped(receipt), grouped(receipt).replace(" ", "-"), f" {wide} "):
        assert read_receipt(written) == receipt


@given(NUMBERS, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: int, place: int, by: int) -> None:
    receipt = receipt_of(number)
    wrong = str((int(receipt[place]) + by) % 10)
    assert read_receipt(receipt[:place] + wrong + receipt[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "123", "一二三四", "1234 5678 9012 345a", "1" * 17])
def test_what_is_no_receipt_is_none(text: str) -> None:
    assert read_receipt(text) is None
