"""The page's side of the sandbox: phones, clock and events, in JSON under /sandbox."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox import acts
from bot.sandbox.acts import Impossible
from bot.sandbox.bot_api import BotApi
from bot.sandbox.errors import ApiError, Json
from bot.sandbox.events import Event
from bot.sandbox.faults import Fault
from bot.sandbox.people import Person
from bot.sandbox.profile import localized
from bot.sandbox.view import event_view, message_view
from bot.sandbox.wire import json_response, read_call
from bot.sandbox.world import World

STATIC = Path(__file__).parent / "static"
HARMLESS = re.compile(r"(?:image|audio|video)/(?!svg)[\w.-]+", re.ASCII)
STILL_ALIVE_SECONDS = 15.0
Act = Callable[[World, Person, Json], Any]

# What a person does through the page, by the last part of the path.
ACTS: dict[str, Act] = {
    "start": lambda world, person, values: acts.press_start(world, person, values.get("payload")),
    "text": lambda world, person, values: acts.write(
        world, person, str(values["text"]), values.get("reply_to")
    ),
    "press": lambda world, person, values: acts.press(
        world,
        person,
        int(values["message_id"]),
        row=int(values["row"]),
        column=int(values["column"]),
    ),
    "keyboard": lambda world, person, values: acts.press_key(
        world, person, row=int(values["row"]), column=int(values["column"])
    ),
    "contact": lambda world, person, values: acts.share_contact(world, person),
    "block": lambda world, person, values: acts.block(world, person),
    "unblock": lambda world, person, values: acts.unblock(world, person),
    "deactivate": lambda world, person, values: acts.deactivate(world, person),
    "delete": lambda world, person, values: acts.delete(world, person, int(values["message_id"])),
}


@dataclass(slots=True)
class Page:
    """Serves the page and does what people do on it."""

    world: World
    api: BotApi
    tips: dict[str, str]
    zone: tzinfo | None = None
    _streams: set["asyncio.Queue[Event | None]"] = field(default_factory=set)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes under /sandbox."""
        people = "/sandbox/api/people"
        return [
            web.get("/sandbox", self.index),
            web.get("/sandbox/static/{path:.+}", self.static),
            web.get("/sandbox/files/{unique_id}", self.file),
            web.get("/sandbox/api/state", _told(self.state)),
            web.get("/sandbox/api/events", self.events),
            web.post("/sandbox/api/clock", _told(self.move_clock)),
            web.get("/sandbox/api/breaches", _told(self.breaches)),
            web.post("/sandbox/api/faults", _told(self.add_fault)),
            web.delete("/sandbox/api/faults", _told(self.clear_faults)),
            web.post(people, _told(self.open_phone)),
            web.delete(people + r"/{id:\d+}", _told(self.close_phone)),
            web.get(people + r"/{id:\d+}/chat", _told(self.chat)),
            web.post(people + r"/{id:\d+}/file", _told(self.send_file)),
            web.post(people + r"/{id:\d+}/{act}", _told(self.act)),
        ]

    def close(self) -> None:
        """End all event streams, so that a server can stop."""
        for stream in self._streams:
            stream.put_nowait(None)

    async def index(self, request: web.Request) -> web.StreamResponse:
        """Answer the page itself."""
        return await self._static_file("index.html")

    async def static(self, request: web.Request) -> web.StreamResponse:
        """Answer a script, style or picture of the page."""
        return await self._static_file(request.match_info["path"])

    async def _static_file(self, name: str) -> web.StreamResponse:
        path = (STATIC / name).resolve()
        if not path.is_relative_to(STATIC) or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    async def file(self, request: web.Request) -> web.Response:
        """Answer the bytes of a file that a chat shows."""
        stored = self.world.files.by_unique_id.get(request.match_info["unique_id"])
        if stored is None:
            raise web.HTTPNotFound
        # A file that somebody sent must never run as a page of ours.
        harmless = HARMLESS.fullmatch(stored.mime_type)
        kind = stored.mime_type if harmless else "application/octet-stream"
        if stored.kind == "voice" and not harmless:
            kind = "audio/ogg"
        headers = {"X-Content-Type-Options": "nosniff"}
        return web.Response(body=stored.content, content_type=kind, headers=headers)

    def _time(self) -> Json:
        now = self.world.clock.now()
        local = now.astimezone(self.zone) if self.zone else now
        return {"now": now.timestamp(), "now_local": local.isoformat(timespec="seconds")}

    async def state(self, request: web.Request) -> Json:
        """Return everything the page shows before a chat is opened."""
        profile = self.world.profile
        return {
            **self._time(),
            "bot": {
                "id": profile.id,
                "username": profile.username,
                "first_name": profile.names[""],
                "short_description": profile.short_descriptions.get("", ""),
                "description": profile.descriptions.get("", ""),
            },
            "tips": self.tips,
            "people": [person.as_json() for person in self.world.people.by_id.values()],
        }

    async def open_phone(self, request: web.Request) -> Json:
        """Open one more phone."""
        values = await _values(request)
        names = ("first_name", "language_code", "phone")
        person = self.world.people.open(**{name: values.get(name) for name in names})
        person.label, person.start_payload = values.get("label"), values.get("start_payload")
        self.world.events.tell("person", person.id, who=person)
        return person.as_json()

    async def close_phone(self, request: web.Request) -> Json:
        """Take a phone away."""
        person = self._person(request)
        self.world.people.close(person.id)
        self.world.events.tell("person_closed", person.id)
        return {}

    async def chat(self, request: web.Request) -> Json:
        """Return a whole chat."""
        person, profile = self._person(request), self.world.profile
        return {
            "messages": [message_view(letter) for letter in person.letters.values()],
            "reply_keyboard": person.reply_keyboard,
            "commands": profile.commands_for(person.id, person.language_code),
            "bot_name": localized(profile.names, person.language_code),
            "bot_description": localized(profile.descriptions, person.language_code),
        }

    async def act(self, request: web.Request) -> Json:
        """Do what a person does."""
        act = ACTS.get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound
        done = act(self.world, self._person(request), await _values(request))
        return done if isinstance(done, dict) else {}

    async def send_file(self, request: web.Request) -> Json:
        """Send a file from the page."""
        person = self._person(request)
        values, files = await read_call(request)
        if "file" not in files:
            raise Impossible("there is no file in the request")
        upload, kind = files["file"], str(values.get("kind") or "document")
        caption = str(values.get("caption") or "")
        return acts.send_file(
            self.world, person, kind, name=upload.name, content=upload.content, caption=caption
        )

    async def move_clock(self, request: web.Request) -> Json:
        """Move forward by seconds, or until the next time that a clock on the wall shows this."""
        values = await _values(request)
        if "until" in values:
            delta = _until(self._local_now(), time.fromisoformat(values["until"]))
        else:
            delta = timedelta(seconds=float(values["advance_seconds"]))
        await self.world.clock.advance(delta)
        self.world.events.tell("clock", None, **self._time())
        return self._time()

    def _local_now(self) -> datetime:
        now = self.world.clock.now()
        return now.astimezone(self.zone) if self.zone else now

    async def breaches(self, request: web.Request) -> Json:
        """Return how the bot broke the Bot API description, and how many calls it made."""
        return {"breaches": self.api.breaches, "calls": self.api.calls}

    async def add_fault(self, request: web.Request) -> Json:
        """Let something go wrong from now on."""
        try:
            return asdict(self.api.faults.add(Fault(**await _values(request))))
        except TypeError:
            raise Impossible("there is no such fault") from None

    async def clear_faults(self, request: web.Request) -> Json:
        """Let everything go well again."""
        self.api.faults.clear()
        return {}

    def _person(self, request: web.Request) -> Person:
        person = self.world.people.by_id.get(int(request.match_info["id"]))
        if person is None:
            raise web.HTTPNotFound
        return person

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream everything that happens, as Server-Sent Events."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        stream: asyncio.Queue[Event | None] = asyncio.Queue()
        stop = self.world.events.listen(stream.put_nowait)
        self._streams.add(stream)
        try:
            await self._pump(stream, response)
        except ConnectionError:
            return response
        finally:
            stop()
            self._streams.discard(stream)
        return response

    async def _pump(
        self, stream: "asyncio.Queue[Event | None]", response: web.StreamResponse
    ) -> None:
        await response.write(b": hello\n\n")
        while True:
            try:
                event = await asyncio.wait_for(stream.get(), STILL_ALIVE_SECONDS)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if event is None:
                return
            for one in self._spread(event):
                text = json.dumps(event_view(one), ensure_ascii=False)
                await response.write(f"data: {text}\n\n".encode())

    def _spread(self, event: Event) -> list[Event]:
        """Tell every open phone of a change that concerns all."""
        if event.kind != "commands" or event.person_id is not None:
            return [event]
        return [Event("commands", person_id) for person_id in self.world.people.by_id]


def _until(now: datetime, wanted: time) -> timedelta:
    """Return how long it is until the next moment with this local time, more than nothing."""
    there = now.replace(hour=wanted.hour, minute=wanted.minute, second=0, microsecond=0)
    if there <= now:
        there += timedelta(days=1)
    return there - now


async def _values(request: web.Request) -> Json:
    return (await read_call(request))[0]


def _told(
    handler: Callable[[web.Request], Awaitable[Json]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn values into JSON answers and what is impossible into `{"error": ...}` with 4xx."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return json_response(await handler(request))
        except (Impossible, ApiError) as error:
            return json_response({"error": str(error)}, 400)
        except (KeyError, TypeError, ValueError) as error:
            return json_response({"error": f"missing or wrong value: {error}"}, 400)
        except web.HTTPNotFound:
            return json_response({"error": "not found"}, 404)

    return answer
