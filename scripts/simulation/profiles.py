"""What goes wrong how often: the named kinds of trouble, and how a seed draws its own from them."""

from dataclasses import dataclass, replace
from random import Random

from backend.domain.delivery import Outcome

_AMBIGUOUS = (
    Outcome.READ_TIMEOUT,
    Outcome.WRITE_TIMEOUT,
    Outcome.SERVER_CLOSED,
    Outcome.SERVER_ERROR,
    Outcome.UNREADABLE,
)
_NOT_SENT = (
    Outcome.REFUSED,
    Outcome.CONNECT_TIMEOUT,
    Outcome.POOL_TIMEOUT,
    Outcome.NOT_WRITTEN,
    Outcome.CONFLICT,
)
_SHORT_PAUSE = 20.0
OUTAGES = ("refused", "silent", "errors", "flood", "token", "closed")


@dataclass(frozen=True)
class Profile:
    """How much of each trouble there is; shares are upper ends, of which a seed draws its own."""

    crash: float = 0.0
    pause: float = 0.0
    longest_pause: float = 60.0
    database: float = 0.0
    ambiguous: float = 0.0
    not_sent: float = 0.0
    bad_request: float = 0.0
    outages: float = 0.0
    longest_outage: float = 7_200.0
    restarts: float = 0.0
    lost_locks: float = 0.0
    skew: float = 0.0
    people: float = 0.0
    not_found: float = 0.0
    broadcasts: float = 0.0
    dues: int = 0
    workers: tuple[int, int] = (1, 8)
    episodes: tuple[int, int] = (3, 6)
    events: tuple[int, int] = (4, 10)
    kinds: tuple[str, ...] = ("reminder", "reminder", "alert", "screen", "code", "complaint_answer")
    chats: tuple[int, int] = (3, 9)
    longest_gap: float = 6_000.0
    is_exact: bool = False

    def shares(self, chance: Random) -> dict[Outcome, float]:
        """Draw how often each outcome comes in fair weather."""
        return {
            **_spread(self.ambiguous * self._part(chance), _AMBIGUOUS),
            **_spread(self.not_sent * self._part(chance), _NOT_SENT),
            Outcome.BAD_REQUEST: self.bad_request * self._part(chance),
        }

    def drawn(self, chance: Random) -> "Profile":
        """Draw a seed's own trouble: each kind from none to all of it."""
        return replace(
            self,
            crash=self.crash * self._part(chance),
            pause=self.pause * self._part(chance),
            database=self.database * self._part(chance),
            skew=self.skew * self._part(chance) ** 2,
            longest_pause=max(_SHORT_PAUSE, self.longest_pause * self._part(chance) ** 3),
        )

    def processes(self, chance: Random) -> int:
        """Draw how many processes send: any number up to the most, more often a few."""
        return min(chance.randint(*self.workers), chance.randint(*self.workers))

    def _part(self, chance: Random) -> float:
        return 1.0 if self.is_exact else chance.random()


def _spread(total: float, outcomes: tuple[Outcome, ...]) -> dict[Outcome, float]:
    return dict.fromkeys(outcomes, total / len(outcomes))


PROFILES = {
    "crashes": Profile(
        crash=0.08,
        database=0.03,
        ambiguous=0.1,
        not_sent=0.1,
        restarts=0.3,
        people=0.3,
        lost_locks=0.5,
    ),
    "pauses": Profile(
        pause=0.08,
        longest_pause=3_600.0,
        database=0.03,
        ambiguous=0.1,
        not_sent=0.2,
        people=0.5,
        lost_locks=1.0,
        skew=3.0,
    ),
    "network": Profile(
        ambiguous=0.4,
        not_sent=0.8,
        bad_request=0.1,
        not_found=0.5,
        outages=0.6,
        crash=0.02,
        database=0.02,
    ),
    "floods": Profile(
        ambiguous=0.05,
        not_sent=0.2,
        outages=0.9,
        longest_outage=600.0,
        crash=0.02,
        pause=0.03,
        database=0.03,
    ),
    "people": Profile(
        crash=0.03,
        pause=0.03,
        database=0.03,
        ambiguous=0.1,
        not_sent=0.2,
        people=4.0,
        broadcasts=1.0,
    ),
    "database": Profile(
        database=0.08, crash=0.01, ambiguous=0.2, restarts=0.3, people=0.3, lost_locks=2.0
    ),
    "sessions": Profile(
        pause=0.04,
        longest_pause=400.0,
        database=0.06,
        ambiguous=0.4,
        not_sent=0.4,
        lost_locks=6.0,
        workers=(2, 5),
        kinds=("reminder", "alert", "alert", "screen"),
        chats=(2, 3),
    ),
    "everything": Profile(
        crash=0.05,
        pause=0.05,
        longest_pause=1_800.0,
        database=0.05,
        ambiguous=0.3,
        not_sent=0.2,
        bad_request=0.05,
        not_found=0.3,
        outages=0.5,
        restarts=0.3,
        lost_locks=1.0,
        skew=3.0,
        people=1.0,
        broadcasts=0.5,
    ),
    # Reminders are not in the outbox from the start: a due run writes them when their day has come.
    "dues": Profile(
        crash=0.08,
        pause=0.02,
        database=0.04,
        ambiguous=0.1,
        not_sent=0.1,
        restarts=0.3,
        lost_locks=0.5,
        people=0.5,
        dues=8,
        events=(0, 3),
        longest_gap=40_000.0,
    ),
    # So many chats at once that calls wait for their slot, not only for their turn in the chat.
    "crowds": Profile(
        crash=0.02,
        pause=0.02,
        database=0.02,
        ambiguous=0.05,
        not_sent=0.2,
        workers=(1, 3),
        episodes=(2, 2),
        events=(30, 40),
        chats=(30, 60),
    ),
    # One per cent of the calls to Telegram have an unclear end, and nothing else is wrong.
    "one_percent": Profile(
        ambiguous=0.01,
        workers=(1, 2),
        episodes=(2, 2),
        events=(200, 200),
        kinds=("reminder", "alert"),
        longest_gap=600.0,
        is_exact=True,
    ),
}
MIXED = "mixed"
_MIXTURE = tuple(name for name in PROFILES if name != "one_percent")


def profile_for(name: str, chance: Random) -> Profile:
    """Return a seed's own profile; `mixed` draws one of all but the last."""
    return PROFILES[chance.choice(_MIXTURE) if name == MIXED else name].drawn(chance)
