"""The bot's own names, commands by scope and language, and menu button."""

from typing import Any

import pytest

from bot.sandbox import Phone, Sandbox
from tests.bot.sandbox.conftest import Caller

HELP = [{"command": "help", "description": "Help"}]
HILFE = [{"command": "help", "description": "帮助"}]
OWN = [{"command": "tasks", "description": "Tasks"}]


@pytest.fixture
def mei(sandbox: Sandbox) -> Phone:
    phone = sandbox.open_phone(first_name="Mei", language_code="zh-hans")
    phone.start()
    return phone


async def test_the_bot_knows_itself(sandbox: Sandbox, call: Caller) -> None:
    me = await call("getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (1000000001, True, "sandbox_bot")
    assert await call("logOut") is True


async def test_the_most_specific_commands_are_shown(
    sandbox: Sandbox, call: Caller, mei: Phone
) -> None:
    def menu(language: str = "zh-hans") -> Any:
        return sandbox.world.profile.commands_for(mei.id, language)

    await call("setMyCommands", commands=HELP)
    assert menu() == HELP
    await call("setMyCommands", commands=HILFE, language_code="zh")
    assert (menu(), menu("en")) == (HILFE, HELP)
    scope = {"type": "chat", "chat_id": mei.id}
    await call("setMyCommands", commands=OWN, scope=scope)
    assert menu() == OWN
    assert await call("getMyCommands", scope=scope) == OWN
    assert await call("getMyCommands", scope=scope, language_code="zh") == []
    await call("deleteMyCommands", scope=scope)
    assert menu() == HILFE


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"commands": [{"command": "Über", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x", "description": ""}]}, "must be 1-256 characters long"),
        ({"commands": HELP * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": HELP, "language_code": "chinese"}, "invalid language code specified"),
        ({"commands": HELP, "scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
        ({"commands": HELP, "scope": {"type": "village"}}, "must be one of"),
    ],
)
async def test_commands_are_refused(call: Caller, values: dict[str, Any], problem: str) -> None:
    status, description = await call.refused("setMyCommands", **values)
    assert status == 400
    assert problem in description


@pytest.mark.parametrize(
    ("setter", "getter", "name"),
    [
        ("setMyName", "getMyName", "name"),
        ("setMyDescription", "getMyDescription", "description"),
        ("setMyShortDescription", "getMyShortDescription", "short_description"),
    ],
)
async def test_texts_are_told_in_the_language_asked_for(
    call: Caller, setter: str, getter: str, name: str
) -> None:
    await call(setter, **{name: "Walking alongside"})
    await call(setter, **{name: "随行", "language_code": "zh"})
    assert (await call(getter, language_code="zh"))[name] == "随行"
    assert (await call(getter, language_code="fr"))[name] == "Walking alongside"
    await call(setter, language_code="zh")
    assert (await call(getter, language_code="zh"))[name] == "Walking alongside"
    status, _words = await call.refused(setter, **{name: "x" * 513})
    assert status == 400


async def test_a_menu_button_of_one_chat_goes_before_the_one_for_all(
    call: Caller, mei: Phone
) -> None:
    assert await call("getChatMenuButton") == {"type": "default"}
    await call("setChatMenuButton", menu_button={"type": "commands"})
    assert await call("getChatMenuButton", chat_id=mei.id) == {"type": "commands"}
    app = {"type": "web_app", "text": "Open", "web_app": {"url": "https://a.bc/"}}
    await call("setChatMenuButton", chat_id=mei.id, menu_button=app)
    assert await call("getChatMenuButton", chat_id=mei.id) == app
    assert await call("getChatMenuButton") == {"type": "commands"}
