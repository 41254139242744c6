"""What a call ended in, made as the bot makes it: only what surely was not sent may be sent again
freely.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from telegram import error as telegram_error
from telegram.error import TelegramError
from telegram.ext import ExtBot

from backend.domain.delivery import TREATMENTS, Outcome, Treatment
from bot.outcomes import attempt_of, outcome_of
from bot.sandbox.faults import Fault
from bot.sandbox.phone import Phone
from bot.sandbox.server import TOKEN, Sandbox, serve
from bot.transport import Connections, call

EVERY_ERROR = (
    (telegram_error.BadRequest("no such chat"), Outcome.BAD_REQUEST),
    (telegram_error.ChatMigrated(-100), Outcome.MIGRATED),
    (telegram_error.Conflict("two pollers"), Outcome.CONFLICT),
    (telegram_error.EndPointNotFound("no such method"), Outcome.INVALID_TOKEN),
    (telegram_error.Forbidden("bot was blocked by the user"), Outcome.BLOCKED),
    (telegram_error.InvalidToken(), Outcome.INVALID_TOKEN),
    (telegram_error.NetworkError("Bad Gateway"), Outcome.SERVER_ERROR),
    (telegram_error.PassportDecryptionError("not ours"), Outcome.BAD_REQUEST),
    (telegram_error.RetryAfter(7), Outcome.RATE_LIMITED),
    (telegram_error.TelegramError("something new"), Outcome.UNREADABLE),
    (telegram_error.TimedOut(), Outcome.READ_TIMEOUT),
)
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n"


async def close_at_once(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close the connection before anything was read."""
    writer.close()


async def close_unanswered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read the request and close without an answer."""
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read the request and reset the connection."""
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()


async def answer_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begin an answer and close in the middle of it."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + b'{"ok": true')
    await writer.drain()
    writer.close()


async def fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read everything and never answer."""
    await reader.read()
    writer.close()


@asynccontextmanager
async def a_server(behave: Serve) -> AsyncIterator[str]:
    """A server that behaves like that, at its address; its connections end with the block."""
    served: set[asyncio.Task[None]] = set()

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await behave(reader, writer)
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(
        lambda reader, writer: served.add(asyncio.ensure_future(serve_one(reader, writer))),
        "127.0.0.1",
        0,
    )
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*served)


async def outcome_at(address: str, chat_id: int = 1, *, patience: float = 10.0) -> Outcome:
    """What it ends in to send a message by the server at this address."""
    connections = Connections(1, patience)
    bot: ExtBot[None] = ExtBot(TOKEN, base_url=f"{address}/bot", request=connections)
    try:
        await connections.initialize()
        await call(bot, "sendMessage", chat_id=chat_id, text="Hello")
    except TelegramError as error:
        return outcome_of(error)
    finally:
        await connections.shutdown()
    return Outcome.DELIVERED


@pytest.mark.parametrize(
    ("behave", "outcome"),
    [
        (close_at_once, Outcome.SERVER_CLOSED),
        (close_unanswered, Outcome.SERVER_CLOSED),
        (reset, Outcome.SERVER_CLOSED),
        (answer_half, Outcome.SERVER_CLOSED),
        (fall_silent, Outcome.READ_TIMEOUT),
    ],
)
async def test_a_connection_that_breaks_may_have_carried_the_message(
    behave: Serve, outcome: Outcome
) -> None:
    async with a_server(behave) as address:
        found = await outcome_at(address, patience=0.3)
    assert (found, TREATMENTS[found]) == (outcome, Treatment.UNCLEAR)


async def test_a_connection_that_was_never_made_has_carried_nothing() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        found = await outcome_at(address, patience=0.3)
    assert (found, TREATMENTS[found]) == (Outcome.REFUSED, Treatment.NOT_SENT)


@pytest.fixture
async def telegram() -> AsyncIterator[tuple[Sandbox, str, Phone]]:
    """A Telegram, its address, and somebody who has pressed Start there."""
    sandbox = Sandbox()
    async with serve(sandbox) as address:
        phone = sandbox.open_phone()
        phone.start()
        yield sandbox, address, phone


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(drop=True), Outcome.SERVER_CLOSED),
        (Fault(drop=True, after=True), Outcome.SERVER_CLOSED),
        (Fault(status=502, html=True), Outcome.SERVER_ERROR),
        (Fault(status=500), Outcome.SERVER_ERROR),
        (Fault(status=429, description="Too Many Requests", retry_after=3), Outcome.RATE_LIMITED),
        (Fault(status=400, description="Bad Request", migrate_to_chat_id=-100), Outcome.MIGRATED),
        (Fault(status=400, description="Bad Request: no"), Outcome.BAD_REQUEST),
        (Fault(status=401, description="Unauthorized"), Outcome.INVALID_TOKEN),
        (Fault(status=404, description="Not Found"), Outcome.INVALID_TOKEN),
        (Fault(status=409, description="Conflict"), Outcome.CONFLICT),
        (Fault(status=403, description="Forbidden: user is deactivated"), Outcome.DEACTIVATED),
    ],
)
async def test_every_refusal_has_its_outcome(
    telegram: tuple[Sandbox, str, Phone], fault: Fault, outcome: Outcome
) -> None:
    sandbox, address, phone = telegram
    sandbox.faults.add(fault)
    assert await outcome_at(address, phone.id) is outcome


async def test_a_blocked_bot_is_told_so(telegram: tuple[Sandbox, str, Phone]) -> None:
    _sandbox, address, phone = telegram
    assert await outcome_at(address, phone.id) is Outcome.DELIVERED
    phone.block()
    assert await outcome_at(address, phone.id) is Outcome.BLOCKED


@pytest.mark.parametrize(("error", "outcome"), EVERY_ERROR, ids=lambda value: type(value).__name__)
def test_every_error_of_the_library_has_its_outcome(error: TelegramError, outcome: Outcome) -> None:
    assert attempt_of(error).outcome is outcome


def test_no_error_of_the_library_is_left_out() -> None:
    known = {
        value
        for value in vars(telegram_error).values()
        if isinstance(value, type) and issubclass(value, TelegramError)
    }
    assert known == {type(error) for error, _outcome in EVERY_ERROR}
