"""What python-telegram-bot raises, told apart by its cause: not sent, unclear, or final."""

import json
from datetime import timedelta

import aiohttp
import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    PassportDecryptionError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from backend.domain.delivery import Attempt, Outcome

_TIMEOUTS = {
    httpx.ConnectTimeout: Outcome.CONNECT_TIMEOUT,
    httpx.PoolTimeout: Outcome.POOL_TIMEOUT,
    httpx.ReadTimeout: Outcome.READ_TIMEOUT,
    httpx.WriteTimeout: Outcome.WRITE_TIMEOUT,
}
# A closed or reset connection may have carried the request through; only a refused one has not.
_CLOSED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.CloseError)


def attempt_of(error: TelegramError) -> Attempt:
    """Return the attempt that ended with `error`; its text is kept without the token."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        wait = wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
        return Attempt(Outcome.RATE_LIMITED, retry_after=wait)
    if isinstance(error, ChatMigrated):
        return Attempt(Outcome.MIGRATED, new_chat_id=error.new_chat_id)
    return Attempt(outcome_of(error), error=_told(error))


def outcome_of(error: TelegramError) -> Outcome:
    """Return the outcome an error stands for. BadRequest is a NetworkError, so it comes first."""
    match error:
        case Forbidden():
            gone = "deactivated" in error.message.lower()
            return Outcome.DEACTIVATED if gone else Outcome.BLOCKED
        case RetryAfter():
            return Outcome.RATE_LIMITED
        case ChatMigrated():
            return Outcome.MIGRATED
        case BadRequest() | PassportDecryptionError():
            return Outcome.BAD_REQUEST
        case InvalidToken() | EndPointNotFound():
            return Outcome.INVALID_TOKEN
        case Conflict():
            return Outcome.CONFLICT
        case TimedOut():
            return _of_timeout(error)
        case NetworkError():
            return _of_network(error)
    return Outcome.UNREADABLE


def _of_timeout(error: TimedOut) -> Outcome:
    """Return the outcome of what is called a timeout; the transport calls more so than it should.

    httpx-aiohttp makes a ConnectTimeout of every broken connection, also of one that has carried
    the request through: only aiohttp's own error tells them apart.
    """
    origin = error.__cause__ and error.__cause__.__cause__
    match origin:
        case aiohttp.ClientConnectorError():
            return Outcome.REFUSED
        case aiohttp.ConnectionTimeoutError():
            return Outcome.CONNECT_TIMEOUT
        case aiohttp.ServerTimeoutError():
            return Outcome.READ_TIMEOUT
        case aiohttp.ClientConnectionError():
            return Outcome.SERVER_CLOSED
    return _TIMEOUTS.get(type(error.__cause__), Outcome.READ_TIMEOUT)  # type: ignore[arg-type]


def _of_network(error: NetworkError) -> Outcome:
    cause = error.__cause__
    if isinstance(cause, httpx.ConnectError):
        return Outcome.REFUSED
    if isinstance(cause, _CLOSED):
        return Outcome.SERVER_CLOSED
    if isinstance(cause, json.JSONDecodeError):
        return Outcome.UNREADABLE
    return Outcome.SERVER_ERROR


def _told(error: TelegramError) -> str:
    """Return the error's text when it is Telegram's own; a library's could show the address."""
    return error.message if isinstance(error, BadRequest | Forbidden) else type(error).__name__
