"""What Telegram answers when it refuses a call."""

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A refused call: HTTP status = `error_code`, Telegram's words, and perhaps seconds to wait.

    `breach` marks calls that break the Bot API description itself (as against bad luck such as
    a block), so that a check can count them.
    """

    def __init__(
        self,
        status: int,
        description: str,
        *,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
        breach: bool = False,
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id
        self.breach = breach

    def body(self) -> Json:
        """Return the JSON object that Telegram answers with."""
        body: Json = {"ok": False, "error_code": self.status, "description": self.description}
        parameters = {
            "retry_after": self.retry_after,
            "migrate_to_chat_id": self.migrate_to_chat_id,
        }
        given = {name: value for name, value in parameters.items() if value is not None}
        return {**body, "parameters": given} if given else body


def bad_request(text: str) -> ApiError:
    """Return a 400 that any correct bot may meet, such as a chat that does not exist."""
    return ApiError(400, f"Bad Request: {text}")


def breach(text: str) -> ApiError:
    """Return a 400 that a correct bot never meets: the call itself is malformed."""
    return ApiError(400, f"Bad Request: {text}", breach=True)


def forbidden(text: str) -> ApiError:
    """Return a 403: the person or chat does not let the bot in."""
    return ApiError(403, f"Forbidden: {text}")


def too_many(seconds: int) -> ApiError:
    """Return a 429 that asks the bot to wait for whole seconds."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
