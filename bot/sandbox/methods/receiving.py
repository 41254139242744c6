"""Methods by which the bot receives updates: polling or a webhook, never both."""

import re
from urllib.parse import urlsplit

from bot.sandbox.call import Call
from bot.sandbox.errors import ApiError, Json, breach
from bot.sandbox.updates import checked_limit, checked_timeout
from bot.sandbox.webhook import Target

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


async def get_updates(call: Call) -> list[Json]:
    """getUpdates: confirm by offset, then wait for what is new."""
    if call.world.webhook.url:
        raise ApiError(409, WEBHOOK_ACTIVE)
    updates = call.world.updates
    updates.allow(call.get("allowed_updates"))
    return await updates.poll(
        int(call.get("offset", 0)),
        checked_limit(int(call.get("limit", 100))),
        checked_timeout(int(call.get("timeout", 0))),
    )


async def set_webhook(call: Call) -> bool:
    """setWebhook: from now on updates are posted to an address; an empty one ends that."""
    url = call.get("url") or ""
    if not url:
        return await delete_webhook(call)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise breach("bad webhook: An HTTPS URL must be provided for webhook")
    secret = call.get("secret_token") or ""
    if secret and not SECRET.fullmatch(secret):
        raise breach("secret token contains unallowed characters")
    call.world.webhook.check_pace()
    call.world.updates.allow(call.get("allowed_updates"))
    call.world.updates.end_poll()
    if call.get("drop_pending_updates"):
        call.world.updates.forget_all()
    connections = min(max(int(call.get("max_connections") or 40), 1), 100)
    target = Target(url, secret, connections, certificate="certificate" in call.files)
    await call.world.webhook.start(target)
    return True


async def delete_webhook(call: Call) -> bool:
    """deleteWebhook: back to polling."""
    await call.world.webhook.stop()
    if call.get("drop_pending_updates"):
        call.world.updates.forget_all()
    return True


async def get_webhook_info(call: Call) -> Json:
    """getWebhookInfo: the address, what waits, and what went wrong last."""
    return call.world.webhook.info()


HANDLERS = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
