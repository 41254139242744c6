"""The commands, one small file each, and how all of them end."""

import socket
import sqlite3
import sys
from collections.abc import Callable

from asyncpg import PostgresError
from tortoise.exceptions import BaseORMException

from backend.config import SettingsWrong
from backend.domain.errors import SuixingError
from backend.i18n import FIRST_LOCALE, translator
from backend.logs import set_up_logs
from backend.texts.errors import explain_error

_DATABASE_ERRORS = (
    BaseORMException,
    PostgresError,
    sqlite3.Error,
    ConnectionError,
    socket.gaierror,
)


def told(command: Callable[[], int | None]) -> int:
    """Run a command; return what it returns (None is 0), or 2 after saying what is wrong."""
    set_up_logs("WARNING")
    try:
        return command() or 0
    except KeyboardInterrupt:
        print("Stopped. What was done so far is kept.", file=sys.stderr)
        return 130
    except (SuixingError, OSError, *_DATABASE_ERRORS) as error:
        print(in_words(error), file=sys.stderr)
        return 2


def in_words(error: Exception) -> str:
    """Return what is wrong, without a traceback: a line for each setting, else one line."""
    if isinstance(error, SettingsWrong):
        return "\n".join(error.lines)
    if isinstance(error, SuixingError):
        return explain_error(error, translator(FIRST_LOCALE)._)
    if isinstance(error, _DATABASE_ERRORS):
        return f"DATABASE_URL: the database cannot be used: {_first_line(error)}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return _first_line(error)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
