"""One message as a person sees it on the phone."""

from dataclasses import dataclass

from bot.sandbox.errors import Json
from bot.sandbox.people import Letter


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as the person sees it at that moment."""

    content: Json
    from_bot: bool
    silent: bool = False

    @property
    def message_id(self) -> int:
        """Return the message's number."""
        return int(self.content["message_id"])

    @property
    def text(self) -> str:
        """Return the text, or the caption of a file, or nothing."""
        return str(self.content.get("text") or self.content.get("caption") or "")

    @property
    def buttons(self) -> list[list[Json]]:
        """Return the rows of buttons under the message."""
        rows: list[list[Json]] = self.content.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def labels(self) -> list[str]:
        """Return the words on the buttons under the message, row after row."""
        return [str(button["text"]) for row in self.buttons for button in row]

    def __str__(self) -> str:
        """Return the message as one readable block."""
        who = "bot" if self.from_bot else str(self.content["from"]["first_name"])
        kinds = ("photo", "voice", "document", "audio", "video", "contact", "location")
        things = " ".join(f"<{kind}>" for kind in kinds if kind in self.content)
        lines = [f"{who}: {' '.join(filter(None, (things, self.text)))}"]
        lines += [" ".join(f"[{button['text']}]" for button in row) for row in self.buttons]
        return "\n    ".join(lines)


def seen(letter: Letter) -> Bubble:
    """Return a message as it looks now; it stays so when the message is edited later."""
    return Bubble(letter.content, letter.from_bot, letter.silent)


def find_button(rows: list[list[Json]], label: str, *, exact: bool) -> tuple[int, int] | None:
    """Return row and column of the first button with this word."""
    for row, buttons in enumerate(rows):
        for column, button in enumerate(buttons):
            if button["text"] == label or (not exact and label in button["text"]):
                return row, column
    return None
