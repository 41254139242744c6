"""Keyboards under messages and below the chat: what Telegram refuses, and what it keeps."""

from typing import Any

from bot.sandbox import links
from bot.sandbox.errors import Json, breach

BUTTONS_LIMIT = 100
INLINE_ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)
REQUESTS = frozenset(
    {
        "request_users",
        "request_chat",
        "request_managed_bot",
        "request_contact",
        "request_location",
        "request_poll",
        "web_app",
    }
)
FIRST_ONLY = frozenset({"pay", "callback_game"})


def is_inline(markup: Json | None) -> bool:
    """Say whether a markup is a keyboard under the message."""
    return markup is not None and "inline_keyboard" in markup


def checked_inline(markup: Json | None) -> Json | None:
    """Return an inline keyboard as stored, None without buttons; raises 400 for anything else."""
    if markup is None:
        return None
    if not is_inline(markup):
        raise breach("inline keyboard expected")
    rows = [[_inline_button(button) for button in row] for row in markup["inline_keyboard"] if row]
    if sum(map(len, rows)) > BUTTONS_LIMIT:
        raise breach("reply markup is too long")
    for place, button in enumerate(button for row in rows for button in row):
        if place and button.keys() & FIRST_ONLY:
            raise breach("BUTTON_POS_INVALID")
    return {"inline_keyboard": rows} if rows else None


def _inline_button(button: Json) -> Json:
    if not button["text"].strip():
        raise breach("can't parse inline keyboard button: Text must be non-empty")
    actions = button.keys() & INLINE_ACTIONS
    if not actions:
        raise breach(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        raise breach("can't parse inline keyboard button: only one action may be specified")
    if "url" in button:
        return {**button, "url": checked_url(button["url"])}
    if "login_url" in button:
        checked_url(button["login_url"]["url"], https=True)
    if "web_app" in button:
        checked_url(button["web_app"]["url"], https=True)
    return button


def checked_url(url: str, *, https: bool = False) -> str:
    """Return the address of a button in full; raises 400 for what opens nowhere."""
    reason = links.problem(url, https=https)
    if reason:
        what = "Web App URL" if https else "URL"
        raise breach(f"inline keyboard button {what} '{url}' is invalid: {reason}")
    return links.full(url)


def checked_reply(markup: Json) -> Json | None:
    """Return what lies below the chat from now on; None when the markup takes it away.

    Raises 400 for buttons without text or with two actions. Not for inline keyboards.
    """
    if "remove_keyboard" in markup:
        _must_be_true(markup, "remove_keyboard")
        return None
    placeholder = {"input_field_placeholder": markup.get("input_field_placeholder")}
    if "force_reply" in markup:
        _must_be_true(markup, "force_reply")
        return {"force_reply": True, **placeholder}
    rows = [[_reply_button(button) for button in row] for row in markup["keyboard"] if row]
    if not rows:
        raise breach("reply keyboard is empty")
    flags = ("one_time_keyboard", "is_persistent", "resize_keyboard")
    return {"keyboard": rows, **{flag: markup.get(flag, False) for flag in flags}, **placeholder}


def _must_be_true(markup: Json, name: str) -> None:
    if not markup[name]:
        raise breach(f"{name} must be True")


def _reply_button(button: Any) -> Json:
    whole: Json = {"text": button} if isinstance(button, str) else button
    if not whole["text"].strip():
        raise breach("can't parse keyboard button: Text must be non-empty")
    if len(whole.keys() & REQUESTS) > 1:
        raise breach("can't parse keyboard button: only one request may be specified")
    if "web_app" in whole:
        checked_url(whole["web_app"]["url"], https=True)
    return whole
