"""The connections to the Bot API server: aiohttp's, behind python-telegram-bot's own interface."""

import ssl
from functools import cache
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport
from telegram.request import HTTPXRequest

from backend.actions.network import before_call

_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 20.0
_POLL_ANSWER_SECONDS = 40.0
_CALLS_AT_ONCE = 64


class Connections(HTTPXRequest):
    """Connections on which no call is made inside a transaction."""

    async def do_request(self, url: str, *given: Any, **named: Any) -> tuple[int, bytes]:
        """Make a call; its name is the last part of the address, which holds the token before."""
        before_call(url.rsplit("/", 1)[-1])
        return await super().do_request(url, *given, **named)


def requests() -> tuple[Connections, Connections]:
    """Return the connections for getUpdates and for every other call."""
    return _request(1, _POLL_ANSWER_SECONDS), _request(_CALLS_AT_ONCE, _ANSWER_SECONDS)


def _request(size: int, answer_seconds: float) -> Connections:
    return Connections(
        connection_pool_size=size,
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=answer_seconds,
        write_timeout=answer_seconds,
        pool_timeout=_CONNECT_SECONDS,
        httpx_kwargs={"transport": AiohttpTransport(verify=_certificates())},
    )


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates that are trusted; reading them takes longer than the rest of the start."""
    return httpx.create_ssl_context()
