"""Bad weather on demand: what a check lets go wrong between the bot and Telegram."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import ApiError

BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass(slots=True)
class Fault:
    """One thing to go wrong; `method` and `chat_id` narrow it, None matches all.

    `delay` is in seconds. `drop` closes the connection, `html` answers a gateway's page, `status`
    answers that error. With `after` the call is carried out first and only its answer is lost.
    `times` is how often; None is for ever.
    """

    method: str | None = None
    chat_id: int | None = None
    status: int | None = None
    description: str = "Internal Server Error"
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None
    delay: float = 0.0
    drop: bool = False
    html: bool = False
    after: bool = False
    times: int | None = 1

    def hits(self, method: str, chat_id: Any) -> bool:
        """Say whether a call is met by this fault."""
        named = self.method is None or self.method.lower() == method.lower()
        return named and (self.chat_id is None or str(self.chat_id) == str(chat_id))

    def breaks(self) -> bool:
        """Say whether the answer is lost or replaced, not only late."""
        return self.drop or self.html or self.status is not None

    def error(self) -> ApiError:
        """Return the refusal to answer with."""
        return ApiError(
            self.status or 500,
            self.description,
            retry_after=self.retry_after,
            migrate_to_chat_id=self.migrate_to_chat_id,
        )


@dataclass(slots=True)
class Faults:
    """The faults still to come, the oldest first, and how many have happened."""

    coming: list[Fault] = field(default_factory=list)
    happened: int = 0

    def add(self, fault: Fault) -> Fault:
        """Let something go wrong from now on."""
        self.coming.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go well again."""
        self.coming.clear()

    def pick(self, method: str, chat_id: Any) -> Fault | None:
        """Return the fault that meets this call, if any, and use it up once."""
        fault = next((one for one in self.coming if one.hits(method, chat_id)), None)
        if fault is None:
            return None
        self.happened += 1
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.coming.remove(fault)
        return fault
