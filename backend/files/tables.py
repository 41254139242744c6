"""The tables of any file an office sends, told by its content and never by its name."""

import re
from collections.abc import Iterator

from backend.domain.errors import TableEmpty, TableKindUnsupported
from backend.files.cells import Source, Table
from backend.files.old_workbooks import open_xls
from backend.files.separated import open_separated
from backend.files.workbooks import open_xlsx

_HEAD = 1024
_XLSX = (b"PK\x03\x04", b"PK\x05\x06")
_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS = (
    ("document", re.compile(rb"%PDF|\{\\rtf")),
    ("archive", re.compile(rb"Rar!|7z\xbc\xaf|\x1f\x8b")),
    ("picture", re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0|RIFF", re.DOTALL)),
    (
        "web_page",
        re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|meta|table|\?xml)", re.I),
    ),
)


def open_tables(source: Source) -> Iterator[Table]:
    """The tables of the file: each sheet of a workbook, or the one table of a separated text.

    Raises a `SuixingError` that names what is wrong with the file, never anything else but the
    `OSError` of a path that cannot be read.
    """
    head = _head(source)
    if head.startswith(_XLSX):
        yield from open_xlsx(source)
    elif head.startswith(_XLS):
        yield from open_xls(source)
    elif not head.strip(b"\xef\xbb\xbf\xff\xfe\0\r\n\t ,;"):
        raise TableEmpty
    else:
        _refuse_other_kinds(head)
        yield open_separated(source)


def _head(source: Source) -> bytes:
    """The first bytes of the file."""
    if isinstance(source, bytes):
        return source[:_HEAD]
    with source.open("rb") as stream:
        return stream.read(_HEAD)


def _refuse_other_kinds(head: bytes) -> None:
    """Raises `TableKindUnsupported` for the kinds offices mistake for tables."""
    for kind, beginning in _OTHER_KINDS:
        if beginning.match(head):
            raise TableKindUnsupported(kind=kind)
