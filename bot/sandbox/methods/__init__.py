"""The methods that the sandbox plays, by their names in the Bot API."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.sandbox.call import Call
from bot.sandbox.methods import chats, editing, media, profile, queries, receiving, sending

Handler = Callable[[Call], Awaitable[Any]]

HANDLERS: Mapping[str, Handler] = {
    **profile.HANDLERS,
    **receiving.HANDLERS,
    **sending.HANDLERS,
    **media.HANDLERS,
    **editing.HANDLERS,
    **queries.HANDLERS,
    **chats.HANDLERS,
}
