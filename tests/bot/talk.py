"""Talking to the bot in tests: press or say something, then wait for the words that answer it."""

from bot.sandbox.bubble import Bubble
from bot.sandbox.phone import Phone


async def press(phone: Phone, label: str, expected: str) -> Bubble:
    """Press a button under a message; the answer may stand in that message or in a new one."""
    before = {bubble.message_id: bubble.text for bubble in phone.messages}
    phone.press(label)
    return await phone.until(
        lambda bubble: (
            expected in bubble.text
            and (bubble.labels or before.get(bubble.message_id) != bubble.text)
        )
    )


async def tap(phone: Phone, label: str, expected: str) -> Bubble:
    """Press a key below the chat."""
    return await _new_message(phone, phone.tap(label), expected)


async def say(phone: Phone, text: str, expected: str) -> Bubble:
    """Write a text."""
    return await _new_message(phone, phone.say(text), expected)


async def start(phone: Phone, expected: str, token: str | None = None) -> Bubble:
    """Press Start, with the token of an invite if there is one."""
    return await _new_message(phone, phone.start(token), expected)


async def _new_message(phone: Phone, said: Bubble, expected: str) -> Bubble:
    """Wait for a message after what was said; older ones may lose their buttons meanwhile."""
    return await phone.until(
        lambda bubble: bubble.message_id > said.message_id and expected in bubble.text
    )
