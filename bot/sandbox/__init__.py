"""A Telegram of our own: Bot API server, web chat and clock."""

from bot.sandbox.acts import Impossible
from bot.sandbox.bubble import Bubble
from bot.sandbox.clock import Clock, MovableClock
from bot.sandbox.faults import Fault
from bot.sandbox.limits import Limits
from bot.sandbox.phone import Phone
from bot.sandbox.server import Sandbox, serve

__all__ = [
    "Bubble",
    "Clock",
    "Fault",
    "Impossible",
    "Limits",
    "MovableClock",
    "Phone",
    "Sandbox",
    "serve",
]
