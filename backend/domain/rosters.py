"""When two rows are about the same person, and what of a known person a new row changes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Identity(NamedTuple):
    """What tells one person from another; names, phones and ID numbers as keyed digests."""

    village_code: str
    name: str
    phone: str | None = None
    id_number: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    household: str | None = None

    def updated_by(self, newer: "Identity") -> "Identity":
        """Return the identity after a newer row: what it says counts, what it leaves out stays."""
        return newer._replace(
            phone=newer.phone or self.phone,
            id_number=newer.id_number or self.id_number,
            birth_date=newer.birth_date or self.birth_date,
            sex=newer.sex or self.sex,
            household=newer.household or self.household,
        )


def contradicts(one: Identity, other: Identity) -> bool:
    """Whether both say something about the same point and say it differently."""
    for left, right in zip(one[2:], other[2:], strict=True):
        if left and right and left != right:
            return True
    return False


class KnownPeople:
    """The people known so far, found again as an office would find them.

    The same person has the same ID number; else the same phone and name, unless the ID numbers
    differ; else the same village and name with nothing contradicting.
    """

    def __init__(self, known: Iterable[tuple[int, Identity]] = ()) -> None:
        self._identities: dict[int, Identity] = {}
        self._by_id_number: dict[str, int] = {}
        self._by_phone: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._by_village: dict[tuple[str, str], list[int]] = defaultdict(list)
        for key, identity in known:
            self.learn(key, identity)

    def identity(self, key: int) -> Identity:
        """Return what is known of a person."""
        return self._identities[key]

    def learn(self, key: int, identity: Identity) -> None:
        """Note a person, or what is new about her."""
        before = self._identities.get(key)
        if before:
            self._forget(key, before)
        self._identities[key] = identity
        if identity.id_number:
            self._by_id_number[identity.id_number] = key
        if identity.phone:
            self._by_phone[identity.phone, identity.name].append(key)
        self._by_village[identity.village_code, identity.name].append(key)

    def find(self, row: Identity) -> int | None:
        """Return the person a row is about, or None when she is new."""
        if row.id_number and (key := self._by_id_number.get(row.id_number)) is not None:
            return key
        if row.phone:
            for key in self._by_phone.get((row.phone, row.name), ()):
                if not (row.id_number and self._identities[key].id_number):
                    return key
        for key in self._by_village.get((row.village_code, row.name), ()):
            if not contradicts(row, self._identities[key]):
                return key
        return None

    def _forget(self, key: int, identity: Identity) -> None:
        """Find a person no longer by what she was called, where she lived or was called up."""
        if identity.id_number:
            del self._by_id_number[identity.id_number]
        if identity.phone:
            self._by_phone[identity.phone, identity.name].remove(key)
        self._by_village[identity.village_code, identity.name].remove(key)
