"""What `serve` runs, in whole or in part: web server, bot, and the jobs with the sender."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter

from backend.actions import figures, publications, recovery
from backend.actions.inbox import webhook_secret
from backend.actions.pace import Pace
from backend.actions.sending import Sender
from backend.actions.turn_taking import in_turn
from backend.clock import Clock
from backend.config import Config
from backend.jobs import EVERYWHERE, JOBS, Job, run_job, schedule_jobs
from backend.store.database import open_database
from backend.store.ids import new_id
from backend.store.liveness import POLLER_LOCK, SENDER_LOCK, grace_seconds, hold
from backend.web.health import Health, Watched
from bot.app import build_application, build_dialogs
from bot.commands.handlers import publish_commands
from bot.commands.profile import publish_profile
from bot.context import Desk, Walk
from bot.outcomes import attempt_of
from bot.polling import ALLOWED_UPDATES, pause, poll
from bot.send import Courier
from bot.templates import TEMPLATES
from bot.transport import requests
from bot.turns import Turns
from bot.viewer import Office
from bot.webhook import PATH, webhook_route

logger = structlog.get_logger(__name__)

PARTS = frozenset({"web", "bot", "jobs"})
_LONGEST_WAIT_SECONDS = 30.0
_ANSWERING_SHARE = 1 / 3
# As many calls at a time as reach the limit where each takes so long, but no fewer than these.
_SLOW_ANSWER_SECONDS = 0.15
_FEWEST_AT_A_TIME = 64


@dataclass
class Service:
    """The running parts of one process."""

    config: Config
    clock: Clock
    walk: Walk
    desk: Desk
    turns: Turns
    sender: Sender
    stop: asyncio.Event
    is_in_touch: bool = False
    is_sender: bool = False
    has_rival: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether updates can be taken in: after the hello to Telegram and before the end."""
        return self.is_in_touch and not self.stop.is_set()


@asynccontextmanager
async def running(
    config: Config,
    *,
    clock: Clock,
    parts: frozenset[str] = PARTS,
    routes: Sequence[web.RouteDef] = (),
    stop: asyncio.Event | None = None,
    per_chat_second: float = 1.0,
) -> AsyncIterator[Service]:
    """Open the database and run the given parts until the block ends, then end them cleanly.

    `routes` are served beside our own; `stop` ends the parts from outside, also during the start.
    `per_chat_second` is how many messages a second one chat gets; Telegram takes one.
    Raises InvalidToken when Telegram refuses the token.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(
            open_database(config.database_url, keys_file=config.keys_file)
        )
        service = await assembled(
            config,
            clock,
            stop or asyncio.Event(),
            per_chat_second=per_chat_second,
            share=share_of(parts),
        )
        if "web" in parts:
            await stack.enter_async_context(_web_server(service, routes))
        await stack.enter_async_context(in_touch(service))
        await stack.enter_async_context(_ticking(service, EVERYWHERE))
        if "jobs" in parts:
            jobs = [job for job in JOBS if job not in EVERYWHERE]
            await stack.enter_async_context(sending(service, jobs=jobs))
        if "bot" in parts:
            await stack.enter_async_context(incoming(service))
        yield service


def share_of(parts: frozenset[str]) -> float:
    """Return the share of the limit of messages a second that a process with these parts takes.

    Where one process sends what is due and another answers, each keeps to its own share, so that
    together they keep to the limit without asking each other.
    """
    if parts == PARTS:
        return 1.0
    return 1 - _ANSWERING_SHARE if "jobs" in parts else _ANSWERING_SHARE


async def assembled(
    config: Config,
    clock: Clock,
    stop: asyncio.Event,
    *,
    per_chat_second: float = 1.0,
    share: float = 1.0,
    width: int | None = None,
) -> Service:
    """Put the parts together over the open database; nothing runs yet.

    `width` is how many calls the sender makes at a time; None: as the limit needs. Raises
    CalendarMistake when the township's published values do not fit calendars that are new.
    """
    await publications.publish_shipped(now=clock.now())
    office = Office(config.bot_name or "", config.clinic_phone)
    pace = Pace(config.messages_per_second * share, per_chat_second=per_chat_second)
    desk = Desk(clock, office, build_dialogs(), pace)
    walk = build_application(
        config.telegram_token.get_secret_value(),
        desk,
        api=config.telegram_api,
        requests=requests(),
    )
    courier = Courier(walk.bot, desk, TEMPLATES)
    desk.sender = Sender(
        owner_id=new_id(),
        clock=clock,
        send=courier.send,
        prepare=courier.prepare,
        pace=pace,
        gate=desk.gate,
        width=width or max(_FEWEST_AT_A_TIME, int(pace.per_second * _SLOW_ANSWER_SECONDS)),
    )
    return Service(config, clock, walk, desk, Turns(walk, desk), desk.sender, stop)


@asynccontextmanager
async def in_touch(service: Service) -> AsyncIterator[None]:
    """Say hello to the Bot API server, again and again until it answers; at the end, goodbye.

    From before the first claim until after the last, the lock of this process is held.
    """
    async with hold(service.sender.owner_id, service.config.database_url):
        async with _greeted(service):
            yield


@asynccontextmanager
async def _greeted(service: Service) -> AsyncIterator[None]:
    try:
        await _insisting(service, lambda: _say_hello(service))
        service.is_in_touch = True
        yield
    finally:
        service.is_in_touch = False
        await service.walk.shutdown()
        # Where the hello failed half-way, only the bot itself knows of open connections.
        await service.walk.bot.shutdown()


async def _say_hello(service: Service) -> None:
    bot = service.walk.bot
    await service.walk.initialize()
    await publish_commands(bot)
    await publish_profile(bot)
    service.desk.office = replace(service.desk.office, bot_name=bot.username)


async def _insisting(service: Service, call: Callable[[], Awaitable[object]]) -> None:
    """Make a call again and again until Telegram is reached or the service is to end.

    Raises what Telegram refuses: BadRequest and InvalidToken.
    """
    wait = 1.0
    while not service.stop.is_set():
        try:
            await call()
        except BadRequest:
            raise
        except RetryAfter as error:
            # Several processes that start together say hello together.
            asked = attempt_of(error).retry_after or timedelta(seconds=wait)
            await pause(service.stop, asked.total_seconds())
        except (NetworkError, Conflict) as error:
            logger.warning("telegram_not_reached", error=type(error).__name__, again_in=wait)
            await pause(service.stop, wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
        else:
            return


@asynccontextmanager
async def _web_server(service: Service, routes: Sequence[web.RouteDef]) -> AsyncIterator[None]:
    app = web.Application(client_max_size=64 * 1024 * 1024)
    watched = Watched(
        url=service.config.database_url,
        is_in_touch=lambda: service.is_in_touch,
        is_sender=lambda: service.is_sender,
        has_rival=lambda: service.has_rival,
        looked_at=lambda: service.sender.last_round_at,
    )
    app.router.add_routes([*Health(service.clock, watched).routes(), *routes])
    if service.config.public_url:
        route = webhook_route(
            service.walk.bot, service.turns, webhook_secret(), is_ready=lambda: service.is_ready
        )
        app.router.add_routes([route])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, service.config.host, service.config.port).start()
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _ticking(service: Service, jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Wake jobs beside the block; those under way at its end are let finish."""
    scheduler = AsyncIOScheduler(timezone=service.clock.zone)
    under_way: set[asyncio.Task[None]] = set()

    async def followed(job: Job, clock: Clock, url: str) -> None:
        task = asyncio.ensure_future(run_job(job, clock, url))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        await asyncio.shield(task)
        service.sender.nudge()

    url = service.config.database_url
    for job in jobs:
        figures.ticked(job.name, job.every, service.clock.now())
    schedule_jobs(scheduler, service.clock, url, jobs=jobs, run=followed)
    scheduler.start()
    yield
    scheduler.pause()
    await asyncio.gather(*under_way)
    scheduler.shutdown(wait=False)
    figures.forget_ticks([job.name for job in jobs])


@asynccontextmanager
async def sending(service: Service, *, jobs: Sequence[Job] = ()) -> AsyncIterator[None]:
    """Deliver the outbox and wake the jobs beside the block, whenever it is this process's turn.

    One process at a time does, the others stand by. What is being sent is finished before the end.
    """
    sender, url = service.sender, service.config.database_url

    async def send(ended: asyncio.Event) -> None:
        async with AsyncExitStack() as stack:
            await recovery.register_owner(sender.owner_id, now=service.clock.now())
            if await recovery.has_other_owners(sender.owner_id):
                await pause(ended, grace_seconds())
            await stack.enter_async_context(_ticking(service, [_showing_life(service), *jobs]))
            stack.enter_context(_leading(service))
            await sender.run(ended, is_over=service.stop.is_set)
        await recovery.forget_owner(sender.owner_id)

    turn = in_turn(SENDER_LOCK, url, send, stop=service.stop, stand_by=sender.stand_by)
    async with _task(turn, service.stop):
        yield


def _showing_life(service: Service) -> Job:
    """The job by which other processes see that the sender of this one looks for work.

    Once this process, its loop or its scheduler stands still, or a job does, it says so no more.
    """
    sender = service.sender

    async def show(_now: datetime, _url: str) -> None:
        if not figures.late_jobs(service.clock.now()):
            await recovery.note_look(sender.owner_id, sender.last_round_at)

    return Job("show_life", timedelta(seconds=5), show)


@contextmanager
def _leading(service: Service) -> Iterator[None]:
    """Say meanwhile that it is this process that sends."""
    service.is_sender = True
    try:
        yield
    finally:
        service.is_sender = False


@asynccontextmanager
async def incoming(service: Service) -> AsyncIterator[None]:
    """Take updates beside the block, by webhook or by polling; every turn is finished."""
    bot, config = service.walk.bot, service.config
    if config.public_url:
        set_webhook = partial(
            bot.set_webhook,
            f"{config.public_url}{PATH}",
            secret_token=webhook_secret(),
            allowed_updates=ALLOWED_UPDATES,
        )
        await _insisting(service, set_webhook)
        yield
    else:

        def note_rival(is_there: bool) -> None:
            service.has_rival = is_there

        turn = in_turn(
            POLLER_LOCK,
            config.database_url,
            lambda ended: poll(bot, service.turns, ended, note_rival=note_rival),
            stop=service.stop,
            fatal=(InvalidToken,),
        )
        async with _task(turn, service.stop):
            yield
    await service.turns.settle()


@asynccontextmanager
async def _task(work: Coroutine[None, None, None], stop: asyncio.Event) -> AsyncIterator[None]:
    """Run a loop beside the block; at the block's end, tell it to stop and wait for it."""
    task = asyncio.create_task(work)
    task.add_done_callback(lambda done: _end_on_failure(done, stop))
    try:
        yield
    finally:
        stop.set()
        await task


def _end_on_failure(task: "asyncio.Task[None]", stop: asyncio.Event) -> None:
    if not task.cancelled() and task.exception():
        logger.error("part_failed", error=type(task.exception()).__name__)
        stop.set()


__all__ = ["PARTS", "InvalidToken", "Service", "running"]
