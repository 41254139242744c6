"""The Bot API server: every call checked, recorded, carried out, and answered as Telegram does."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web

from bot.sandbox.call import Call
from bot.sandbox.errors import ApiError, Json
from bot.sandbox.faults import BAD_GATEWAY, Fault, Faults
from bot.sandbox.methods import HANDLERS
from bot.sandbox.parameters import Method, Upload, bot_api
from bot.sandbox.wire import json_response, read_call
from bot.sandbox.world import World

TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{3,80}")
NO_METHOD = "Not Found: method not found"


@dataclass(slots=True)
class Recorder:
    """Appends each call as one JSON line."""

    path: Path
    _file: TextIO | None = None

    def write(self, method: str, params: Json, files: Mapping[str, Upload]) -> None:
        """Append one call; values as read, files by field, name and size in bytes."""
        if self._file is None:
            self._file = self.path.open("a", encoding="utf-8")
        listed = [
            {"field": f.field, "name": f.name, "size": len(f.content)} for f in files.values()
        ]
        line = {"method": method, "params": params, "files": listed}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()
            self._file = None


@dataclass(slots=True)
class BotApi:
    """One bot's side of the Bot API."""

    world: World
    token: str
    recorder: Recorder | None = None
    faults: Faults = field(default_factory=Faults)
    breaches: list[dict[str, str]] = field(default_factory=list)
    calls: int = 0

    async def execute(self, name: str, raw: Json, files: Mapping[str, Upload]) -> Any:
        """Check, record and carry out a call and return its result; raises ApiError."""
        self.calls += 1
        method = bot_api()[1].get(name.lower())
        if method is None:
            self._record(name, raw, files)
            self._note(name, NO_METHOD)
            raise ApiError(404, NO_METHOD)
        params = self._checked(method, raw, files)
        handler = HANDLERS.get(method.name)
        if handler is None:
            raise ApiError(400, f"Bad Request: the sandbox does not play {method.name}")
        try:
            return await handler(Call(self.world, params, files))
        except ApiError as error:
            if error.breach:
                self._note(method.name, error.description)
            raise

    async def execute_answer(self, answer: Json) -> Any:
        """Carry out the call that a webhook's answer names."""
        raw = {name: value for name, value in answer.items() if name != "method"}
        return await self.execute(str(answer["method"]), raw, {})

    def _checked(self, method: Method, raw: Json, files: Mapping[str, Upload]) -> Json:
        params, problems = method.parse(raw, files)
        self._record(method.name, params, files)
        for problem in problems:
            self._note(method.name, problem.text)
        refused = next((problem for problem in problems if problem.refused), None)
        if refused:
            raise ApiError(400, f"Bad Request: {refused.text}")
        return params

    def _record(self, method: str, params: Json, files: Mapping[str, Upload]) -> None:
        if self.recorder:
            self.recorder.write(method, params, files)

    def _note(self, method: str, problem: str) -> None:
        self.breaches.append({"method": method, "problem": problem})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request."""
        method = request.match_info["method"]
        try:
            self._admit(request.match_info["token"])
            raw, files = await read_call(request)
            fault = self.faults.pick(method, raw.get("chat_id"))
            if fault is None:
                return await self._answer(method, raw, files)
        except ApiError as error:
            if error.breach:
                self._note(method, error.description)
            return json_response(error.body(), error.status)
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if not fault.breaks():
            return await self._answer(method, raw, files)
        if fault.after:
            await self._answer(method, raw, files)
        return _broken(request, fault)

    def _admit(self, token: str) -> None:
        if token == self.token:
            return
        if not TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        raise ApiError(401, "Unauthorized")

    async def _answer(self, method: str, raw: Json, files: Mapping[str, Upload]) -> web.Response:
        try:
            result = await self.execute(method, raw, files)
        except ApiError as error:
            return json_response(error.body(), error.status)
        return json_response({"ok": True, "result": result})

    async def download(self, request: web.Request) -> web.Response:
        """Answer the bytes of a file under the path that getFile gave."""
        try:
            self._admit(request.match_info["token"])
        except ApiError as error:
            return json_response(error.body(), error.status)
        stored = self.world.files.by_path.get(request.match_info["path"])
        if stored is None:
            return json_response(ApiError(404, "Not Found").body(), 404)
        return web.Response(body=stored.content, content_type="application/octet-stream")

    def routes(self) -> list[web.RouteDef]:
        """Return the routes under /bot<token>/ and /file/bot<token>/."""
        return [
            web.route("*", "/bot{token}/{method}", self.handle),
            web.get("/file/bot{token}/{path:.+}", self.download),
        ]


def _broken(request: web.Request, fault: Fault) -> web.Response:
    """Break the answer as a fault demands."""
    if fault.drop and request.transport is not None:
        request.transport.abort()
    if fault.html:
        return web.Response(text=BAD_GATEWAY, status=502, content_type="text/html")
    error = fault.error()
    return json_response(error.body(), error.status)
