"""How the bot presents itself: names, descriptions, commands and menu buttons."""

import re
from dataclasses import dataclass, field

from bot.sandbox.errors import Json, breach

LANGUAGE = re.compile(r"[a-z]{2,3}")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")


@dataclass(slots=True)
class Profile:
    """The bot as people see it; every text exists once without and once per language."""

    id: int
    username: str
    names: dict[str, str]
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    menu_buttons: dict[int | None, Json] = field(default_factory=dict)

    def user(self) -> Json:
        """Return the bot as the sender of a message."""
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.names[""],
            "username": self.username,
        }

    def me(self) -> Json:
        """Return what getMe answers."""
        return {
            **self.user(),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def commands_for(self, chat_id: int, language_code: str) -> list[Json]:
        """Return what a person sees in the menu of a private chat, most specific list first."""
        scopes = (f"chat:{chat_id}", "all_private_chats", "default")
        languages = (two_letters(language_code), "")
        for scope in scopes:
            for language in languages:
                if found := self.commands.get((scope, language)):
                    return found
        return []


def two_letters(language_code: str) -> str:
    """Return the first part of a language tag: `zh` for `zh-hans`."""
    return language_code.partition("-")[0].lower()


def localized(texts: dict[str, str], language_code: str) -> str:
    """Return the text in a language, or the one for everybody else."""
    return texts.get(two_letters(language_code)) or texts.get("", "")


def checked_language(code: str) -> str:
    """Return a language code as a key; raises 400 for what is none."""
    if code and not LANGUAGE.fullmatch(code):
        raise breach("invalid language code specified")
    return code
