"""The route Telegram calls: secret checked, update stored, and only then answered."""

import hmac
import json

import structlog
from aiohttp import web
from telegram import Update
from telegram.ext import ExtBot

from bot.turns import Turns

logger = structlog.get_logger(__name__)

PATH = "/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_BYTES = 1024 * 1024


def webhook_route(bot: ExtBot[None], turns: Turns, secret: str) -> web.RouteDef:
    """Return the route; it answers 200 once the update is stored, and 5xx when it is not."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return web.Response(status=401)
        if (request.content_length or 0) > MOST_BYTES:
            return web.Response(status=413)
        try:
            update = Update.de_json(json.loads(await request.read()), bot)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # An update that cannot be read would come again for a day: it is taken and logged.
            logger.error("update_unreadable", error=type(error).__name__)
            return web.Response()
        await turns.take(update)
        return web.Response()

    return web.post(PATH, receive)
