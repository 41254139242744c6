"""The connections to the Bot API server: aiohttp's, behind python-telegram-bot's own interface.

The stock ones on httpx cost twice the time a call, and collapse with many calls in flight.
"""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import aiohttp
import httpx
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from backend.actions.network import before_call
from backend.actions.pace import note_departure

_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 20.0
_POLL_ANSWER_SECONDS = 40.0
_UPLOAD_SECONDS = 60.0
# Those of the sender's two lanes at their widest, and as many that are not the outbox's.
_CALLS_AT_ONCE = 450
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Written:
    """A call's parameters, written in JSON already."""

    content: bytes


async def call(bot: Bot, method: str, **parameters: Any) -> Any:
    """Make a call and return its result as it comes; parameters that are None are left out.

    Raises TelegramError as the bot's own methods do. They make objects of what is sent and of
    what comes back, which costs more than all else about a message.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    # Whatever it is, python-telegram-bot only hands it on to the connections below.
    written: Any = Written(json.dumps(given).encode())
    return await bot.request.post(f"{bot.base_url}/{method}", written)


class _Request(aiohttp.ClientRequest):
    """The stock request; whoever minds the limit is told when it is written.

    Before that it may have waited for a new connection, which the calls after it need not.
    """

    async def write_bytes(self, *given: Any, **more: Any) -> None:
        """Write it."""
        note_departure()
        await super().write_bytes(*given, **more)


class Connections(BaseRequest):
    """At most `size` connections, on which no call is made inside a transaction."""

    def __init__(self, size: int, answer_seconds: float) -> None:
        self._size = size
        self._answer_seconds = answer_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How many seconds an answer may take, where a call does not say otherwise."""
        return self._answer_seconds

    async def initialize(self) -> None:
        """Be ready to connect."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._size, ssl=_certificates())
            headers = {"User-Agent": self.USER_AGENT}
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers=headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                request_class=_Request,
            )

    async def shutdown(self) -> None:
        """Close every connection."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | Written | None = None,
        *_given: Any,
        **timeouts: Any,
    ) -> tuple[int, bytes]:
        """Make a call; its name is the last part of the address, which holds the token before.

        Raises TimedOut or NetworkError with aiohttp's own error as the cause.
        """
        before_call(url.rsplit("/", 1)[-1])
        if self._session is None:
            raise NetworkError("not initialized")
        body, headers = _body(request_data)
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=self._timeout(timeouts)
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error

    def _timeout(self, given: Mapping[str, Any]) -> aiohttp.ClientTimeout:
        """Return the timeouts of a call; python-telegram-bot marks those that it leaves open."""
        left_open = BaseRequest.DEFAULT_NONE
        return _timeouts(
            self._answer_seconds,
            **{name: value for name, value in given.items() if value is not left_open},
        )


@lru_cache
def _timeouts(
    answer_seconds: float,
    *,
    connect_timeout: float = _CONNECT_SECONDS,
    read_timeout: float | None = None,
    write_timeout: float = _UPLOAD_SECONDS,
    pool_timeout: float = _CONNECT_SECONDS,
) -> aiohttp.ClientTimeout:
    answer = answer_seconds if read_timeout is None else read_timeout
    return aiohttp.ClientTimeout(
        total=connect_timeout + write_timeout + answer,
        connect=pool_timeout + connect_timeout,
        sock_connect=connect_timeout,
        sock_read=answer,
    )


def requests() -> tuple[Connections, Connections]:
    """Return the connections for getUpdates and for every other call."""
    return Connections(1, _POLL_ANSWER_SECONDS), Connections(_CALLS_AT_ONCE, _ANSWER_SECONDS)


def _body(given: RequestData | Written | None) -> tuple[Any, dict[str, str] | None]:
    """Return a call's parameters in JSON or as a form, with its files in parts of their own."""
    if isinstance(given, Written):
        return given.content, _JSON
    if given is None:
        return None, None
    if not given.contains_files:
        return given.url_encoded_parameters().encode(), _FORM
    form = aiohttp.FormData(given.json_parameters)
    for name, (filename, content, kind) in given.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, None


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates that are trusted; reading them takes longer than the rest of the start."""
    return httpx.create_ssl_context()
