"""The sheets of an old .xls, read in a process of its own that may fail without harm."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from backend.domain.errors import TableDamaged, TableKindUnsupported, TableLocked, TableTooLarge
from backend.files import xls_reader
from backend.files.cells import Source, Table
from backend.files.workbooks import filled_rows

_MOST_BYTES = 48 << 20
_SECONDS = 60
# Names of streams inside a compound file, as the file's directory spells them.
_ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))


def open_xls(source: Source) -> Iterator[Table]:
    """The sheets of an .xls, visible ones first; serials in it count from 1900.

    An .xlsx with a password looks like an .xls from outside and is told apart here.
    """
    content = source if isinstance(source, bytes) else source.read_bytes()
    if _ENCRYPTED_XLSX in content:
        raise TableLocked
    if not any(name in content for name in _STREAMS):
        raise TableKindUnsupported(kind="document")
    if len(content) > _MOST_BYTES:
        raise TableTooLarge
    for sheet in json.loads(_converted(content)):
        rows = sheet["rows"]
        merged = [(tuple(first), tuple(last)) for first, last in sheet["merged"]]
        yield Table(name=sheet["name"], rows=filled_rows(rows, merged), last_line=len(rows))


def _converted(content: bytes) -> bytes:
    """The workbook as JSON."""
    command = [sys.executable, "-I", str(Path(xls_reader.__file__))]
    try:
        ended = subprocess.run(
            command, input=content, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise TableDamaged from error
    if ended.returncode == xls_reader.LOCKED:
        raise TableLocked
    if ended.returncode:
        raise TableDamaged
    return ended.stdout
