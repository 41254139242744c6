"""The server: tokens, methods, bodies of every kind, breaches, the record, and bad weather."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Fault, Limits, Phone, Sandbox, serve
from bot.sandbox.methods import HANDLERS
from bot.sandbox.parameters import bot_api
from tests.bot.sandbox.conftest import Caller


@pytest.fixture
def mei(sandbox: Sandbox) -> Phone:
    phone = sandbox.open_phone(first_name="Mei")
    phone.start()
    return phone


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot123456:wrong-wrong-wrong/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/bot{token}/getYou", 404, "Not Found: method not found"),
        ("/file/bot{token}/photos/none.jpg", 404, "Not Found"),
        ("/file/bot123456:wrong-wrong-wrong/x", 401, "Unauthorized"),
    ],
)
async def test_a_wrong_address_is_refused(
    sandbox: Sandbox,
    base_url: str,
    session: aiohttp.ClientSession,
    *,
    path: str,
    status: int,
    description: str,
) -> None:
    async with session.get(base_url + path.format(token=sandbox.token)) as response:
        body = await response.json()
        assert response.status == status
        assert body == {"ok": False, "error_code": status, "description": description}


async def test_values_come_by_query_form_json_and_multipart_in_any_case(
    call: Caller, mei: Phone
) -> None:
    values = {"chat_id": str(mei.id), "text": "健康", "disable_notification": "true"}
    multipart = aiohttp.FormData(values, default_to_multipart=True)
    ways: list[dict[str, Any]] = [
        {"params": values},
        {"data": values},
        {"json": values},
        {"data": multipart},
    ]
    for way in ways:
        async with call.session.post(f"{call.base}/SENDmessage", **way) as response:
            assert (await response.json())["result"]["text"] == "健康"
        assert mei.screen.silent
    async with call.session.get(f"{call.base}/getme") as response:
        assert response.status == 200
    async with call.session.post(
        f"{call.base}/getMe", data="{", headers={"Content-Type": "application/json"}
    ) as response:
        assert response.status == 400


async def test_only_utf_8_is_understood(sandbox: Sandbox, call: Caller, mei: Phone) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    lone = json.dumps({"chat_id": mei.id, "text": "\ud800"}).encode()
    bodies = [
        (f"chat_id={mei.id}&text=%FF".encode(), form),
        (lone, {"Content-Type": "application/json"}),
    ]
    for body, headers in bodies:
        url = f"{call.base}/sendMessage"
        async with call.session.post(url, data=body, headers=headers) as response:
            told = (await response.json())["description"]
            assert told == "Bad Request: strings must be encoded in UTF-8"
    assert len(sandbox.breaches) == 2


async def test_breaches_are_counted_and_bad_luck_is_not(
    sandbox: Sandbox, call: Caller, mei: Phone
) -> None:
    await call.refused("sendMessage", chat_id=5, text="nobody there")
    assert sandbox.breaches == []
    await call("sendMessage", chat_id=mei.id, text="Hi", colour="red")
    await call.refused("sendMessage", chat_id=mei.id)
    await call.refused("getYou")
    await call.refused("sendMessage", chat_id=mei.id, text="<x>", parse_mode="HTML")
    await call("getUpdates", limit=500)
    assert sandbox.breaches == [
        {"method": "sendMessage", "problem": 'unknown parameter "colour"'},
        {"method": "sendMessage", "problem": "message text is empty"},
        {"method": "getYou", "problem": "Not Found: method not found"},
        {
            "method": "sendMessage",
            "problem": "Bad Request: can't parse entities: "
            'Unsupported start tag "x" at byte offset 0',
        },
        {"method": "getUpdates", "problem": "limit must be between 1 and 100"},
    ]


def test_every_method_played_is_described() -> None:
    described = {method.name for method in bot_api()[1].values()}
    assert set(HANDLERS) <= described


async def test_a_method_that_is_not_played_is_checked_and_clearly_refused(
    sandbox: Sandbox, call: Caller, mei: Phone
) -> None:
    refused = await call.refused("sendDice", chat_id=mei.id)
    assert refused == (400, "Bad Request: the sandbox does not play sendDice")
    assert sandbox.breaches == []
    options = [{"text": "Yes"}]
    await call.refused("sendPoll", chat_id=mei.id, question="x" * 301, options=options)
    assert sandbox.breaches[0]["problem"] == "question must be 1-300 characters long"


async def test_every_call_is_recorded_with_values_and_files(tmp_path: Path) -> None:
    sandbox = Sandbox(record=tmp_path / "calls.jsonl", limits=Limits.off())
    mei = sandbox.open_phone()
    mei.start()
    async with serve(sandbox) as url, aiohttp.ClientSession() as session:
        base = f"{url}/bot{sandbox.token}"
        markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
        form = {"chat_id": str(mei.id), "text": "5", "reply_markup": json.dumps(markup)}
        await session.post(f"{base}/sendmessage", data=form)
        upload = aiohttp.FormData({"chat_id": str(mei.id)})
        upload.add_field("document", b"12345", filename="a.txt")
        await session.post(f"{base}/sendDocument", data=upload)
    lines = (tmp_path / "calls.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "method": "sendMessage",
            "params": {"chat_id": mei.id, "text": "5", "reply_markup": markup},
            "files": [],
        },
        {
            "method": "sendDocument",
            "params": {"chat_id": mei.id},
            "files": [{"field": "document", "name": "a.txt", "size": 5}],
        },
    ]


async def test_a_fault_meets_the_calls_it_names_as_often_as_it_says(
    sandbox: Sandbox, call: Caller, mei: Phone
) -> None:
    lan = sandbox.open_phone()
    lan.start()
    sandbox.faults.add(Fault("sendMessage", chat_id=mei.id, status=429, retry_after=7))
    send = {"text": "Hi"}
    await call("sendMessage", chat_id=lan.id, **send)
    status, body = await call.raw("sendMessage", chat_id=mei.id, **send)
    assert (status, body["parameters"]) == (429, {"retry_after": 7})
    await call("sendMessage", chat_id=mei.id, **send)
    assert sandbox.faults.happened == 1


async def test_an_answer_is_lost_after_the_message_arrived(
    sandbox: Sandbox, call: Caller, mei: Phone
) -> None:
    sandbox.faults.add(Fault("sendMessage", drop=True, after=True))
    with pytest.raises(aiohttp.ClientError):
        await call.raw("sendMessage", chat_id=mei.id, text="Arrived")
    assert mei.screen.text == "Arrived"


async def test_connections_drop_and_gateways_answer_with_a_page(
    sandbox: Sandbox, call: Caller, mei: Phone
) -> None:
    sandbox.faults.add(Fault(drop=True))
    with pytest.raises(aiohttp.ClientError):
        await call.raw("sendMessage", chat_id=mei.id, text="Lost")
    assert len(mei.messages) == 1
    sandbox.faults.add(Fault(html=True, times=None))
    for _attempt in range(2):
        async with call.session.get(f"{call.base}/getMe") as response:
            assert (response.status, response.content_type) == (502, "text/html")
    sandbox.faults.clear()
    await call("getMe")


async def test_a_delay_lets_others_pass(sandbox: Sandbox, call: Caller) -> None:
    sandbox.faults.add(Fault("getMe", delay=0.2))
    slow = asyncio.create_task(call("getMe"))
    await asyncio.sleep(0.05)
    await call("getMyName")
    assert not slow.done()
    await slow


async def test_too_much_in_one_chat_or_in_all_is_refused_with_a_wait() -> None:
    seconds = [0.0]
    limits = Limits(chat_burst=2, all_burst=3, all_per_second=1.0, seconds=lambda: seconds[0])
    sandbox = Sandbox(limits=limits)
    people = [sandbox.open_phone() for _number in range(3)]
    for person in people:
        person.start()
    async with serve(sandbox) as url, aiohttp.ClientSession() as session:
        call = Caller(f"{url}/bot{sandbox.token}", session)

        async def send(phone: Phone) -> tuple[int, Any]:
            status, body = await call.raw("sendMessage", chat_id=phone.id, text="Hi")
            if status == 429:
                wait = body["parameters"]["retry_after"]
                assert body["description"] == f"Too Many Requests: retry after {wait}"
            return status, body.get("parameters")

        mei, lan, qiu = people
        assert [await send(mei), await send(mei)] == [(200, None)] * 2
        assert await send(mei) == (429, {"retry_after": 1})
        assert await send(lan) == (200, None)
        assert await send(qiu) == (429, {"retry_after": 1})
        seconds[0] = 1.0
        assert await send(qiu) == (200, None)
