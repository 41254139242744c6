"""What happens in a seed: messages fall due, people change their minds, the network goes away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from backend.actions import accounts, broadcast_run, consents, news, recall
from backend.actions.delivery import enqueue
from backend.domain.broadcasts import Act as BroadcastAct
from backend.domain.consent import Purpose
from backend.domain.delivery import Kind, Outcome
from backend.store.sql import execute, in_transaction
from scripts.simulation.fleet import Act, Fleet
from scripts.simulation.population import OFFICER, VILLAGE, Somebody
from scripts.simulation.profiles import OUTAGES
from scripts.simulation.world import World

_SPREAD_SECONDS = 40.0
_LIVES = (10.0, 30.0, 60.0, 180.0)
_LONG_LIVES = (10.0, 60.0, 240.0, 1_440.0)
_LONG_SHARE = 0.3
_CODE = timedelta(minutes=5)
_LAST = timedelta(hours=1)
_FIRST_DUE = 500_000
_OUTAGE_SHARES = {
    "refused": {Outcome.REFUSED: 0.7, Outcome.CONNECT_TIMEOUT: 0.3},
    "silent": {Outcome.READ_TIMEOUT: 0.8, Outcome.WRITE_TIMEOUT: 0.2},
    "errors": {Outcome.SERVER_ERROR: 0.7, Outcome.UNREADABLE: 0.2},
    "closed": {Outcome.SERVER_CLOSED: 0.9},
    "token": {Outcome.INVALID_TOKEN: 1.0},
}


class Life:
    """Draws what happens in each episode and has it done."""

    def __init__(self, world: World, fleet: Fleet, people: list[Somebody]) -> None:
        self._world = world
        self._fleet = fleet
        self._people = people
        self._events = 0
        self._broadcast_id = 0
        self._broadcasts: list[int] = []
        self._lives = _LONG_LIVES if world.chance.random() < _LONG_SHARE else _LIVES
        self._shares = world.profile.shares(world.chance)
        world.telegram.weather.shares = self._shares

    def begin_episode(self) -> None:
        """Have an episode's events come within its first seconds."""
        profile, chance = self._world.profile, self._world.chance
        for _ in range(chance.randint(*profile.events)):
            self._soon(self._event_falls_due)
        for _ in range(_times(profile.people, chance.random())):
            self._soon(chance.choice(self._doings()))
        for _ in range(chance.randrange(profile.dues) if profile.dues else 0):
            self._soon(self._service_is_planned)
        for _ in range(_times(profile.not_found, chance.random()) if profile.not_found else 0):
            self._soon(self._her_chat_is_not_found)
        if chance.random() < profile.broadcasts:
            self._soon(self._office_broadcasts)
        if chance.random() < profile.outages:
            self._soon(self._network_fails)
        if chance.random() < profile.restarts:
            self._world.later(_SPREAD_SECONDS * chance.random(), self._fleet.deploy)
        for _ in range(_times(profile.lost_locks, chance.random())):
            self._soon(self._a_lock_is_lost)

    def end_trouble(self) -> None:
        """Let nothing go wrong any more, and the office end what it holds back."""
        world = self._world
        world.story.tell("world", None, "no more faults from here on")
        world.trouble.crash = world.trouble.pause = world.trouble.database = 0.0
        world.telegram.weather.shares = {}
        world.telegram.weather.flood_until = 0.0
        # Also one that was told to stop before it began, and was paused after it had.
        for broadcast_id in self._broadcasts:
            self._do(partial(self._stop_broadcast, broadcast_id))
        for somebody in self._people:
            last = partial(self._remember, self._next_event(), Kind.ALERT, somebody, life=_LAST)
            self._do(last)

    def _soon(self, act: Callable[[], None]) -> None:
        self._world.later(_SPREAD_SECONDS * self._world.chance.random() ** 2, act)

    def _do(self, act: Act, *, twice: bool = False) -> None:
        for _ in range(1 + twice):
            self._world.spawn(self._fleet.act(act))

    def _doings(self) -> list[Callable[[], None]]:
        return [
            self._she_blocks,
            self._she_opens_again,
            self._she_stops,
            self._she_resumes,
            self._she_withdraws,
            self._she_wants_no_news,
            self._she_loses_it,
            self._her_chat_moves,
            self._she_is_gone,
            self._office_pauses,
            self._office_resumes,
        ]

    def _event_falls_due(self) -> None:
        chance = self._world.chance
        kind, somebody = Kind(chance.choice(self._world.profile.kinds)), self._somebody()
        wait = timedelta(seconds=chance.choice((0.0, 0.0, 30.0, 7_200.0)) * chance.random())
        details = {
            "life": timedelta(minutes=chance.choice(self._lives))
            if kind is not Kind.CODE
            else _CODE,
            "purpose": "maternal" if kind is Kind.REMINDER else None,
            "is_self_set": kind is Kind.REMINDER and chance.random() < 0.3,
        }
        act = partial(self._remember, self._next_event(), kind, somebody, wait=wait, **details)
        self._do(act, twice=chance.random() < 0.2)

    async def _remember(
        self,
        event: str,
        kind: Kind,
        somebody: Somebody,
        *,
        wait: timedelta = timedelta(0),
        **details: Any,
    ) -> None:
        """Write a fact and its message in one transaction; told twice, it is the same fact."""
        now = self._now()
        async with in_transaction():
            await execute(
                "INSERT INTO effect (nonce, had_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                *(event, now),
            )
            await enqueue(
                event,
                kind,
                somebody.chat_id,
                "reminder",
                now=now,
                reference=event,
                person_id=somebody.person_id,
                due_at=now + wait,
                **details,
            )

    def _service_is_planned(self) -> None:
        """A service is due whose day of reminding has come; the due run is to tell of it."""
        chance = self._world.chance
        rule, topic = chance.choice((("m2", "maternal"), ("fa5", "folic_acid")))
        due_id, person_id = self._world.new_id() + _FIRST_DUE, self._somebody().person_id
        days = timedelta(days=chance.randint(0, 3))
        self._do(partial(self._plan, due_id, person_id, rule=rule, topic=topic, days=days))

    async def _plan(
        self, due_id: int, person_id: int, *, rule: str, topic: str, days: timedelta
    ) -> None:
        """Write down a service as the planner would; its window closes after so many days."""
        now = self._now()
        today = now.date()
        await execute(
            "INSERT INTO due_service (id, person_id, rule, rule_version, episode, occurrence,"
            " topic, opens_on, due_on, closes_on, state, anchor, anchor_on, remind_on, updated_at)"
            " VALUES ($1, $2, $3, 1, $4, 1, $5, $6, $6, $7, 'open', 'lmp', $6, $6, $8)"
            " ON CONFLICT DO NOTHING",
            *(due_id, person_id, rule, str(due_id), topic, today, today + days, now),
        )

    def _she_blocks(self) -> None:
        """She blocks the bot; it hears of it at once, or with the next message only."""
        chat_id = self._somebody().chat_id
        self._tell(f"chat {chat_id} blocks the bot")
        self._world.telegram.blocked.add(chat_id)
        if self._world.chance.random() < 0.5:
            self._do(lambda: accounts.mark_blocked(chat_id, now=self._now()))

    def _she_opens_again(self) -> None:
        self._opens_again(self._somebody().chat_id)

    def _opens_again(self, chat_id: int) -> None:
        self._tell(f"chat {chat_id} is opened again")
        self._world.telegram.blocked.discard(chat_id)
        self._world.telegram.not_found.discard(chat_id)
        self._do(lambda: accounts.came_back(chat_id, now=self._now()))

    def _her_chat_is_not_found(self) -> None:
        """Telegram knows nothing of her chat, whatever is sent, until she starts anew."""
        chat_id, world = self._somebody().chat_id, self._world
        self._tell(f"chat {chat_id} is not found")
        world.telegram.not_found.add(chat_id)
        gone_for = world.profile.longest_gap * world.chance.random()
        world.later(gone_for, partial(self._opens_again, chat_id))

    def _she_stops(self) -> None:
        chat_id = self._somebody().chat_id
        self._do(lambda: accounts.stop_all(chat_id, now=self._now()))

    def _she_resumes(self) -> None:
        chat_id = self._somebody().chat_id
        self._do(lambda: accounts.resume(chat_id, now=self._now()))

    def _she_withdraws(self) -> None:
        person_id = self._somebody().person_id
        purpose = self._world.chance.choice((Purpose.MATERNAL, Purpose.SERVICE))
        self._do(lambda: consents.withdraw(person_id, purpose, now=self._now()))

    def _she_wants_no_news(self) -> None:
        person_id = self._somebody().person_id
        self._do(lambda: news.want(person_id, is_wanted=False, now=self._now()))

    def _she_loses_it(self) -> None:
        person_id = self._somebody().person_id
        self._do(lambda: self._recall(person_id))

    async def _recall(self, person_id: int) -> None:
        async with in_transaction():
            await recall.recall_purposes(person_id, ["maternal"], now=self._now())

    def _her_chat_moves(self) -> None:
        somebody = self._somebody()
        moved = somebody.chat_id + 1_000
        self._tell(f"chat {somebody.chat_id} is moved to {moved}")
        self._world.telegram.moved[somebody.chat_id] = moved

    def _she_is_gone(self) -> None:
        chat_id = self._somebody().chat_id
        self._tell(f"the user of chat {chat_id} deletes the account")
        self._world.telegram.deactivated.add(chat_id)

    def _office_broadcasts(self) -> None:
        if self._broadcast_id:
            self._do(partial(self._stop_broadcast, self._broadcast_id))
        self._broadcast_id = self._world.new_id()
        self._broadcasts.append(self._broadcast_id)
        self._do(partial(self._begin_broadcast, self._broadcast_id))

    async def _begin_broadcast(self, broadcast_id: int) -> None:
        now = self._now()
        async with in_transaction():
            await execute(
                "INSERT INTO broadcast (id, region_code, state, written_by, created_at, goes_at)"
                " VALUES ($1, $2, 'queued', $3, $4, $4) ON CONFLICT DO NOTHING",
                *(broadcast_id, VILLAGE, OFFICER, now),
            )
            await execute(
                "INSERT INTO broadcast_village (broadcast_id, village_code) VALUES ($1, $2)"
                " ON CONFLICT DO NOTHING",
                *(broadcast_id, VILLAGE),
            )

    def _office_pauses(self) -> None:
        self._do(lambda: broadcast_run.advance(self._broadcast_id, BroadcastAct.PAUSE))

    def _office_resumes(self) -> None:
        self._do(lambda: broadcast_run.advance(self._broadcast_id, BroadcastAct.RESUME))

    async def _stop_broadcast(self, broadcast_id: int) -> None:
        async with in_transaction():
            await broadcast_run.advance(broadcast_id, BroadcastAct.STOP)
            await recall.recall_broadcast(broadcast_id, now=self._now())

    def _network_fails(self) -> None:
        world, chance = self._world, self._world.chance
        kind = chance.choice(OUTAGES)
        seconds = 10 + world.profile.longest_outage * chance.random() ** 3
        self._tell(f"for {seconds:.0f} s Telegram's answer to all is: {kind}")
        if kind == "flood":
            world.telegram.weather.flood_until = world.loop.time() + seconds
            return
        world.telegram.weather.shares = _OUTAGE_SHARES[kind]
        world.later(seconds, self._network_recovers)

    def _network_recovers(self) -> None:
        self._tell("the network is as it was")
        self._world.telegram.weather.shares = self._shares

    def _a_lock_is_lost(self) -> None:
        lock_id = self._world.locks.lose_one()
        if lock_id is not None:
            self._tell(f"the session that holds the lock {lock_id} ends")

    def _tell(self, what: str) -> None:
        self._world.story.tell("world", None, what)

    def _now(self) -> datetime:
        return self._world.clock.local()

    def _somebody(self) -> Somebody:
        return self._world.chance.choice(self._people)

    def _next_event(self) -> str:
        self._events += 1
        return f"event:{self._events}"


def _times(mean: float, roll: float) -> int:
    return int(2 * mean * roll + 0.5)
