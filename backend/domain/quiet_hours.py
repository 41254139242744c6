"""Moments of the day at which a person is written to: her reminder time and her quiet hours."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_HOUR = 60


def at_minute(day: date, minute: int, zone: tzinfo | None) -> datetime:
    """The moment `minute` minutes of the clock after local midnight of a civil day."""
    return datetime.combine(day, time(*divmod(minute, _HOUR)), zone)


def later(moment: datetime, by: timedelta) -> datetime:
    """The moment that much time later, also where the clock is changed in between."""
    return (moment.astimezone(UTC) + by).astimezone(moment.tzinfo)


def minute_of(moment: datetime) -> int:
    """The minute of the day, in [0, 1440)."""
    return moment.hour * _HOUR + moment.minute


def is_quiet(minute: int, *, from_minute: int, to_minute: int) -> bool:
    """Whether a minute of the day is in [from, to), which may pass midnight; equal ends: never."""
    if from_minute <= to_minute:
        return from_minute <= minute < to_minute
    return minute >= from_minute or minute < to_minute


def out_of_quiet_hours(moment: datetime, *, from_minute: int, to_minute: int) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into.

    In the hour that comes twice when the clock is set back, that is the end still to come.
    """
    minute = minute_of(moment)
    if not is_quiet(minute, from_minute=from_minute, to_minute=to_minute):
        return moment
    day = moment.date() + timedelta(days=minute >= to_minute)
    end = at_minute(day, to_minute, moment.tzinfo)
    return end if end.astimezone(UTC) > moment.astimezone(UTC) else end.replace(fold=1)
