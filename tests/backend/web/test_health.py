"""Health as the operator's monitoring sees it: green, red with the reason, and the figures."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from backend.actions import figures
from backend.actions.gate import TOO_FAST, WRONG_TOKEN, close_gate
from backend.actions.recovery import note_look, register_owner
from backend.clock import FrozenClock
from backend.store.liveness import SENDER_LOCK, take
from backend.web.health import Health, Watched
from tests.builders import WANG_XIUYING_CHAT, an_account, wang_xiuying
from tests.sends import a_send

A_MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def no_job_of_another_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """The jobs of this process are those that the test tells of."""
    monkeypatch.setattr(figures, "_ticks", {})


@dataclass
class Watch:
    """A process as its health routes see it, and a client that asks them."""

    clock: FrozenClock
    url: str
    client: Any = None
    is_in_touch: bool = True
    is_sender: bool = False
    has_rival: bool = False
    looked_at: datetime | None = None

    async def problems(self) -> list[str]:
        """The codes of what /readyz finds wrong."""
        async with self.client.get("/readyz") as answer:
            found = await answer.json()
            assert answer.status == (503 if found["problems"] else 200)
            assert found["ready"] is not bool(found["problems"])
            assert all(problem["says"] for problem in found["problems"])
            return [problem["code"] for problem in found["problems"]]

    async def figure(self, name: str, **labels: str) -> float | None:
        """One figure of /metrics."""
        async with self.client.get("/metrics") as answer:
            text = await answer.text()
        wanted = {f'{key}="{value}"' for key, value in labels.items()}
        for line in text.splitlines():
            found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if (
                found
                and found[1] == name
                and wanted == set(filter(None, (found[2] or "").split(",")))
            ):
                return float(found[3])
        return None


@pytest.fixture
async def watch(
    database: str, clock: FrozenClock, sqlite_file: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Watch]:
    url = f"sqlite://{sqlite_file}"
    if database == "postgres":
        folder: Path = request.getfixturevalue("postgres_folder")
        url = (folder / "address").read_text()
    made = Watch(clock, url)
    watched = Watched(
        url=url,
        is_in_touch=lambda: made.is_in_touch,
        is_sender=lambda: made.is_sender,
        has_rival=lambda: made.has_rival,
        looked_at=lambda: made.looked_at,
    )
    app = web.Application()
    app.add_routes(Health(clock, watched).routes())
    async with TestClient(TestServer(app)) as made.client:
        yield made


async def test_a_process_that_sends_is_ready_while_its_sender_looks_for_work(
    watch: Watch,
) -> None:
    watch.is_sender, watch.looked_at = True, watch.clock.now()
    assert await watch.problems() == []
    watch.clock.move(A_MINUTE + timedelta(seconds=1))
    assert await watch.problems() == ["sender_stalled"]
    watch.looked_at = watch.clock.now()
    assert await watch.problems() == []


async def test_a_process_that_does_not_send_looks_for_one_that_does(watch: Watch) -> None:
    assert await watch.problems() == [], "one may be just starting"
    watch.clock.move(timedelta(seconds=16))
    assert await watch.problems() == ["sender_missing"]
    async with take(SENDER_LOCK, watch.url) as lost:
        assert lost
        await register_owner(7, now=watch.clock.now())
        assert await watch.problems() == []
        watch.clock.move(A_MINUTE)
        assert await watch.problems() == []
    assert await watch.problems() == [], "another may be just taking over"
    watch.clock.move(timedelta(seconds=16))
    assert await watch.problems() == ["sender_missing"]


async def test_a_sender_elsewhere_that_stands_still_is_seen_whatever_waits(
    watch: Watch, now: datetime
) -> None:
    await wang_xiuying()
    await register_owner(7, now=now)
    await a_send(WANG_XIUYING_CHAT, now=now, kind="broadcast")
    async with take(SENDER_LOCK, watch.url):
        assert await watch.problems() == []
        watch.clock.move(A_MINUTE)
        assert await watch.problems() == []
        watch.clock.move(timedelta(seconds=1))
        assert await watch.problems() == ["sender_stalled"]
        await note_look(7, watch.clock.now())
        assert await watch.problems() == []


@pytest.mark.parametrize("why", ["gate", "night", "slow", "paused"])
async def test_as_long_as_the_sender_looks_for_work_it_may_leave_much_undone(
    watch: Watch, now: datetime, why: str
) -> None:
    wang = await wang_xiuying()
    kind = "broadcast" if why in ("slow", "paused") else "reminder"
    await a_send(WANG_XIUYING_CHAT, now=now, kind=kind, person_id=wang.id)
    await register_owner(7, now=now)
    if why == "night":
        watch.clock.move(timedelta(hours=14))
    async with take(SENDER_LOCK, watch.url):
        for _ in range(10):
            watch.clock.move(A_MINUTE)
            if why == "gate":
                await close_gate(watch.clock.now() + A_MINUTE, reason=TOO_FAST)
            await note_look(7, watch.clock.now())
            assert await watch.problems() == []


async def test_a_job_that_is_long_overdue_is_named(watch: Watch) -> None:
    watch.is_sender = True
    figures.ticked("queue_due", A_MINUTE, watch.clock.now())
    watch.clock.move(16 * A_MINUTE)
    watch.looked_at = watch.clock.now()
    assert await watch.problems() == []
    watch.clock.move(timedelta(seconds=1))
    assert await watch.problems() == ["jobs_late"]
    figures.ticked("queue_due", A_MINUTE, watch.clock.now())
    assert await watch.problems() == []


async def test_a_refused_token_is_red_until_a_minute_after_it_was_last_refused(
    watch: Watch,
) -> None:
    watch.is_sender, watch.looked_at = True, watch.clock.now()
    await close_gate(watch.clock.now() + A_MINUTE, reason=WRONG_TOKEN)
    assert await watch.problems() == ["token_refused"]
    watch.clock.move(2 * A_MINUTE + timedelta(seconds=1))
    watch.looked_at = watch.clock.now()
    assert await watch.problems() == []


async def test_before_telegram_has_answered_it_is_not_ready(watch: Watch) -> None:
    watch.is_in_touch = False
    assert await watch.problems() == ["telegram_not_reached"]


async def test_the_figures_say_how_the_outbox_stands(watch: Watch, now: datetime) -> None:
    await wang_xiuying()
    for state, age in (("queued", 5), ("queued", 2), ("sent", 9), ("hold", 9), ("unknown", 9)):
        await a_send(WANG_XIUYING_CHAT, now=now, state=state, due_at=now - age * A_MINUTE)
    blocked = await a_send(WANG_XIUYING_CHAT, now=now, kind="alert", state="blocked")
    assert blocked.id
    rows = {
        (state, kind): await watch.figure("suixing_outbox_rows", state=state, kind=kind)
        for state, kind in (("queued", "reminder"), ("blocked", "alert"), ("failed", "alert"))
    }
    assert rows == {("queued", "reminder"): 2, ("blocked", "alert"): 1, ("failed", "alert"): None}
    assert await watch.figure("suixing_outbox_oldest_due_seconds") == 300
    assert await watch.figure("suixing_gate_closed_seconds", reason=TOO_FAST) is None
    await close_gate(watch.clock.now() + A_MINUTE, reason=TOO_FAST)
    assert await watch.figure("suixing_gate_closed_seconds", reason=TOO_FAST) == 60


async def test_the_figures_say_what_this_process_does(watch: Watch) -> None:
    assert await watch.figure("suixing_sender_leads") == 0
    watch.is_sender, watch.looked_at = True, watch.clock.now()
    figures.ticked("queue_due", A_MINUTE, watch.clock.now())
    watch.clock.move(3 * A_MINUTE)
    assert await watch.figure("suixing_sender_leads") == 1
    assert await watch.figure("suixing_sender_last_look_seconds") == 180
    assert await watch.figure("suixing_job_lag_seconds", job="queue_due") == 120
    figures.forget_ticks(["queue_due"])
    assert await watch.figure("suixing_job_lag_seconds", job="queue_due") is None


async def test_chats_are_counted_by_their_state(watch: Watch) -> None:
    await wang_xiuying()
    await an_account(state="unreachable")
    assert await watch.figure("suixing_chats", state="active") == 1
    assert await watch.figure("suixing_chats", state="unreachable") == 1
