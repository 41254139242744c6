"""What python-telegram-bot raises, told apart by its cause: not sent, unclear, or final."""

import json
from datetime import timedelta

import aiohttp
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
    """Return the outcome of a timeout: a connection that was never made has carried nothing."""
    never_made = isinstance(error.__cause__, aiohttp.ConnectionTimeoutError)
    return Outcome.CONNECT_TIMEOUT if never_made else Outcome.READ_TIMEOUT


def _of_network(error: NetworkError) -> Outcome:
    """Return the outcome of a network error: only a refused connection has carried nothing.

    One that was closed or reset may have carried the request through.
    """
    match error.__cause__:
        case aiohttp.ClientConnectorError():
            return Outcome.REFUSED
        case aiohttp.ClientError():
            return Outcome.SERVER_CLOSED
        case json.JSONDecodeError():
            return Outcome.UNREADABLE
    return Outcome.SERVER_ERROR


def _told(error: TelegramError) -> str:
    """Return the error's text when it is Telegram's own; a library's could show the address."""
    return error.message if isinstance(error, BadRequest | Forbidden) else type(error).__name__
