"""The desk's command: keys made on a device of one's own, and complaints dealt with by receipt."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from backend.actions import complaints
from backend.actions.complaints import Subject
from backend.domain.complaints import Category, Kind, Piece
from backend.domain.desk import About
from backend.store.database import open_database
from backend.store.key_files import share_texts, wrap_key
from backend.store.models import Account, Send
from scripts.desk import write_secret
from tests.desks import COUNTY, a_county_desk

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CHAT = 4711
PASSPHRASE = "four wise horses"


class DeskRoom:
    """A folder with a database and key files, in which the command is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite://{folder}/town.db"

    def run(
        self, *words: str, says: str = PASSPHRASE, ends: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run `desk` as a real process; it must end as expected, and never with a traceback."""
        done = subprocess.run(
            [sys.executable, "-m", "scripts.desk", *words],
            env=os.environ | {"DATABASE_URL": self.url},
            input=f"{says}\n",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == ends, done.stderr
        assert "Traceback" not in done.stderr
        return done

    def told(self, *words: str) -> str:
        """Run `desk` and return what it prints."""
        return self.run(*words).stdout.strip()

    def path(self, name: str) -> str:
        """A file of the room."""
        return str(self.folder / name)


async def opened(folder: Path) -> DeskRoom:
    """A room whose desk is open: two keys of the county and the recovery key in three shares."""
    room = DeskRoom(folder)
    async with open_database(room.url):
        for holder in await a_county_desk(now=NOW):
            if holder.name:
                text = wrap_key(holder.private_key, PASSPHRASE, name=holder.name)
                write_secret(folder / f"{holder.name}.key", text)
                continue
            for place, text in zip("abc", share_texts(holder.private_key), strict=True):
                write_secret(folder / f"{place}.share", text)
    return room


async def hand_in(room: DeskRoom) -> str:
    """A complaint with a sentence and a voice message, and its receipt."""
    async with open_database(room.url):
        await Account.create(tg_id=CHAT, locale="zh_CN", started_at=NOW, state_at=NOW)
        subject = Subject(Kind.COMPLAINT, Category.CHARGED, About(words="赵明"))
        draft_id = await complaints.begin(subject, now=NOW)
        await complaints.add_piece(draft_id, Piece.TEXT, "收了二十块".encode(), now=NOW)
        await complaints.add_piece(draft_id, Piece.VOICE, b"OggS", now=NOW)
        return (await complaints.hand_in(draft_id, CHAT, now=NOW)).receipt


async def test_a_complaint_is_listed_opened_answered_and_told(tmp_path: Path) -> None:
    room = await opened(tmp_path)
    receipt, key = await hand_in(room), room.path("何芳.key")
    listed = json.loads(room.told("list", "--key", key))
    assert listed["receipt"] == receipt
    assert (listed["category"], listed["state"]) == ("charged", "received")
    room.told("answer", receipt, "--key", key, "--text", "钱退给您")
    read = room.told("open", receipt, "--key", key, "--save", room.path("out"))
    for words in ("投诉：免费的却收了钱", "说的是：赵明", "收了二十块", "没留名字", "钱退给您"):
        assert words in read
    assert (tmp_path / "out" / "2.ogg").read_bytes() == b"OggS"
    assert (tmp_path / "out" / "2.ogg").stat().st_mode & 0o077 == 0
    async with open_database(room.url):
        assert [row.chat_id for row in await Send.all()] == [CHAT]


async def test_two_shares_of_three_open_what_is_sealed(tmp_path: Path) -> None:
    room = await opened(tmp_path)
    receipt = await hand_in(room)
    joined = room.path("joined.key")
    room.told("join-shares", room.path("a.share"), room.path("c.share"), joined)
    assert "收了二十块" in room.told("open", receipt, "--key", joined)


async def test_a_refusal_is_one_clear_line(tmp_path: Path) -> None:
    room = await opened(tmp_path)
    receipt, key = await hand_in(room), room.path("何芳.key")
    for done in (
        room.run("list", "--key", key, says="wrong", ends=2),
        room.run("open", "0000000000000000", "--key", key, ends=2),
        room.run("close", receipt, "--key", key, ends=2),
        room.run("keygen", "--name", "何芳", key, ends=2),
    ):
        said = [line for line in done.stderr.splitlines() if not line.startswith("{")]
        assert done.stdout == ""
        assert len(said) == 1


def test_a_key_is_made_for_its_holder_alone_and_its_public_half_entered(tmp_path: Path) -> None:
    room = DeskRoom(tmp_path)
    public = room.told("keygen", "--name", "何芳", room.path("my.key"))
    assert (tmp_path / "my.key").stat().st_mode & 0o077 == 0
    assert PASSPHRASE not in (tmp_path / "my.key").read_text()
    entered = room.told("add-key", public, "--region", COUNTY, "--office", "县妇联")
    assert json.loads(entered) == {"level": "county"}
    assert json.loads(room.told("keys"))["public"] == public
    refused = room.run("keygen", "--name", "x", room.path("no.key"), says="", ends=1)
    assert "nothing was written" in refused.stderr
