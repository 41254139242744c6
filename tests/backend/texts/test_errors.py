"""Every refusal has a code of its own and words in every language."""

from collections.abc import Iterator
from dataclasses import fields
from typing import get_type_hints

import pytest

from backend.domain.errors import ColumnsMissing, SuixingError, WrongValue
from backend.domain.people import FIELDS, Rejection
from backend.i18n import locales, translator
from backend.texts.errors import explain_error, explain_field, explain_rejection


def errors_below(error: type[SuixingError]) -> Iterator[type[SuixingError]]:
    """The class and all that derive from it."""
    yield error
    for narrower in error.__subclasses__():
        yield from errors_below(narrower)


ERRORS = [error for error in errors_below(SuixingError) if error.__module__.startswith("backend.")]


def example(error: type[SuixingError]) -> SuixingError:
    """An error of the class with some data in each field."""
    known = {"missing": ("name", "village"), "reason": Rejection.PHONE_SEVERAL}
    hints = get_type_hints(error)
    data = {field.name: 7 if hints[field.name] is int else "7" for field in fields(error)}
    return error(**(data | {name: known[name] for name in data.keys() & known.keys()}))


def test_codes_are_unique_and_a_traceback_shows_no_data() -> None:
    codes = [error.code for error in ERRORS]
    assert len(set(codes)) == len(codes)
    for error in ERRORS:
        assert len(str(example(error))) > 10
        assert "7" not in repr(example(error))


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_every_error_is_explained(error: type[SuixingError], locale: str) -> None:
    sentence = explain_error(example(error), translator(locale)._)
    assert sentence
    assert "{" not in sentence
    assert all("7" in sentence for field in fields(error) if field.name in ("line", "found"))


@pytest.mark.parametrize("locale", locales())
def test_every_reason_and_field_is_explained_differently(locale: str) -> None:
    _ = translator(locale)._
    sentences = [explain_rejection(reason, _) for reason in Rejection]
    assert len(set(sentences)) == len(sentences)
    assert len({explain_field(field, _) for field in FIELDS}) == len(FIELDS)


def test_chinese_is_not_left_in_english() -> None:
    _ = translator("zh_CN")._
    error = ColumnsMissing(line=3, missing=("name", "village"), found="电话")
    assert explain_error(error, _) == "第 3 行缺少这些列：姓名、村。现有：电话"
    for reason in Rejection:
        sentence = explain_error(WrongValue(reason=reason), _)
        assert any("\u4e00" <= character <= "\u9fff" for character in sentence)
