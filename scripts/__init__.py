"""The commands, one small file each, and how all of them end."""

import sys
from collections.abc import Callable

from backend.config import SettingsWrong
from backend.domain.errors import SuixingError
from backend.i18n import FIRST_LOCALE, translator
from backend.texts.errors import explain_error


def told(command: Callable[[], None]) -> int:
    """Run a command; return 0, or 2 after saying in plain words what is wrong."""
    try:
        command()
    except SettingsWrong as error:
        print("\n".join(error.lines), file=sys.stderr)
        return 2
    except SuixingError as error:
        print(explain_error(error, translator(FIRST_LOCALE)._), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. What was done so far is kept.", file=sys.stderr)
        return 130
    return 0
