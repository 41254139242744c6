"""Every conversation that was written is one that the bot has."""

from importlib import import_module
from pathlib import Path

import pytest

import bot.conversations
from bot.app import CONVERSATIONS

FILES = sorted(Path(bot.conversations.__path__[0]).glob("*.py"))


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_a_conversation_has_its_line_in_the_app(name: str) -> None:
    written = getattr(import_module(f"bot.conversations.{name}"), "CONVERSATION", None)
    assert written is None or written in CONVERSATIONS, f"add {name} to bot/app.py"
