"""What people see in a chat: knows Telegram and owns the chat's words."""

import os

# python-telegram-bot then gives waits as timedelta, as its next major version will.
os.environ.setdefault("PTB_TIMEDELTA", "true")
