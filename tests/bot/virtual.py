"""The bot and a Telegram of our own in one loop whose time jumps: no thread and no network."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import Update
from telegram.ext import ExtBot
from telegram.request import BaseRequest, RequestData

from backend.actions.pace import Pace
from backend.actions.sending import Sender
from backend.clock import Clock
from bot.app import build_application, build_dialogs
from bot.context import Desk
from bot.sandbox.errors import ApiError
from bot.sandbox.limits import Limits
from bot.sandbox.server import Sandbox
from bot.send import Courier
from bot.templates import TEMPLATES
from bot.transport import Written
from bot.turns import Turns
from bot.viewer import Office
from tests.bot.virtual_time import VirtualLoop
from tests.conftest import MONDAY_MORNING, SHANGHAI

ANSWER_SECONDS = 0.05


class VirtualClock(Clock):
    """The township's clock, which runs with the loop's time."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__(SHANGHAI)
        self._loop = loop

    def now(self) -> datetime:
        """Return the moment the loop has come to."""
        return (MONDAY_MORNING + timedelta(seconds=self._loop.time())).astimezone(UTC)

    async def advance(self, delta: timedelta) -> None:
        """Let time pass."""
        await asyncio.sleep(delta / timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class Made:
    """A call: when it was made and when it was answered, in virtual seconds, and how."""

    at: float
    answered_at: float
    method: str
    params: dict[str, Any]
    status: int

    @property
    def chat_id(self) -> int:
        """The chat it is for, 0 for none."""
        return int(self.params.get("chat_id", 0))

    @property
    def text(self) -> str:
        """The words it brings."""
        return str(self.params.get("text", ""))


@dataclass
class Wire(BaseRequest):
    """The way to the sandbox without a network; `flood_at` is when it says 429 once."""

    sandbox: Sandbox
    loop: VirtualLoop
    flood_at: float
    flood_seconds: int
    made: list[Made] = field(default_factory=list)
    flooded_at: float | None = None

    @property
    def read_timeout(self) -> float | None:
        """No call takes long here."""
        return None

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | Written | None = None,
        *_timeouts: Any,
        **_more: Any,
    ) -> tuple[int, bytes]:
        """Make a call of the Bot API."""
        at, name = self.loop.time(), url.rpartition("/")[2]
        params: dict[str, Any] = {}
        if isinstance(request_data, Written):
            params = json.loads(request_data.content)
        elif request_data:
            params = dict(request_data.json_parameters)
        await asyncio.sleep(ANSWER_SECONDS)
        status, body = await self._answer(name, params)
        self.made.append(Made(at, self.loop.time(), name, params, status))
        return status, json.dumps(body).encode()

    async def _answer(self, name: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.flooded_at is None and name == "sendMessage" and self.loop.time() >= self.flood_at:
            self.flooded_at = self.loop.time()
            parameters = {"retry_after": self.flood_seconds}
            return 429, {
                "ok": False,
                "error_code": 429,
                "description": f"Too Many Requests: retry after {self.flood_seconds}",
                "parameters": parameters,
            }
        try:
            return 200, {"ok": True, "result": await self.sandbox.api.execute(name, params, {})}
        except ApiError as error:
            return error.status, error.body()


class Parts:
    """The bot's parts put together as `bot.service` does, but over this wire."""

    def __init__(self, loop: VirtualLoop, *, flood_at: float, flood_seconds: int) -> None:
        self.clock = VirtualClock(loop)
        limits = Limits(seconds=loop.time)
        self.sandbox = Sandbox(limits=limits, clock=self.clock, zone=SHANGHAI)
        self.wire = Wire(self.sandbox, loop, flood_at, flood_seconds)
        pace = Pace(30)
        self.desk = Desk(self.clock, Office("bot"), build_dialogs(), pace)
        wires = (self.wire, self.wire)
        self.walk = build_application(
            self.sandbox.token, self.desk, api="http://none", requests=wires
        )
        self.sender = Sender(
            owner_id=1,
            clock=self.clock,
            send=Courier(self.walk.bot, self.desk, TEMPLATES).send,
            pace=pace,
            gate=self.desk.gate,
        )
        self.desk.sender = self.sender
        self.turns = Turns(self.walk, self.desk)

    @property
    def bot(self) -> ExtBot[None]:
        """The bot."""
        return self.walk.bot

    async def say(self, chat_id: int, text: str, *, number: int) -> None:
        """Take in what somebody has written."""
        person = {"id": chat_id, "first_name": "秀英"}
        message: dict[str, Any] = {
            "message_id": 1_000_000 + number,
            "date": int(self.clock.now().timestamp()),
            "text": text,
            "chat": person | {"type": "private"},
            "from": person | {"is_bot": False},
        }
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        update = {"update_id": number, "message": message}
        await self.turns.take(Update.de_json(update, self.bot))
