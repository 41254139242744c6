"""A calendar file (.ics, RFC 5545) with one all-day entry."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LONGEST_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Entry:
    """One all-day entry; `uid` stays the same when the day changes, so that it is replaced."""

    uid: str
    on: date
    title: str
    description: str = ""
    place: str = ""


def calendar_file(entry: Entry, *, now: datetime) -> bytes:
    """The file's bytes: UTF-8, lines of at most 75 octets, ended by CR LF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Suixing//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_escaped(entry.uid)}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(entry.title)}",
        *([f"DESCRIPTION:{_escaped(entry.description)}"] if entry.description else []),
        *([f"LOCATION:{_escaped(entry.place)}"] if entry.place else []),
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _escaped(text: str) -> str:
    """Text with the characters that end a value written otherwise."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line cut so that no piece is longer than 75 octets and no character is cut through."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > _LONGEST_OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece])
