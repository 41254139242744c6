"""The real process is told canaries: not one of them is found in database, WAL, logs or files."""

import asyncio
import base64
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from backend.actions import desk
from backend.domain.complaints import Piece
from backend.store.backup import make_backup
from backend.store.database import open_database
from bot.sandbox.limits import Limits
from bot.sandbox.phone import Phone
from bot.sandbox.server import Sandbox, serve
from tests.desks import DeskHolder, a_county_desk, receipt_in

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PATIENCE = 30.0


def canary(number: int, where: str) -> str:
    """Words that occur nowhere else."""
    return f"金丝雀{where}canary{number:05}tweet"


def spellings(text: str) -> Iterator[bytes]:
    """A text as it may lie in a file: plain, wide, escaped, or in base64 at any offset."""
    raw = text.encode()
    for wide in ("utf-16-le", "utf-16-be", "gb18030", "utf-8"):
        yield text.encode(wide)
    yield quote(text).encode()
    yield quote(text).lower().encode()
    yield text.encode("unicode_escape")
    yield raw.hex().encode()
    for offset in range(3):
        # The characters at either end depend on what stands beside the text.
        inner = base64.b64encode(b"\0" * offset + raw)[4:-4]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def a_photo(hidden: str) -> bytes:
    """A photo with words hidden behind the picture."""
    file = BytesIO()
    Image.new("RGB", (64, 64), "green").save(file, "JPEG", comment=hidden.encode())
    return file.getvalue() + hidden.encode()


@asynccontextmanager
async def the_process(folder: Path, address: str, token: str) -> AsyncIterator[None]:
    """`python -m bot` on a database in `folder`, at its most talkative, ended by SIGTERM."""
    scratch = folder / "tmp"
    scratch.mkdir()
    environment = os.environ | {
        "TELEGRAM_TOKEN": token,
        "TELEGRAM_API": address,
        "DATABASE_URL": f"sqlite://{folder}/town.db",
        "LOG_LEVEL": "DEBUG",
        "TMPDIR": str(scratch),
    }
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "--only", "bot,jobs"),
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            process.terminate()
            await process.wait()


async def tell_canaries(phone: Phone, number: int) -> str:
    """Complain in every way that can carry a canary, also where it is not asked for."""
    phone.start()
    await phone.answer(PATIENCE)
    for words, expected in (
        ("/complaint", "写之前"),
        (canary(number, "先说"), "请先按一下"),
    ):
        phone.say(words)
        await phone.until(expected, PATIENCE)
    for label, expected in (
        ("📢 投诉", "是哪方面"),
        ("别的事", "要留名字吗"),
        ("👤 留名字", "说的是谁"),
    ):
        phone.press(label)
        await phone.until(expected, PATIENCE)
    for told, expected in (
        (canary(number, "他"), "请写您的姓名"),
        (canary(number, "我"), "还没有"),
        (canary(number, "话"), "1 段文字"),
    ):
        phone.say(told)
        await phone.until(expected, PATIENCE)
    phone.send_file(a_photo(canary(number, "里")), kind="photo", caption=canary(number, "照"))
    await phone.until("1 张照片", PATIENCE)
    hidden, name = a_photo(canary(number, "内")), canary(number, "名")
    phone.send_file(hidden, kind="document", name=f"{name}.jpg")
    await phone.until("2 张照片", PATIENCE)
    phone.send_file(canary(number, "声").encode(), kind="voice", name="v.ogg")
    await phone.until("1 段语音", PATIENCE)
    phone.send_file(b"%PDF", kind="document", name=f"{name}.pdf")
    await phone.until("这种文件我收不了", PATIENCE)
    phone.press("写完了")
    await phone.until("现在交吗", PATIENCE)
    phone.press("交给窗口")
    await phone.until("已经封好", PATIENCE)
    return receipt_in(phone.screen.text)


PLACES = "他我话里照内名声"


def hits(folder: Path, count: int) -> list[str]:
    """Where a canary lies in any file of the folder."""
    wanted = [
        (number, where, spelling)
        for number in range(count)
        for where in PLACES
        for spelling in spellings(canary(number, where))
    ]
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        found += [f"{path.name}: {where}" for _n, where, spelling in wanted if spelling in content]
    return found


async def opened(url: str, receipts: list[str], holder: DeskHolder) -> None:
    """What was told is there, whole, for the desk alone."""
    async with open_database(url):
        for number, receipt in enumerate(receipts):
            read = await desk.open_complaint(receipt, holder.private_key, now=NOW)
            assert read.header.about == canary(number, "他")
            assert read.contact == canary(number, "我")
            texts = [part.content.decode() for part in read.parts if part.kind is Piece.TEXT]
            assert texts == [canary(number, "话"), canary(number, "照")]
            for part in read.parts:
                assert (canary(number, "声").encode() == part.content) is (part.kind is Piece.VOICE)
                assert canary(number, "里").encode() not in part.content


@pytest.mark.parametrize("count", [8, pytest.param(1000, marks=pytest.mark.long)])
async def test_no_canary_is_found_in_any_file(tmp_path: Path, count: int) -> None:
    url = f"sqlite://{tmp_path}/town.db"
    async with open_database(url):
        holder, _other, _recovery = await a_county_desk(now=NOW)
    sandbox = Sandbox(limits=Limits.off())
    async with serve(sandbox) as address, the_process(tmp_path, address, sandbox.token):
        receipts = []
        for first in range(0, count, 8):
            phones = [sandbox.open_phone(first_name="秀英") for _one in range(first, first + 8)]
            receipts += await asyncio.gather(
                *(tell_canaries(phone, first + at) for at, phone in enumerate(phones))
            )
        while_running = hits(tmp_path, count)
    assert while_running == []
    backup = tmp_path / "town.backup"
    await make_backup(url, backup, keys_file=None, now=NOW, tell=lambda *_: None)
    assert backup.stat().st_size > 0
    assert hits(tmp_path, count) == []
    assert (tmp_path / "town.db").stat().st_size > 0
    await opened(url, receipts, holder)


def test_the_search_itself_finds_every_spelling(tmp_path: Path) -> None:
    for spelling in spellings(canary(0, "话")):
        (tmp_path / "town.db").write_bytes(b"before" + spelling + b"after")
        assert hits(tmp_path, 1)
    for offset in range(3):
        raw = b"x" * offset + f"told: {canary(0, '话')}, he said".encode()
        (tmp_path / "town.db").write_bytes(base64.b64encode(raw))
        assert hits(tmp_path, 1)
