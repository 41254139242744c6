"""Answers to pressed inline buttons."""

from bot.sandbox import links
from bot.sandbox.call import Call
from bot.sandbox.errors import bad_request, breach
from bot.sandbox.world import ANSWERABLE

TOO_LATE = "query is too old and response timeout expired or query ID is invalid"


async def answer_callback_query(call: Call) -> bool:
    """answerCallbackQuery: once, within a minute, with up to 200 characters."""
    query = call.world.queries.pop(str(call.params["callback_query_id"]), None)
    if query is None or call.world.clock.now() - query.asked_at > ANSWERABLE:
        raise bad_request(TOO_LATE)
    url = call.get("url")
    if url and links.start_payload(url, call.world.profile.username) is None:
        raise breach("URL_INVALID")
    call.world.events.tell(
        "callback_answered",
        query.person_id,
        callback_query_id=query.id,
        text=call.get("text"),
        show_alert=bool(call.get("show_alert")),
        url=url,
    )
    return True


HANDLERS = {"answerCallbackQuery": answer_callback_query}
