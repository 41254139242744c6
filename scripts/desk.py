"""`desk`: the complaints desk's keys, and reading and answering complaints with a private key.

Key files stay with their holders, on a stick or a device of their own; the server has only the
public halves. What is read here is printed here and kept nowhere.
"""

import argparse
import asyncio
import getpass
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from backend.actions import desk, desk_keys
from backend.actions.desk import Opened
from backend.clock import Clock
from backend.config import StoreConfig
from backend.domain.complaints import Deed, Piece
from backend.i18n import FIRST_LOCALE, Translator, locales, translator
from backend.logs import set_up_logs
from backend.store.database import open_database
from backend.store.key_files import joined_key, share_texts, unwrap_key, wrap_key
from backend.store.sealing import new_private_key, public_of, public_text
from backend.texts.complaints import reply_text
from backend.texts.desk import case_lines, reading_lines, subject_lines
from scripts import told

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_SUFFIXES = {Piece.PHOTO: "jpg", Piece.VOICE: "ogg"}
_SPEAKING = (Deed.EXTEND, Deed.ANSWER, Deed.DECLINE)
_DEEDS = {
    Deed.ACCEPT: "take it up: the 60 days begin",
    Deed.EXTEND: "30 more days, once, saying why",
    Deed.ANSWER: "answer it",
    Deed.DECLINE: "do not take it up, saying why and where to turn",
    Deed.CLOSE: "close what was answered",
}


def keygen(given: argparse.Namespace) -> None:
    """Make a private key in a file that a passphrase opens, and print its public half."""
    private_key = new_private_key()
    write_secret(given.file, wrap_key(private_key, ask_new_passphrase(), name=given.name))
    print(public_text(public_of(private_key)))


def recovery_key(given: argparse.Namespace) -> None:
    """Make the recovery key as three shares, any two of which open everything."""
    private_key = new_private_key()
    for file, text in zip(given.files, share_texts(private_key), strict=True):
        write_secret(file, text)
    print(public_text(public_of(private_key)))


def join_shares(given: argparse.Namespace) -> None:
    """Put two shares together into a key file."""
    private_key = joined_key(given.one.read_text("utf-8"), given.other.read_text("utf-8"))
    write_secret(given.file, wrap_key(private_key, ask_new_passphrase(), name="recovery"))
    print(public_text(public_of(private_key)))


async def add_key(given: argparse.Namespace, now: datetime) -> None:
    """Enter a public key."""
    level = await desk_keys.add_key(
        given.public,
        given.region,
        office=given.office,
        holder=given.holder,
        is_recovery=given.recovery,
        now=now,
    )
    print(json.dumps({"level": level.value}))


async def end_key(given: argparse.Namespace, now: datetime) -> None:
    """Seal nothing to a key any more."""
    await desk_keys.end_key(given.public, now=now)


async def list_keys(_given: argparse.Namespace, _now: datetime) -> None:
    """Print every key, one line of JSON each."""
    for key in await desk_keys.known_keys():
        line = {
            "public": key.public_key,
            "level": key.level.value,
            "region": key.region_code,
            "office": key.office,
            "holder": key.holder,
            "active": key.is_active,
        }
        print(json.dumps(line, ensure_ascii=False))


async def list_complaints(given: argparse.Namespace, now: datetime) -> None:
    """Print what this key opens, the next due first, one line of JSON each."""
    for one in await desk.list_for(private_key_of(given)):
        line = {
            "receipt": one.receipt,
            "kind": one.header.kind.value,
            "category": one.header.category and one.header.category.value,
            "state": one.state.value,
            "received_on": one.received_on.isoformat(),
            "due_on": one.due_on and one.due_on.isoformat(),
            "days_left": one.due_on and (one.due_on - now.date()).days,
        }
        print(json.dumps(line, ensure_ascii=False))


async def open_complaint(given: argparse.Namespace, now: datetime) -> None:
    """Print a complaint; with --save, write its photos and voice messages into that folder."""
    opened = await desk.open_complaint(given.receipt, private_key_of(given), now=now)
    print("\n".join(lines_of(opened, translator(given.locale), given.save)))


def lines_of(opened: Opened, words: Translator, folder: Path | None) -> list[str]:
    """A complaint as lines; files are saved into `folder` if there is one."""
    progress, header, _ = opened.progress, opened.header, words._
    lines = subject_lines(
        _,
        receipt=progress.receipt,
        kind=header.kind,
        category=header.category,
        about=header.about,
    )
    lines += case_lines(
        _,
        progress.case,
        due_on=progress.due_on,
        answer_by=progress.answer_by,
        contact=opened.contact,
    )
    for number, part in enumerate(opened.parts, start=1):
        if part.kind is Piece.TEXT:
            shown = part.content.decode()
        else:
            shown = saved(part.content, f"{number}.{_SUFFIXES[part.kind]}", folder)
        lines += ["", f"[{number}] {part.added_on}", shown]
    for reply in progress.replies:
        lines += ["", reply_text(reply.deed, reply.said_on, reply.text, _)]
    readings = [(reading.holder, reading.read_on) for reading in opened.readings]
    return [*lines, "", *reading_lines(_, readings)]


def saved(content: bytes, name: str, folder: Path | None) -> str:
    """Write a file that only its owner may read, and return where; its name without a folder."""
    if folder is None:
        return f"{name} ({len(content)} bytes; --save DIR)"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_secret(folder / name, content)
    return str(folder / name)


async def deal(given: argparse.Namespace, now: datetime) -> None:
    """Do with a complaint what the command says; the complainant is told in her chat."""
    case = await desk.deal(
        given.receipt, private_key_of(given), Deed(given.command), text=given.text, now=now
    )
    print(json.dumps({"state": case.state.value}))


async def pass_on(given: argparse.Namespace, _now: datetime) -> None:
    """Let one more key open a complaint."""
    await desk.pass_on(given.receipt, private_key_of(given), given.to)


def private_key_of(given: argparse.Namespace) -> bytes:
    """Open the key file with the passphrase; raises DeskKeyWrong."""
    return unwrap_key(given.key.read_text("utf-8"), ask_passphrase("Passphrase: "))


def ask_passphrase(prompt: str) -> str:
    """Ask at the keyboard without showing it, else read a line."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\n")


def ask_new_passphrase() -> str:
    """Ask for a new passphrase, twice at the keyboard; ends the command where they differ."""
    chosen = ask_passphrase("New passphrase: ")
    if sys.stdin.isatty() and getpass.getpass("Once more: ") != chosen:
        raise SystemExit("desk: the two passphrases differ; nothing was written")
    if not chosen:
        raise SystemExit("desk: an empty passphrase protects nothing; nothing was written")
    return chosen


def write_secret(path: Path, content: str | bytes) -> None:
    """Write a new file with mode 0600; an existing one is never overwritten."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)


OFFLINE: dict[str, Callable[[argparse.Namespace], None]] = {
    "keygen": keygen,
    "recovery-key": recovery_key,
    "join-shares": join_shares,
}
ONLINE: dict[str, Callable[[argparse.Namespace, datetime], Awaitable[None]]] = {
    "add-key": add_key,
    "end-key": end_key,
    "keys": list_keys,
    "list": list_complaints,
    "open": open_complaint,
    "pass-on": pass_on,
    **{deed.value: deal for deed in _DEEDS},
}


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="desk", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _key_commands(commands)
    listing = commands.add_parser("list", help="what a key opens, the next due first")
    listing.add_argument("--key", type=Path, required=True, metavar="FILE")
    opening = _on_a_complaint(commands, "open", "read a complaint")
    opening.add_argument("--save", type=Path, metavar="DIR", help="where photos and voice go")
    opening.add_argument("--locale", choices=locales(), default=FIRST_LOCALE)
    passing = _on_a_complaint(commands, "pass-on", "let one more key open it")
    passing.add_argument("--to", required=True, metavar="PUBLIC")
    for deed, about in _DEEDS.items():
        dealing = _on_a_complaint(commands, deed.value, about)
        dealing.add_argument("--text", required=deed in _SPEAKING, default="", help="what is said")
    return parser.parse_args(argv)


def _key_commands(commands: "Commands") -> None:
    making = commands.add_parser("keygen", help="a private key for an officer of the desk")
    making.add_argument("--name", required=True, help="whose key it is")
    making.add_argument("file", type=Path)
    recovering = commands.add_parser("recovery-key", help="the recovery key, as three shares")
    recovering.add_argument("files", type=Path, nargs=3, metavar="FILE")
    joining = commands.add_parser("join-shares", help="two shares into a key file")
    joining.add_argument("one", type=Path)
    joining.add_argument("other", type=Path)
    joining.add_argument("file", type=Path)
    adding = commands.add_parser("add-key", help="a public key that complaints are sealed to")
    adding.add_argument("public")
    adding.add_argument("--region", required=True, help="12 digits; a county's end in 000000")
    adding.add_argument("--office", required=True, help="what people are told")
    adding.add_argument("--holder", default="", help="whose key; kept from what names her")
    adding.add_argument("--recovery", action="store_true", help="it is the recovery key")
    ending = commands.add_parser("end-key", help="seal nothing to a key any more")
    ending.add_argument("public")
    commands.add_parser("keys", help="every key")


def _on_a_complaint(commands: "Commands", name: str, about: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about)
    parser.add_argument("receipt")
    parser.add_argument("--key", type=Path, required=True, metavar="FILE")
    return parser


async def _online(given: argparse.Namespace) -> None:
    config = StoreConfig.from_env()
    set_up_logs(config.log_level)
    async with open_database(config.database_url, keys_file=config.keys_file):
        await ONLINE[given.command](given, Clock(config.township_zone).local())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    given = arguments(argv)

    def command() -> None:
        if given.command in OFFLINE:
            OFFLINE[given.command](given)
        else:
            asyncio.run(_online(given))

    return told(command)


if __name__ == "__main__":
    sys.exit(main())
