"""Screens as values: text, buttons, keys and a file, and what they become in a Telegram call."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

# A keyboard as Telegram takes it.
Markup = dict[str, Any]
MOST_CALLBACK_BYTES = 64
_OPEN_PRESS = re.compile(r"([ok])([a-z_.]{1,40}):(.*)", re.DOTALL)
_SCREEN_PRESS = re.compile(r"s(\d{1,9}):(.*)", re.DOTALL)
_PUSH_PRESS = re.compile(r"p(\d{1,19}):(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; a press gives `value` to the step that asked.

    With `opens` it never grows old: a press opens that conversation, or that step of it as
    `conversation.step`, with the answer `value`; where it `keeps_message`, in a message of its own.
    """

    text: str
    value: str = ""
    url: str | None = None
    opens: str | None = None
    keeps_message: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the keyboard below the chat; a press sends its text or the own phone number.

    Where the key has a `value`, its text coming back is taken for a press of that value.
    """

    text: str
    asks_contact: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file to be sent along."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Screen:
    """What one message shows: buttons under it, or keys below the chat, never both.

    `is_page` marks a screen that is looked at rather than answered: it gets no cancel button and
    no step count. `is_protected` forbids forwarding and screenshots where Telegram can.
    A `picture` is shown above the text: new content, or Telegram's name for one it knows.
    """

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    keys: tuple[tuple[Key, ...], ...] = ()
    is_protected: bool = False
    is_page: bool = False
    file: FileContent | None = None
    picture: FileContent | str | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is words alone, which can be edited in place."""
        return not (self.file or self.picture or self.keys)


@dataclass(frozen=True, slots=True)
class ScreenPress:
    """Callback data of a button on a chat's open screen, valid for one version of it."""

    version: int
    value: str

    def pack(self) -> str:
        """Return the callback data; raise ValueError above Telegram's 64 bytes."""
        return _checked(f"s{self.version}:{self.value}")


@dataclass(frozen=True, slots=True)
class PushPress:
    """Callback data of a button on a message of the outbox."""

    send_id: int
    value: str

    def pack(self) -> str:
        """Return the callback data; raise ValueError above Telegram's 64 bytes."""
        return _checked(f"p{self.send_id}:{self.value}")


@dataclass(frozen=True, slots=True)
class OpenPress:
    """Callback data of a button that opens a conversation at any time; nothing is kept of it."""

    opens: str
    value: str
    keeps_message: bool = False

    def pack(self) -> str:
        """Return the callback data; raise ValueError above Telegram's 64 bytes."""
        return _checked(f"{'k' if self.keeps_message else 'o'}{self.opens}:{self.value}")


def unpack(data: str | None) -> ScreenPress | PushPress | OpenPress | None:
    """Return what a button's callback data says, or None when no button of ours made it."""
    if found := _OPEN_PRESS.fullmatch(data or ""):
        return OpenPress(found[2], found[3], keeps_message=found[1] == "k")
    if found := _SCREEN_PRESS.fullmatch(data or ""):
        return ScreenPress(int(found[1]), found[2])
    if found := _PUSH_PRESS.fullmatch(data or ""):
        return PushPress(int(found[1]), found[2])
    return None


def rows_of(buttons: Iterable[Button], *, width: int = 2) -> tuple[tuple[Button, ...], ...]:
    """Lay buttons out `width` in a row."""
    laid = list(buttons)
    return tuple(tuple(laid[at : at + width]) for at in range(0, len(laid), width))


def inline_markup(
    rows: Sequence[Sequence[Button]], press: type[ScreenPress] | type[PushPress], number: int
) -> Markup | None:
    """Return the buttons as Telegram takes them; `number` is the version or the row's id."""
    if not rows:
        return None
    return {
        "inline_keyboard": [
            [_inline_button(button, press, number) for button in row] for row in rows
        ]
    }


def keyboard_markup(keys: Sequence[Sequence[Key]], *, once: bool) -> Markup:
    """Return the keys as Telegram takes them; `once` folds them away after a press."""
    return {
        "keyboard": [
            [{"text": key.text, "request_contact": key.asks_contact} for key in row] for row in keys
        ],
        "resize_keyboard": True,
        "is_persistent": not once,
        "one_time_keyboard": once,
    }


def _inline_button(
    button: Button, press: type[ScreenPress] | type[PushPress], number: int
) -> dict[str, str]:
    if button.url:
        return {"text": button.text, "url": button.url}
    if button.opens:
        data = OpenPress(button.opens, button.value, button.keeps_message).pack()
    else:
        data = press(number, button.value).pack()
    return {"text": button.text, "callback_data": data}


def _checked(data: str) -> str:
    if len(data.encode()) > MOST_CALLBACK_BYTES:
        raise ValueError(f"callback data above {MOST_CALLBACK_BYTES} bytes: {data[:20]}…")
    return data
