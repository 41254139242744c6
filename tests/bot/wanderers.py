"""People who press, say and send whatever comes to mind, and a new process for every update."""

from asyncio import Event
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from io import BytesIO

from PIL import Image
from telegram import Update

from backend.actions import dialogs, events, reminders
from backend.actions.accounts import set_locale
from backend.actions.events import Told
from backend.clock import FrozenClock
from backend.config import Config
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from backend.domain.tasks import HelpReason
from backend.i18n import locales, translator
from backend.jobs import run_all
from backend.store.models import RoleGrant
from backend.store.sql import execute
from bot.context import recall
from bot.sandbox.acts import Impossible
from bot.sandbox.limits import Limits
from bot.sandbox.phone import Phone
from bot.sandbox.server import Sandbox, serve
from bot.service import Service, assembled
from tests.bot.conftest import TownClock
from tests.builders import LONG_AGO, TOWNSHIP, WILLOW, a_person, a_township
from tests.desks import a_county_desk

Pick = Callable[[int], int]

PERSONAS = ("stranger", "resident", "cadre", "officer")
COMMANDS = ("/start", "/menu", "/help", "/settings", "/tasks", "/schedule", "/privacy", "/nonsense")
SAYINGS = (
    *("王秀英", "柳树村", "13800138001", "13800138009", "8001", "1996-05-12", "2026年10月1日"),
    *("昨天", "明天", "10月3日", "31.2.2026", "8:30", "25:00", "2", "0", "-1", "９"),
    *("是", "不是", "好的", "没有", "吃了", "孩子没了", "停止", "TD", "返回", "取消"),
    *("1234 5678 9012 3456", "🌾", "\u202etxt", "%s {name} \\", "'; DROP TABLE person;--"),
    "很长" * 2_100,
)
APOLOGIES = tuple(
    translator(locale)._("Something went wrong here. What you did before is kept. Try again.")
    for locale in locales()
)


def a_picture() -> bytes:
    """A photo."""
    file = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, "JPEG")
    return file.getvalue()


class Relay:
    """An office whose process is gone after every update: the next is taken by another."""

    def __init__(self, sandbox: Sandbox, config: Config, clock: FrozenClock) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self.visited: set[tuple[str, str]] = set()
        self._config = config

    @asynccontextmanager
    async def process(self) -> AsyncIterator[Service]:
        """A process that has just started, and is gone at the end."""
        service = await assembled(self._config, self.clock, Event(), per_chat_second=1000)
        await service.walk.initialize()
        try:
            yield service
            await service.turns.settle()
            await service.sender.drain()
            await service.turns.settle()
        finally:
            await service.walk.shutdown()

    async def answer(self) -> None:
        """Take in all that was sent, each by a process of its own."""
        while waiting := self.sandbox.world.updates.waiting():
            for update in waiting:
                async with self.process() as service:
                    await service.turns.take(Update.de_json(update.as_json(), service.walk.bot))
                self.sandbox.world.updates.confirm(update.update_id)

    async def pass_time(self, **by: float) -> None:
        """Let time pass and do what falls due."""
        self.clock.move(timedelta(**by))
        await run_all(self.clock, self._config.database_url)
        async with self.process():
            return

    async def check(self, phone: Phone) -> None:
        """Another process stands at the same step and shows the same screen."""
        async with self.process() as service:
            viewer, state = await recall(phone.id, service.desk), await dialogs.load(phone.id)
            assert viewer is not None
            assert state is not None
            self.visited.add((state.name, state.step))
            screen = await service.desk.dialogs.screen(viewer, state)
        assert not any(apology in screen.text for apology in APOLOGIES), phone.transcript()
        shown = [one for one in phone.messages if one.message_id == state.message_id]
        if state.message_id is not None and screen.is_text and shown:
            assert shown[0].text == screen.text.strip(), phone.transcript()


@asynccontextmanager
async def a_relay(clock: FrozenClock, database_url: str) -> AsyncIterator[Relay]:
    """A relay with its region list and its complaints desk; every call it makes must be valid."""
    await a_township()
    await a_county_desk(now=clock.local())
    sandbox = Sandbox(limits=Limits.off(), clock=TownClock(clock), zone=clock.zone)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serve(sandbox))
        config = Config(
            telegram_token=sandbox.token,
            telegram_api=address,
            database_url=database_url,
            messages_per_second=1000,
        )
        yield Relay(sandbox, config, clock)
    assert sandbox.breaches == []


async def a_phone(relay: Relay, persona: str, locale: str) -> Phone:
    """The phone of somebody of that kind, who has written to the bot."""
    language = "en" if locale == "en" else "zh-hans"
    phone = relay.sandbox.open_phone(language_code=language, phone="+8613800138000")
    phone.start()
    await relay.answer()
    if persona != "stranger":
        await _let_in(relay, phone, persona)
        await set_locale(phone.id, locale)
        phone.say("/menu")
        await relay.answer()
    return phone


async def _let_in(relay: Relay, phone: Phone, persona: str) -> None:
    now = relay.clock.local()
    topics = (Purpose.MATERNAL, Purpose.FOLIC_ACID, Purpose.CHECKUP)
    person = await a_person("王秀英", topics=topics, state="confirmed")
    await execute("UPDATE account SET person_id = $1 WHERE tg_id = $2", person.id, phone.id)
    if persona == "resident":
        lmp = now.date() - timedelta(days=60)
        await events.record_pregnancy(person.id, Told(now=now), dating=dated_by_lmp(lmp))
        return
    region = WILLOW if persona == "cadre" else TOWNSHIP
    await RoleGrant.create(
        person_id=person.id, role=persona, region_code=region, granted_at=LONG_AGO
    )
    for number in range(3):
        neighbour = await a_person(f"周桂{number}", phone=f"1380013801{number}")
        await reminders.ask_help(neighbour.id, HelpReason.CALL, now=now)


def act(phone: Phone, pick: Pick) -> None:
    """Do something, most likely press a button of the newest screen."""
    kind = pick(20)
    try:
        if kind < 12 and _press(phone, pick):
            return
        if kind < 15 and phone.keyboard:
            keys = [key for row in phone.keyboard for key in row]
            phone.tap(keys[pick(len(keys))])
        elif kind == 15:
            phone.say(COMMANDS[pick(len(COMMANDS))])
        elif kind == 16:
            _send_something(phone, pick)
        else:
            phone.say(SAYINGS[pick(len(SAYINGS))])
    except Impossible:
        phone.say("/menu")


def _press(phone: Phone, pick: Pick) -> bool:
    """Press a button of a message that has some, sometimes twice, sometimes an old one's."""
    held = [one for one in phone.messages if one.from_bot and any(one.labels)]
    if not held:
        return False
    bubble = held[-1 - min(pick(8) // 7, len(held) - 1)]
    places = [
        (row, column)
        for row, buttons in enumerate(bubble.buttons)
        for column, button in enumerate(buttons)
        if "callback_data" in button
    ]
    if not places:
        return False
    place = places[pick(len(places))]
    for _ in range(2 if pick(10) == 9 else 1):
        phone.press_at(bubble.message_id, *place)
    return True


def _send_something(phone: Phone, pick: Pick) -> None:
    match pick(4):
        case 0:
            phone.share_contact()
        case 1:
            phone.forward_contact("13800138002", "李娜")
        case 2:
            phone.send_file(b"OggS" + bytes(64), kind="voice", name="voice.ogg")
        case _:
            phone.send_file(a_picture(), kind="photo", name="photo.jpg", caption="血压" * pick(3))
