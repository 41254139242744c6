"""Methods about the bot itself: who it is, its names, commands and menu button."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.sandbox.call import Call
from bot.sandbox.errors import Json, breach
from bot.sandbox.keyboards import checked_url
from bot.sandbox.profile import COMMAND, checked_language, localized

DESCRIPTION_LIMIT = 256


async def get_me(call: Call) -> Json:
    """getMe: the bot as a User."""
    return call.world.profile.me()


async def agree(call: Call) -> bool:
    """logOut and close: nothing to do here."""
    return True


def _scope(call: Call) -> str:
    """Return the key of a command scope; raises 400 for a chat that does not exist."""
    scope: Json = call.get("scope") or {"type": "default"}
    if "chat_id" not in scope:
        return str(scope["type"])
    person = call.world.known(scope["chat_id"])
    if scope["type"] != "chat":
        raise breach("there are no administrators in a private chat")
    return f"chat:{person.id}"


def _language(call: Call) -> str:
    return checked_language(call.get("language_code") or "")


async def set_my_commands(call: Call) -> bool:
    """setMyCommands: up to 100 commands for one scope and language."""
    for command in call.params["commands"]:
        if not COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise breach("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= DESCRIPTION_LIMIT:
            raise breach("BOT_COMMAND_DESCRIPTION_INVALID")
    listed = [
        {"command": one["command"].removeprefix("/"), "description": one["description"]}
        for one in call.params["commands"]
    ]
    call.world.profile.commands[_scope(call), _language(call)] = listed
    call.world.events.tell("commands")
    return True


async def delete_my_commands(call: Call) -> bool:
    """deleteMyCommands: so that a wider list applies."""
    call.world.profile.commands.pop((_scope(call), _language(call)), None)
    call.world.events.tell("commands")
    return True


async def get_my_commands(call: Call) -> list[Json]:
    """getMyCommands: exactly the list of this scope and language."""
    return call.world.profile.commands.get((_scope(call), _language(call)), [])


def _setter(attribute: str, name: str) -> Callable[[Call], Awaitable[Any]]:
    """Return a method that sets, or with an empty text removes, one text in one language."""

    async def set_text(call: Call) -> bool:
        texts: dict[str, str] = getattr(call.world.profile, attribute)
        language, text = _language(call), str(call.get(name) or "").strip()
        if text:
            texts[language] = text
        elif language or attribute != "names":
            texts.pop(language, None)
        call.world.events.tell("commands")
        return True

    return set_text


def _getter(attribute: str, name: str) -> Callable[[Call], Awaitable[Any]]:
    """Return a method that tells one text in one language."""

    async def get_text(call: Call) -> Json:
        return {name: localized(getattr(call.world.profile, attribute), _language(call))}

    return get_text


def _menu_chat(call: Call) -> int | None:
    chat_id = call.get("chat_id")
    return None if chat_id is None else call.world.known(chat_id).id


async def set_chat_menu_button(call: Call) -> bool:
    """setChatMenuButton: for one private chat, or for all."""
    button: Json = call.get("menu_button") or {"type": "default"}
    if button["type"] == "web_app":
        checked_url(button["web_app"]["url"], https=True)
    call.world.profile.menu_buttons[_menu_chat(call)] = button
    return True


async def get_chat_menu_button(call: Call) -> Json:
    """getChatMenuButton: of one private chat, or the one for all."""
    buttons = call.world.profile.menu_buttons
    chat_id = _menu_chat(call)
    return buttons.get(chat_id) or buttons.get(None) or {"type": "default"}


HANDLERS: dict[str, Callable[[Call], Awaitable[Any]]] = {
    "getMe": get_me,
    "logOut": agree,
    "close": agree,
    "setMyCommands": set_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getMyCommands": get_my_commands,
    "setMyName": _setter("names", "name"),
    "getMyName": _getter("names", "name"),
    "setMyDescription": _setter("descriptions", "description"),
    "getMyDescription": _getter("descriptions", "description"),
    "setMyShortDescription": _setter("short_descriptions", "short_description"),
    "getMyShortDescription": _getter("short_descriptions", "short_description"),
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
}
