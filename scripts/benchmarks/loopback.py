"""A bare Telegram on loopback in a process of its own, fast enough not to be the limit.

It answers calls after a latency and notes when each arrived; it can also tap: post updates to a
webhook, a number of them in flight, each over once the bot's answer to that chat has arrived.
"""

import asyncio
import json
import multiprocessing
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
TEXT_METHODS = frozenset({"sendMessage", "editMessageText"})
_CHAT = re.compile(rb"chat_id=(-?\d+)")
_CHAT_IN_JSON = re.compile(rb'"chat_id":\s*"?(-?\d+)')
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_ME = {"id": 110201543, "is_bot": True, "first_name": "随行", "username": "suixing_bot"}


@dataclass(frozen=True, slots=True)
class Taps:
    """Updates to post: `bodies` by chat, to a local webhook, so many in flight, so many a second.

    Without a `rate` the next one goes as soon as one is answered.
    """

    host: str
    port: int
    path: str
    secret: str
    bodies: Sequence[tuple[int, bytes]]
    in_flight: int = 64
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Tapped:
    """How long each tap took to be answered, in seconds, and all of them together."""

    seconds: float
    waits: list[float]


@dataclass(slots=True)
class _State:
    """What the server knows: how slow it is, what arrived, who waits for an answer."""

    latency: float = 0.0
    message_id: int = 0
    arrivals: list[tuple[float, str, int]] = field(default_factory=list)
    waiting: dict[int, asyncio.Future[float]] = field(default_factory=dict)


class Loopback:
    """The handle on the server's process."""

    def __init__(self, address: str, pipe: Connection) -> None:
        self.address = address
        self._pipe = pipe

    def be_slow(self, seconds: float) -> None:
        """Answer every call so much later."""
        self._ask("latency", seconds)

    def arrivals(self) -> list[tuple[float, str, int]]:
        """Return (monotonic seconds, method, chat) of every call so far, and forget them."""
        found: list[tuple[float, str, int]] = self._ask("arrivals", None)
        return found

    def tap(self, taps: Taps) -> Tapped:
        """Post updates and wait until each is answered."""
        tapped: Tapped = self._ask("tap", taps)
        return tapped

    def _ask(self, command: str, value: object) -> Any:
        self._pipe.send((command, value))
        return self._pipe.recv()


@contextmanager
def loopback() -> Iterator[Loopback]:
    """Run the server beside the block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Loopback(f"http://127.0.0.1:{ours.recv()}", ours)
    finally:
        process.terminate()
        process.join()


def _run(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    loop, state = asyncio.get_running_loop(), _State()
    server = await loop.create_server(lambda: _Calls(state), "127.0.0.1", 0, backlog=1024)
    pipe.send(server.sockets[0].getsockname()[1])
    while True:
        await _readable(pipe)
        command, value = pipe.recv()
        pipe.send(await _obeyed(command, value, state))


async def _readable(pipe: Connection) -> None:
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(pipe.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(pipe.fileno())


async def _obeyed(command: str, value: Any, state: _State) -> object:
    if command == "tap":
        return await _tap(value, state)
    if command == "latency":
        state.latency = value
        return None
    arrivals, state.arrivals = state.arrivals, []
    return arrivals


class _Calls(asyncio.Protocol):
    """One connection of the bot: requests in, canned answers out."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection to answer on."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take the bytes of a call, whole or in part."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._buffer, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            request, self._buffer = self._buffer[:whole], self._buffer[whole:]
            self._take(request, end)

    def _take(self, request: bytes, end: int) -> None:
        method = request.split(b" ", 2)[1].rsplit(b"/", 1)[-1].decode()
        found = _CHAT.search(request, end) or _CHAT_IN_JSON.search(request, end)
        chat_id = int(found[1]) if found else 0
        state, loop = self._state, asyncio.get_running_loop()
        state.arrivals.append((time.monotonic(), method, chat_id))
        waiter = state.waiting.get(chat_id) if method in TEXT_METHODS else None
        if waiter and not waiter.done():
            waiter.set_result(time.monotonic())
        if state.latency:
            loop.call_later(state.latency, self._answer, method, chat_id)
        else:
            self._answer(method, chat_id)

    def _answer(self, method: str, chat_id: int) -> None:
        body = json.dumps({"ok": True, "result": self._result(method, chat_id)}).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        if self._transport and not self._transport.is_closing():
            self._transport.write(head % len(body) + body)

    def _result(self, method: str, chat_id: int) -> object:
        if method == "getMe":
            return _ME
        if method in TEXT_METHODS:
            self._state.message_id += 1
            chat = {"id": chat_id, "type": "private"}
            number = self._state.message_id
            return {"message_id": number, "date": 1_800_000_000, "chat": chat, "text": "."}
        return True


async def _tap(taps: Taps, state: _State) -> Tapped:
    """Post every update over as many connections as are to be in flight."""
    queue = iter(enumerate(taps.bodies))
    waits: list[float] = []
    started = time.monotonic()

    async def one_line() -> None:
        reader, writer = await asyncio.open_connection(taps.host, taps.port)
        for number, (chat_id, body) in queue:
            if taps.rate:
                await asyncio.sleep(started + number / taps.rate - time.monotonic())
            waiter = state.waiting[chat_id] = asyncio.get_running_loop().create_future()
            posted_at = time.monotonic()
            writer.write(_post(taps, body))
            await _acknowledged(reader)
            waits.append(await waiter - posted_at)
            del state.waiting[chat_id]
        writer.close()

    await asyncio.gather(*(one_line() for _ in range(taps.in_flight)))
    return Tapped(time.monotonic() - started, waits)


def _post(taps: Taps, body: bytes) -> bytes:
    head = (
        f"POST {taps.path} HTTP/1.1\r\nHost: {taps.host}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {taps.secret}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _acknowledged(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    await reader.readexactly(int(length[1]) if length else 0)
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"the webhook answered {head.splitlines()[0].decode()}")
