"""The connections to the Bot API server: aiohttp's, behind python-telegram-bot's own interface."""

from httpx_aiohttp import AiohttpTransport
from telegram.request import HTTPXRequest

_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 20.0
_POLL_ANSWER_SECONDS = 40.0
_CALLS_AT_ONCE = 64


def requests() -> tuple[HTTPXRequest, HTTPXRequest]:
    """Return the connections for getUpdates and for every other call."""
    return _request(1, _POLL_ANSWER_SECONDS), _request(_CALLS_AT_ONCE, _ANSWER_SECONDS)


def _request(size: int, answer_seconds: float) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=size,
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=answer_seconds,
        write_timeout=answer_seconds,
        pool_timeout=_CONNECT_SECONDS,
        httpx_kwargs={"transport": AiohttpTransport()},
    )
