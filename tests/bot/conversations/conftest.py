"""Transcripts that are read in both languages."""

import pytest

from tests.bot.conversations.tongues import Tongue


@pytest.fixture(params=["zh_CN", "en"])
def w(request: pytest.FixtureRequest) -> Tongue:
    """The words of the language that a transcript is read in."""
    return Tongue(request.param)
