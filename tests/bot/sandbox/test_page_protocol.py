"""What the page asks of the server, by the words of its protocol."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from bot.sandbox import Limits, Sandbox, serve
from tests.bot.sandbox.conftest import Caller
from tests.bot.sandbox.test_files import png

Json = dict[str, Any]
SHANGHAI = ZoneInfo("Asia/Shanghai")


class TownClock:
    """A clock handed in: it stands still, and remembers how it was moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 21, 30, tzinfo=SHANGHAI)

    def now(self) -> datetime:
        return self.at

    async def advance(self, delta: timedelta) -> None:
        self.at += delta


@dataclass
class Browser:
    """Speaks the protocol as the page does."""

    base: str
    session: aiohttp.ClientSession
    streams: list[aiohttp.ClientResponse] = field(default_factory=list)

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        url = f"{self.base}/sandbox/api/{path}"
        async with self.session.request(method, url, **more) as response:
            return response.status, await response.json()

    async def get(self, path: str) -> Any:
        return (await self.ask("GET", path))[1]

    async def post(self, path: str, **values: Any) -> Any:
        status, body = await self.ask("POST", path, json=values)
        assert status == 200, body
        return body

    async def listen(self) -> None:
        """Hear of everything from now on."""
        response = await self.session.get(f"{self.base}/sandbox/api/events")
        assert response.content_type == "text/event-stream"
        assert (await response.content.readline()).startswith(b":")
        self.streams.append(response)

    async def event(self, kind: str) -> Json:
        """Return the next event of a kind."""
        event: Json = {}
        async with asyncio.timeout(5):
            while event.get("type") != kind:
                line = await self.streams[-1].content.readline()
                event = json.loads(line.removeprefix(b"data: ")) if line[:5] == b"data:" else {}
        return event

    def close(self) -> None:
        """Hear no more."""
        for stream in self.streams:
            stream.close()


@pytest.fixture
def sandbox() -> Sandbox:
    tips = {"zh": "试试看", "en": "Try it"}
    return Sandbox(clock=TownClock(), zone=SHANGHAI, tips=tips, limits=Limits.off())


@pytest.fixture
async def browser(base_url: str) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession() as session:
        made = Browser(base_url, session)
        yield made
        made.close()


async def test_the_state_tells_time_bot_tips_and_people(sandbox: Sandbox, browser: Browser) -> None:
    sandbox.open_phone(first_name="Mei", label="居民", start_payload="invite")
    state = await browser.get("state")
    assert state["now_local"] == "2026-11-23T21:30:00+08:00"
    assert state["now"] == sandbox.clock.now().timestamp()
    assert state["bot"].keys() == {
        "id",
        "username",
        "first_name",
        "short_description",
        "description",
    }
    assert state["tips"]["zh"] == "试试看"
    (mei,) = state["people"]
    assert mei.pop("id") == 7_000_000_001
    assert mei == {
        "first_name": "Mei",
        "username": None,
        "language_code": "zh-hans",
        "phone": "+8613800130001",
        "label": "居民",
        "started": False,
        "start_payload": "invite",
        "blocked": False,
        "deactivated": False,
    }


async def test_a_chat_is_led_through_the_page(call: Caller, browser: Browser) -> None:
    person = await browser.post("people", first_name="Mei", language_code="en")
    path = f"people/{person['id']}"
    await browser.listen()
    await browser.post(f"{path}/start", payload="p1")
    assert (await browser.event("person"))["person"]["started"] is True
    assert (await browser.event("message"))["message"]["text"] == "/start p1"
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    sent = await call("sendMessage", chat_id=person["id"], text="Well?", reply_markup=markup)
    shown = (await browser.event("message"))["message"]
    assert shown["from_bot"] is True
    assert shown["inline_keyboard"] == markup["inline_keyboard"]
    place = {"message_id": sent["message_id"], "row": 0, "column": 0}
    pressed = await browser.post(f"{path}/press", **place)
    await call("answerCallbackQuery", **pressed, text="Noted", show_alert=True)
    answered = await browser.event("callback_answered")
    assert (answered["text"], answered["show_alert"], answered["person"]) == (
        "Noted",
        True,
        person["id"],
    )
    await call("editMessageText", chat_id=person["id"], message_id=sent["message_id"], text="Good")
    assert (await browser.event("edited"))["message"]["text"] == "Good"
    await call("sendChatAction", chat_id=person["id"], action="typing")
    assert (await browser.event("action"))["action"] == "typing"
    await call("deleteMessage", chat_id=person["id"], message_id=sent["message_id"])
    assert (await browser.event("deleted"))["message_id"] == sent["message_id"]


async def test_a_chat_holds_everything_the_page_draws(call: Caller, browser: Browser) -> None:
    person = await browser.post("people", first_name="Mei")
    path = f"people/{person['id']}"
    await browser.post(f"{path}/start")
    markup = {"keyboard": [["A", {"text": "Number", "request_contact": True}]]}
    await call("sendMessage", chat_id=person["id"], text="Choose", reply_markup=markup)
    await browser.post(f"{path}/keyboard", row=0, column=0)
    await browser.post(f"{path}/keyboard", row=0, column=1)
    await browser.post(f"{path}/text", text="hello", reply_to=2)
    await call("setMyCommands", commands=[{"command": "help", "description": "Help"}])
    chat = await browser.get(f"{path}/chat")
    assert [one["text"] for one in chat["messages"]] == ["/start", "Choose", "A", None, "hello"]
    assert chat["messages"][0]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert chat["messages"][3]["contact"]["user_id"] == person["id"]
    assert chat["messages"][4]["reply_to"] == 2
    assert chat["reply_keyboard"] == {
        "keyboard": [[{"text": "A"}, {"text": "Number", "request_contact": True}]],
        "one_time_keyboard": False,
        "is_persistent": False,
        "resize_keyboard": False,
        "input_field_placeholder": None,
    }
    assert chat["commands"] == [{"command": "help", "description": "Help"}]
    assert chat["bot_name"] == "Sandbox"


async def test_files_are_sent_and_shown(browser: Browser) -> None:
    person = await browser.post("people")
    path = f"people/{person['id']}"
    await browser.post(f"{path}/start")
    for kind, content in (("photo", png(30, 20)), ("voice", b"OggS"), ("document", b"<html>")):
        form = aiohttp.FormData({"kind": kind, "caption": "Look"})
        form.add_field("file", content, filename="file.html")
        status, body = await browser.ask("POST", f"{path}/file", data=form)
        assert status == 200, body
    photo, voice, document = (await browser.get(f"{path}/chat"))["messages"][1:]
    assert (photo["photo"]["width"], photo["caption"]) == (30, "Look")
    assert voice["voice"]["duration"] >= 1
    assert (document["document"]["file_name"], document["document"]["size"]) == ("file.html", 6)
    async with browser.session.get(browser.base + document["document"]["url"]) as response:
        assert response.content_type == "application/octet-stream"
        assert await response.read() == b"<html>"
    async with browser.session.get(browser.base + photo["photo"]["url"]) as response:
        assert response.content_type == "image/jpeg"


async def test_the_clock_moves_by_seconds_and_to_the_next_morning(browser: Browser) -> None:
    await browser.listen()
    moved = await browser.post("clock", advance_seconds=3600)
    assert moved["now_local"] == "2026-11-23T22:30:00+08:00"
    assert (await browser.event("clock"))["now"] == moved["now"]
    moved = await browser.post("clock", until="08:00")
    assert moved["now_local"] == "2026-11-24T08:00:00+08:00"
    moved = await browser.post("clock", until="08:00")
    assert moved["now_local"] == "2026-11-25T08:00:00+08:00"


async def test_people_block_leave_and_are_closed(call: Caller, browser: Browser) -> None:
    person = await browser.post("people")
    path = f"people/{person['id']}"
    await browser.post(f"{path}/start")
    await browser.post(f"{path}/block")
    assert (await call.refused("sendMessage", chat_id=person["id"], text="Hi"))[0] == 403
    await browser.post(f"{path}/unblock")
    await browser.post(f"{path}/delete", message_id=1)
    assert (await browser.get(f"{path}/chat"))["messages"] == []
    await browser.post(f"{path}/deactivate")
    assert (await browser.get("state"))["people"][0]["deactivated"] is True
    await browser.listen()
    assert (await browser.ask("DELETE", path))[0] == 200
    assert (await browser.event("person_closed"))["person"] == person["id"]
    assert (await browser.get("state"))["people"] == []


@pytest.mark.parametrize(
    ("path", "values", "status"),
    [
        ("people/5/start", {}, 404),
        ("people/7000000001/dance", {}, 404),
        ("people/7000000001/text", {"text": "before start"}, 400),
        ("people/7000000001/text", {}, 400),
        ("people/7000000001/start", {"payload": "not allowed"}, 400),
        ("people/7000000001/press", {"message_id": 9, "row": 0, "column": 0}, 400),
        ("people/7000000001/file", {}, 400),
        ("clock", {"advance_seconds": "soon"}, 400),
        ("clock", {}, 400),
        ("faults", {"colour": "red"}, 400),
    ],
)
async def test_what_is_impossible_is_told_with_a_reason(
    sandbox: Sandbox, browser: Browser, *, path: str, values: Json, status: int
) -> None:
    sandbox.open_phone()
    answered, body = await browser.ask("POST", path, json=values)
    assert answered == status
    assert body["error"]


async def test_another_process_can_order_bad_weather_and_read_breaches(
    call: Caller, browser: Browser
) -> None:
    await browser.post("faults", method="getMe", status=500)
    assert (await call.refused("getMe"))[0] == 500
    await browser.post("faults", status=500, times=None)
    await browser.ask("DELETE", "faults")
    await call("getMe")
    await call.refused("sendMessage", chat_id=5)
    told = await browser.get("breaches")
    assert (told["breaches"][0]["problem"], told["calls"]) == ("message text is empty", 2)


async def test_the_page_and_its_files_come_from_one_folder(
    base_url: str, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{base_url}/sandbox") as response:
        assert (response.status, response.content_type) == (200, "text/html")
    for outside in ("../page.py", "%2e%2e/page.py", "none.js"):
        async with session.get(f"{base_url}/sandbox/static/{outside}") as response:
            assert response.status == 404


async def test_a_server_stops_while_the_page_listens() -> None:
    sandbox = Sandbox()
    async with aiohttp.ClientSession() as session:
        async with serve(sandbox) as url:
            browser = Browser(url, session)
            await browser.listen()
        assert browser.streams[0].status == 200
        browser.close()
