"""The calendar file opens in other people's calendars."""

from datetime import UTC, date, datetime

from backend.files.ics import Entry, calendar_file

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def unfolded(raw: bytes) -> list[str]:
    """The lines of a file as a reader joins them."""
    return raw.decode().replace("\r\n ", "").split("\r\n")


def test_an_entry_is_one_whole_day() -> None:
    lines = unfolded(calendar_file(Entry("due-7@suixing", date(2026, 12, 31), "产检"), now=NOW))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "DTSTAMP:20261123T010000Z" in lines
    assert "SUMMARY:产检" in lines
    assert not [line for line in lines if line.startswith(("DESCRIPTION", "LOCATION"))]


def test_text_cannot_break_out_of_its_line() -> None:
    entry = Entry("7", date(2026, 12, 1), "a;b,c\\d\r\nEND:VEVENT", description="x\ny", place="镇")
    lines = unfolded(calendar_file(entry, now=NOW))
    assert "SUMMARY:a\\;b\\,c\\\\d\\nEND:VEVENT" in lines
    assert "DESCRIPTION:x\\ny" in lines
    assert lines.count("END:VEVENT") == 1


def test_long_lines_fold_at_75_octets_between_characters() -> None:
    title = "每日叶酸" * 30
    raw = calendar_file(Entry("7", date(2026, 12, 1), title), now=NOW)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert f"SUMMARY:{title}" in unfolded(raw)
