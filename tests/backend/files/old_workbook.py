"""Writes the smallest .xls that readers accept, as no library at hand writes the old format."""

import struct
from collections.abc import Sequence

_SECTOR = 512
_STREAM_SECTORS = 16
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def xls(rows: Sequence[Sequence[str | float]]) -> bytes:
    """A compound file with one stream, `Workbook`, that has one sheet."""
    stream = _stream(rows)
    assert len(stream) <= _STREAM_SECTORS * _SECTOR
    chain = [_FAT, _END, *range(3, _STREAM_SECTORS + 2), _END]
    fat = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    return _head() + fat + _directory() + stream.ljust(_STREAM_SECTORS * _SECTOR, b"\0")


def _head() -> bytes:
    """The compound file's header: the table of sectors in sector 0, the directory in sector 1."""
    return struct.pack(
        "<8s16x5H6x9I109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, 1, 0, 4096, _END, 0, _END, 0),
        *[0, *[_FREE] * 108],
    )


def _directory() -> bytes:
    """The directory: the root and the stream in it."""
    length = _STREAM_SECTORS * _SECTOR
    root = _entry("Root Entry", kind=5, child=1, start=_END, length=0)
    stream = _entry("Workbook", kind=2, child=_FREE, start=2, length=length)
    return (root + stream).ljust(_SECTOR, b"\0")


def _entry(name: str, *, kind: int, child: int, start: int, length: int) -> bytes:
    """One entry of the directory."""
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BBIII36xIQ", kind, 1, _FREE, _FREE, child, start, length)
    return text.ljust(64, b"\0") + struct.pack("<H", len(text)) + links


def _stream(rows: Sequence[Sequence[str | float]]) -> bytes:
    """The records of the workbook and of its sheet."""
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet += _cell(row, column, cell)
    sheet += _record(0x0A, b"")
    name = b"\x06\x00Sheet1"
    first = _record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0))
    start = len(first) + 4 + 6 + len(name) + 4
    listed = _record(0x85, struct.pack("<IBB", start, 0, 0) + name)
    return first + listed + _record(0x0A, b"") + sheet


def _cell(row: int, column: int, cell: str | float) -> bytes:
    """A number or a text."""
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        return _record(0x204, place + struct.pack("<HB", len(cell), 1) + text)
    return _record(0x203, place + struct.pack("<d", cell))


def _record(kind: int, content: bytes) -> bytes:
    """A record with its kind and length in front."""
    return struct.pack("<HH", kind, len(content)) + content
