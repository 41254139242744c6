"""Talking to the bot in tests: press or say something, then wait for the words that answer it."""

from bot.sandbox.bubble import Bubble
from bot.sandbox.phone import Phone


async def press(phone: Phone, label: str, expected: str) -> Bubble:
    """Press a button under a message."""
    phone.press(label)
    return await phone.until(expected)


async def tap(phone: Phone, label: str, expected: str) -> Bubble:
    """Press a key below the chat."""
    phone.tap(label)
    return await phone.until(expected)


async def say(phone: Phone, text: str, expected: str) -> Bubble:
    """Write a text."""
    phone.say(text)
    return await phone.until(expected)


async def start(phone: Phone, expected: str, token: str | None = None) -> Bubble:
    """Press Start, with the token of an invite if there is one."""
    phone.start(token)
    return await phone.until(expected)
