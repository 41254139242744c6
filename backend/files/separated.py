"""Rows of separated text, read as a stream: its encoding, its separator, its quotation marks.

UTF-8 and UTF-16 with and without byte order mark, and GB18030 (which covers GBK and GB2312). A byte
that does not decode becomes U+FFFD in its cell, so that damage costs only its own row. A quotation
mark that never closes is an ordinary character, for the same reason.
"""

import codecs
import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import BinaryIO

from backend.files.cells import Row, Source, Table

_SEPARATORS = ",;\t"
_CHUNK = 1 << 16
_LONGEST_LINE = 1 << 20
_LONGEST_CELL = 100_000
# More lines than a cell ever holds: beyond it a quotation mark was left open.
_MOST_LINES_OF_A_ROW = 30
_SAMPLE_LINES = 80
_SEPARATOR_HINT = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


def open_separated(source: Source) -> Table:
    """The table of a separated text; opens the file anew to read the rows."""
    with _open(source) as stream:
        encoding, line_count = _encoding_of(stream)
    sample = list(islice(_lines(source, encoding), _SAMPLE_LINES))
    hint = _SEPARATOR_HINT.fullmatch(sample[0]) if sample else None
    separator = hint[1] if hint else _separator_of(sample)
    lines = _lines(source, encoding)
    rows = _records(islice(lines, 1 if hint else 0, None), separator)
    return Table(name="", rows=enumerate(rows, 1), last_line=line_count)


def _open(source: Source) -> BinaryIO:
    """The bytes as a stream."""
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _lines(source: Source, encoding: str) -> Iterator[str]:
    """The decoded lines with their ends, over-long ones in pieces; closes the stream at the end."""
    with io.TextIOWrapper(_open(source), encoding, errors="replace", newline="") as stream:
        yield from iter(partial(stream.readline, _LONGEST_LINE), "")


def _encoding_of(stream: BinaryIO) -> tuple[str, int]:
    """The text's encoding and about how many lines it has."""
    head = stream.read(_CHUNK)
    encoding = _marked_encoding(head)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    line_count = 1
    chunk = head
    while chunk:
        line_count += chunk.count(b"\n")
        following = stream.read(_CHUNK)
        if encoding is None:
            try:
                decoder.decode(chunk, final=not following)
            except UnicodeDecodeError:
                encoding = _damaged_or_gb18030(chunk)
        chunk = following
    return encoding or "utf-8", line_count


def _marked_encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark or the zero bytes of UTF-16 give away, if any."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = [head[start:400:2].count(0) for start in (0, 1)]
    if max(zeros) > 0.05 * len(head[:400]) and max(zeros) > 4 * min(zeros):
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return None


def _damaged_or_gb18030(chunk: bytes) -> str:
    """UTF-8 if only little of the chunk is broken as such, else GB18030."""
    text = chunk.decode("utf-8", errors="replace")
    foreign = sum(character > "\x7f" for character in text)
    return "utf-8" if text.count("\ufffd") < foreign / 4 else "gb18030"


def _separator_of(sample: list[str]) -> str:
    """The separator that cuts most sample rows into the same, largest number of cells."""
    return max(_SEPARATORS, key=lambda separator: _usual_width(sample, separator))


def _usual_width(sample: list[str], separator: str) -> tuple[int, int]:
    """The commonest number of cells of the rows that are cut at all, and how many rows have it."""
    widths = Counter(len(row) for row in _records(iter(sample), separator) if any(row))
    del widths[1]
    return max(((width, count) for width, count in widths.items()), key=_by_count, default=(1, 0))


def _by_count(width_and_count: tuple[int, int]) -> tuple[int, int]:
    """Order by count first, then by width."""
    return width_and_count[::-1]


class _Lines:
    """Lines that can be taken back as far as the last row handed out."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        return line

    def take_back(self) -> str:
        """The first line taken; all after it will come again."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        return first


def _records(lines: Iterator[str], separator: str) -> Iterator[Row]:
    """One row after the other, whatever the quotation marks."""
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=separator, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = _cut(source.take_back(), separator)
        else:
            if len(source.taken) > _MOST_LINES_OF_A_ROW:
                row = _cut(source.take_back(), separator)
        source.taken.clear()
        yield row


def _cut(line: str, separator: str) -> list[str]:
    """The cells of a line whose quotation marks do not follow the rules."""
    if line.count('"') % 2 or len(line) > _LONGEST_CELL:
        return line.rstrip("\r\n").split(separator)
    return next(csv.reader([line], delimiter=separator))
