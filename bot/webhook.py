"""The route Telegram calls: secret checked, update stored, and only then answered."""

import hmac
import json
from collections.abc import Callable

import structlog
from aiohttp import web
from telegram import Update
from telegram.ext import ExtBot

from bot.turns import Turns

logger = structlog.get_logger(__name__)

PATH = "/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_BYTES = 1024 * 1024


def webhook_route(
    bot: ExtBot[None], turns: Turns, secret: str, *, is_ready: Callable[[], bool]
) -> web.RouteDef:
    """Return the route; it answers 200 once the update is stored, and 5xx when it is not.

    Unless `is_ready`, nothing is taken in: it comes again.
    """

    async def receive(request: web.Request) -> web.Response:
        # A header need not be text: what is none comes as lone surrogates.
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, secret.encode()):
            return web.Response(status=401)
        if not is_ready():
            return web.Response(status=503)
        body = await _body(request)
        if body is None:
            return web.Response(status=413)
        try:
            update = Update.de_json(json.loads(body), bot)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            # An update that cannot be read would come again for a day: it is taken and logged.
            logger.error("update_unreadable", error=type(error).__name__)
            return web.Response()
        await turns.take(update)
        return web.Response()

    return web.post(PATH, receive)


async def _body(request: web.Request) -> bytes | None:
    """Return the body, also of a request that does not say how long it is; None if too long."""
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)
