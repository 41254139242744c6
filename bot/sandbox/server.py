"""The sandbox as a whole: a Telegram of our own to mount in a server or to run by itself."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import tzinfo
from pathlib import Path

from aiohttp import web

from bot.sandbox import links
from bot.sandbox.acts import Impossible
from bot.sandbox.bot_api import BotApi, Recorder
from bot.sandbox.clock import Clock, MovableClock
from bot.sandbox.faults import Faults
from bot.sandbox.limits import Limits
from bot.sandbox.page import Page
from bot.sandbox.phone import Phone
from bot.sandbox.profile import Profile
from bot.sandbox.world import World

TOKEN = "1000000001:sandbox-sandbox-sandbox-sandbox-00"


class Sandbox:
    """One bot, its people and their phones, with the Bot API and a page to try it on."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        bot_name: str = "sandbox_bot",
        first_name: str = "Sandbox",
        clock: Clock | None = None,
        zone: tzinfo | None = None,
        record: Path | None = None,
        tips: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.token = token
        self.clock: Clock = clock or MovableClock()
        profile = Profile(int(token.partition(":")[0]), bot_name, {"": first_name})
        self.world = World(profile, self.clock, limits or Limits())
        self.api = BotApi(self.world, token, Recorder(record) if record else None)
        self.world.webhook.execute = self.api.execute_answer
        self.page = Page(self.world, self.api, dict(tips or {}), zone)

    @property
    def faults(self) -> Faults:
        """Return what is to go wrong, for a check to add to."""
        return self.api.faults

    @property
    def breaches(self) -> list[dict[str, str]]:
        """Return every way in which the bot broke the Bot API description: method and problem."""
        return self.api.breaches

    @property
    def calls(self) -> int:
        """Return how many calls the bot has made."""
        return self.api.calls

    def open_phone(
        self,
        *,
        first_name: str | None = None,
        language_code: str | None = None,
        phone: str | None = None,
        start_payload: str | None = None,
        label: str | None = None,
        user_id: int | None = None,
    ) -> Phone:
        """Give a person a phone; missing values become fictional, `user_id` keeps a known one."""
        person = self.world.people.open(
            first_name=first_name, language_code=language_code, phone=phone, user_id=user_id
        )
        person.start_payload, person.label = start_payload, label
        self.world.events.tell("person", person.id, who=person)
        return Phone(self.world, person)

    def open_link(self, link: str, *, first_name: str | None = None) -> Phone:
        """Give the reader of a deep link a phone whose Start button sends the link's payload."""
        payload = links.start_payload(link, self.world.profile.username)
        if payload is None:
            raise Impossible(f"this link does not lead to the bot: {link}")
        return self.open_phone(first_name=first_name, start_payload=payload or None)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount: the Bot API, file downloads, and the page."""
        return [*self.api.routes(), *self.page.routes()]

    async def close(self) -> None:
        """End webhook deliveries, waiting polls and the recording."""
        await self.world.webhook.stop()
        self.world.updates.end_poll()
        self.page.close()
        if self.api.recorder:
            self.api.recorder.close()


@asynccontextmanager
async def serve(sandbox: Sandbox, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve a sandbox by itself and yield its base address; port 0 takes a free one."""
    app = web.Application()
    app.add_routes(sandbox.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        address = runner.addresses[0]
        yield f"http://{host}:{address[1]}"
    finally:
        await sandbox.close()
        await runner.cleanup()
