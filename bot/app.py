"""Puts the bot together: conversations in one list, handlers in order, one error handler."""

from telegram.ext import Application, ContextTypes, ExtBot
from telegram.request import BaseRequest

from bot.commands.handlers import handlers, note_error
from bot.context import DESK, Context, Desk, Walk
from bot.conversations import (
    birth,
    broadcast,
    broadcast_progress,
    broadcast_send,
    cadre_consent,
    cadre_facts,
    cadre_help,
    cadre_methods,
    cadre_more,
    cadre_registrations,
    cadre_search,
    cadre_task,
    cadre_tasks,
    cadre_visit,
    checkup,
    complaint_follow,
    complaint_pieces,
    complaints,
    correct,
    erase,
    family,
    folded,
    folic_acid,
    folic_acid_month,
    grids,
    home,
    invite_cadre,
    more_news,
    move,
    move_status,
    news,
    pregnancy,
    privacy,
    procedure,
    register,
    schedule,
    services,
    settings,
    stop,
    transfer,
    welcome,
)
from bot.dialogs import Dialogs

CONVERSATIONS = (
    welcome.CONVERSATION,
    register.CONVERSATION,
    home.CONVERSATION,
    schedule.CONVERSATION,
    folic_acid.CONVERSATION,
    folic_acid_month.CONVERSATION,
    checkup.CONVERSATION,
    services.CONVERSATION,
    family.CONVERSATION,
    more_news.CONVERSATION,
    pregnancy.CONVERSATION,
    transfer.CONVERSATION,
    birth.CONVERSATION,
    procedure.CONVERSATION,
    folded.CONVERSATION,
    cadre_help.CONVERSATION,
    settings.CONVERSATION,
    privacy.CONVERSATION,
    correct.CONVERSATION,
    erase.CONVERSATION,
    complaints.CONVERSATION,
    complaint_pieces.CONVERSATION,
    complaint_follow.CONVERSATION,
    move.CONVERSATION,
    move_status.CONVERSATION,
    cadre_tasks.CONVERSATION,
    cadre_task.CONVERSATION,
    cadre_registrations.CONVERSATION,
    cadre_search.CONVERSATION,
    cadre_visit.CONVERSATION,
    cadre_consent.CONVERSATION,
    cadre_facts.CONVERSATION,
    cadre_more.CONVERSATION,
    cadre_methods.CONVERSATION,
    stop.CONVERSATION,
    news.CONVERSATION,
    broadcast.CONVERSATION,
    broadcast_send.CONVERSATION,
    broadcast_progress.CONVERSATION,
    invite_cadre.CONVERSATION,
    grids.CONVERSATION,
)


def build_dialogs() -> Dialogs:
    """Return all conversations of the bot."""
    return Dialogs(CONVERSATIONS, home="home")


def build_application(
    token: str, desk: Desk, *, api: str, requests: tuple[BaseRequest, BaseRequest]
) -> Walk:
    """Return the bot for `token` at the Bot API server `api`.

    `requests` are the connections for getUpdates and for everything else.
    """
    polling, calling = requests
    bot: ExtBot[None] = ExtBot(
        token,
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        get_updates_request=polling,
        request=calling,
    )
    walk: Walk = (
        Application.builder()
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    walk.bot_data[DESK] = desk
    for handler in handlers():
        walk.add_handler(handler)
    walk.add_error_handler(note_error)
    return walk
