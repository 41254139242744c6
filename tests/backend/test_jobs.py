"""The jobs are woken by the machine's time, also where the town's clock is another."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from backend.clock import Clock, FrozenClock
from backend.jobs import JOBS, schedule_jobs
from tests.conftest import SHANGHAI


class Alarm:
    """A scheduler that notes when each job is to be woken first."""

    def __init__(self) -> None:
        self.first: dict[object, object] = {}

    def add_job(
        self, func: Callable[..., Awaitable[None]], trigger: str, **options: object
    ) -> object:
        """Note the job."""
        self.first[options["id"]] = options["next_run_time"]
        return func, trigger


def test_every_job_is_due_at_once_and_not_since_the_day_the_towns_clock_shows() -> None:
    years_ago = FrozenClock(SHANGHAI, at=datetime(2020, 1, 1, tzinfo=SHANGHAI))
    alarm, machine = Alarm(), Clock(SHANGHAI)
    started = machine.now()
    schedule_jobs(alarm, years_ago, "sqlite://:memory:")
    assert set(alarm.first) == {job.name for job in JOBS}
    for first in alarm.first.values():
        assert isinstance(first, datetime)
        assert started <= first <= machine.now()
