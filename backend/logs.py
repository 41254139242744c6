"""Structured logs of ids and counts; whatever looks like a secret is struck out."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_secrets: set[str] = set()
_LOUD = ("httpx", "httpcore", "apscheduler", "tortoise", "aiosqlite", "telegram", "asyncio")


def struck(text: str) -> str:
    """Return `text` with bot tokens, ID numbers and mobile numbers struck out."""
    for pattern, word in ((_TOKEN, "[token]"), (_ID_NUMBER, "[id]"), (_PHONE, "[phone]")):
        text = pattern.sub(word, text)
    for secret in _secrets:
        text = text.replace(secret, "[secret]")
    return text


def set_up_logs(level: str, *, secrets: tuple[str, ...] = ()) -> None:
    """Log one JSON line an event to standard error; libraries speak from WARNING on.

    `secrets` are struck out wherever they turn up, whatever they look like.
    """
    _secrets.update(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _strike_event,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=_shared(),
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _shared() -> list[Any]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _strike_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: struck(value) if isinstance(value, str) else value for key, value in event.items()}
